#ifndef BROKER_SUMS_H
#define BROKER_SUMS_H

#include "broker/counts.h"
#include "broker/queue_limits.h"

/* What has happened in a virtual host since it was made, or in all that are no more, whoever of
 * those that it happened to is gone. It is added up while it happens, so that nobody has to go
 * through all queues and channels to know it. What leaves queues is counted there, by kind; all of
 * it together is what has gone out on channels, but for direct replies, which are in no queue. */
struct sums {
    struct message_sizes sizes; // of what was published, committed or not
    struct publish_counts in;   // publish: what `sizes` lacks, as a transaction is not committed
    struct delivery_counts replies;
    struct queue_counts queues[QUEUE_KINDS]; // by enum queue_kind
    uint64_t ready;                          // messages that there are, without those in stores
    uint64_t unsettled;
    uint64_t publishers; // channels that are open and have published
};

void sums_add(struct sums *to, const struct sums *more);

/* The same as channels count it. */
struct message_counts sums_of_messages(const struct sums *sums);

#endif
