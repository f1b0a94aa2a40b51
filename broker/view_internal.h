#ifndef BROKER_VIEW_INTERNAL_H
#define BROKER_VIEW_INTERNAL_H

#include "broker/broker_internal.h"
#include "broker/view.h"

/* One thing as a view; `vhost` and `source` are taken as they are. A binding's texts are borrowed.
 */
struct queue_view view_of_queue(const struct broker_queue *queue, struct slice vhost,
                                struct arena *arena);
struct binding_view view_of_binding(const struct binding *binding, struct slice vhost,
                                    struct slice source);

/* The binding that every queue has with the default exchange. */
struct binding_view view_of_implicit(const struct broker_queue *queue, struct slice vhost);

#endif
