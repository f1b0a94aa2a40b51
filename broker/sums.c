#include "broker/sums.h"

static void add_sizes(struct message_sizes *to, const struct message_sizes *more)
{
    for (int i = 0; i < MESSAGE_SIZE_STEP_COUNT; i++) {
        to->counts[i] += more->counts[i];
    }
    to->octets += more->octets;
}

void sums_add(struct sums *to, const struct sums *more)
{
    add_sizes(&to->sizes, &more->sizes);
    publish_counts_add(&to->in, &more->in);
    delivery_counts_add(&to->replies, &more->replies);
    for (int i = 0; i < QUEUE_KINDS; i++) {
        queue_counts_add(&to->queues[i], &more->queues[i]);
    }
    to->ready += more->ready;
    to->unsettled += more->unsettled;
    to->publishers += more->publishers;
}

struct message_counts sums_of_messages(const struct sums *sums)
{
    struct message_counts counts = {.in = sums->in, .out = sums->replies};
    for (int i = 0; i < MESSAGE_SIZE_STEP_COUNT; i++) {
        counts.in.publish += sums->sizes.counts[i];
    }
    for (int i = 0; i < QUEUE_KINDS; i++) {
        delivery_counts_add(&counts.out, &sums->queues[i].out);
    }
    return counts;
}
