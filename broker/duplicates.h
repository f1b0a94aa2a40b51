#ifndef BROKER_DUPLICATES_H
#define BROKER_DUPLICATES_H

#include "broker/deduplication.h"

struct exchange;
struct msg;
struct vhost;

/* Messages that exchanges and queues with the argument x-message-deduplication have seen before. An
 * exchange remembers what clients publish to it and it has a way for; a queue whatever it takes in.
 * All of it is in memory alone. */

/* The exchange is there now, or goes. */
void duplicates_add_exchange(struct vhost *vhost, const struct exchange *exchange);
void duplicates_remove_exchange(struct vhost *vhost, struct slice name);
void duplicates_free(struct vhost *vhost); // of all its exchanges

/* Whether the exchange that the message was published to has seen it before; it has from now on. */
bool duplicates_published(struct vhost *vhost, const struct msg *msg);

/* Whether a queue has; likewise. `seen` may be NULL. */
bool duplicates_queued(struct deduplication *seen, const struct msg *msg, uint64_t now_ms);

#endif
