#ifndef BROKER_VIEW_INTERNAL_H
#define BROKER_VIEW_INTERNAL_H

#include "broker/broker_internal.h"
#include "broker/view_session.h"

struct view_walk;

/* One thing as a view; `vhost` and `source` are taken as they are. The texts of all but exchanges
 * and queues are borrowed. `in` is the exchange's virtual host. */
struct exchange_view view_of_exchange(const struct vhost *in, struct slice vhost,
                                      struct exchange *exchange, struct arena *arena);
struct queue_view view_of_queue(const struct broker_queue *queue, struct slice vhost,
                                struct arena *arena);
struct binding_view view_of_binding(const struct binding *binding, struct slice vhost,
                                    struct slice source);
struct channel_view view_of_channel(const struct channel *channel);
struct consumer_view view_of_consumer(const struct consumer *consumer);

/* The next of the broker's pairs, as struct pair.all_link; NULL if there are no more. */
const struct list_node *view_walk_pair_node(struct view_walk *walk);

/* NULL: there is none. */
const struct channel *view_find_channel(const struct broker *broker,
                                        const struct channel_place *place);

/* The binding that every queue has with the default exchange. */
struct binding_view view_of_implicit(const struct broker_queue *queue, struct slice vhost);

#endif
