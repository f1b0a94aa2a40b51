#ifndef BROKER_REPLAY_H
#define BROKER_REPLAY_H

#include "broker/effect.h"

struct destination;
struct exchange;
struct msg;
struct route;
struct vhost;

/* The messages that exchanges of the type x-recent-history keep for those who bind later. They are
 * in memory alone: a broker that starts has none, as in RabbitMQ. */

/* Hands the message to the exchanges on its route that keep it. */
void replay_keep(const struct route *route, struct msg *msg);

/* Gives a destination that has just been bound to source what source has kept, the oldest first.
 * Does nothing for other types. */
void replay_to(struct vhost *vhost, const struct exchange *source, struct destination *destination,
               struct effects *fx);

#endif
