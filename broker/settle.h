#ifndef BROKER_SETTLE_H
#define BROKER_SETTLE_H

#include "broker/channel.h"
#include "broker/unsettled.h"

struct touched;

/* What becomes of an unsettled message. */
enum settlement {
    SETTLEMENT_DONE,    // acknowledged
    SETTLEMENT_REQUEUE, // back to its place in the queue, redelivered
    SETTLEMENT_REJECT,  // refused for good
};

/* Carries it out for an item that has been taken from the channel's unsettled ones. Queues that
 * may have something to hand out afterwards are added to touched. */
void settle_item(struct channel *channel, const struct unsettled_item *item, enum settlement how,
                 struct touched *touched, struct effects *fx);

/* All of the channel's unsettled messages go back to their queues. */
void settle_requeue_all(struct channel *channel, struct touched *touched, struct effects *fx);

#endif
