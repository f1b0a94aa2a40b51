#ifndef BROKER_SETTLE_H
#define BROKER_SETTLE_H

#include "broker/channel.h"
#include "broker/unsettled.h"

struct touched;

/* What becomes of an unsettled message. */
enum settlement {
    SETTLEMENT_DONE,    // acknowledged
    SETTLEMENT_REQUEUE, // back to its place in the queue, redelivered
    SETTLEMENT_FAIL,    // likewise: it was refused for now, or its channel has ended
    SETTLEMENT_REJECT,  // refused for good
};

/* Carries it out for an item that has been taken from the channel's unsettled ones. Queues that
 * may have something to hand out afterwards are added to touched. */
void settle_item(struct channel *channel, const struct unsettled_item *item, enum settlement how,
                 struct touched *touched, struct effects *fx);

/* Settles all of the channel's unsettled messages. */
void settle_all(struct channel *channel, enum settlement how, struct touched *touched,
                struct effects *fx);

#endif
