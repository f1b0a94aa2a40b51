#ifndef BROKER_CHANNEL_INTERNAL_H
#define BROKER_CHANNEL_INTERNAL_H

#include "broker/consumer.h"

struct channel;

/* Closing a channel in two steps, for a session that closes all of its channels: first none of them
 * takes messages any more, so that what the others give back is not handed to one that is about to
 * go; then all is given back, in order, before anybody is served. */
void channel_stop(struct channel *channel, struct touched *touched, struct effects *fx);
void channel_release(struct channel *channel, struct touched *touched, struct effects *fx);

#endif
