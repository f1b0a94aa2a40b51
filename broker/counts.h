#ifndef BROKER_COUNTS_H
#define BROKER_COUNTS_H

#include <stdint.h>

/* What has happened so far, as plain integers that never fall. An event is counted where it
 * happens, in the channel, queue and exchange it concerns, and in the sums over all
 * (broker/tally.h). A reader copies them. Names and meaning are those of RabbitMQ's message_stats,
 * where not said otherwise. */

/* Messages that came in. confirm: those a basic.ack was made for; received_confirm: those that came
 * on a channel in confirm mode. */
#define PUBLISH_COUNTS(C)                                                                          \
    C(publish)                                                                                     \
    C(confirm)                                                                                     \
    C(return_unroutable)                                                                           \
    C(drop_unroutable)                                                                             \
    C(received_confirm)

/* Messages that went out, and what came of them. get_empty: basic.get that found nothing. */
#define DELIVERY_COUNTS(C)                                                                         \
    C(deliver)                                                                                     \
    C(deliver_no_ack)                                                                              \
    C(get)                                                                                         \
    C(get_no_ack)                                                                                  \
    C(get_empty)                                                                                   \
    C(redeliver)                                                                                   \
    C(ack)

/* Clients, and what they made: a queue is declared each time that somebody declares it, and created
 * if it was not there. What is done for somebody without a connection opens none. */
#define CHURN_COUNTS(C)                                                                            \
    C(connection_created)                                                                          \
    C(connection_closed)                                                                           \
    C(channel_created)                                                                             \
    C(channel_closed)                                                                              \
    C(queue_declared)                                                                              \
    C(queue_created)                                                                               \
    C(queue_deleted)

#define C(name) uint64_t name;
struct publish_counts {
    PUBLISH_COUNTS(C)
};

struct delivery_counts {
    DELIVERY_COUNTS(C)
};

struct churn_counts {
    CHURN_COUNTS(C)
};
#undef C

/* Of channels. */
struct message_counts {
    struct publish_counts in;
    struct delivery_counts out;
};

enum { COUNTED_DEATHS = 4 }; // enum death_reason

/* Of queues. */
struct queue_counts {
    uint64_t publish; // messages that were routed here, whether they could stay or not
    struct delivery_counts out;
    uint64_t dead_lettered[COUNTED_DEATHS]; // by enum death_reason: sent on
    uint64_t dropped[COUNTED_DEATHS];       // likewise: to nowhere, for want of an exchange
    uint64_t disk_reads;                    // messages whose content was read back from the journal
    uint64_t disk_writes;                   // messages that were given to the journal
};

/* How large the bodies of published messages are: S(octets), ascending, are the largest of a step;
 * a last step has no largest. */
#define MESSAGE_SIZE_STEPS(S)                                                                      \
    S(100)                                                                                         \
    S(1000)                                                                                        \
    S(10000)                                                                                       \
    S(100000)                                                                                      \
    S(1000000)                                                                                     \
    S(10000000)                                                                                    \
    S(50000000)                                                                                    \
    S(100000000)

#define S(octets) +1
enum { MESSAGE_SIZE_STEP_COUNT = 1 MESSAGE_SIZE_STEPS(S) };
#undef S

struct message_sizes {
    uint64_t counts[MESSAGE_SIZE_STEP_COUNT];
    uint64_t octets; // of all together
};

/* Most messages are small: the steps are looked through from there. */
static inline void message_sizes_add(struct message_sizes *sizes, uint64_t size)
{
    unsigned step = 0;
#define S(octets) step += size > (octets);
    if (size > 100) {
        MESSAGE_SIZE_STEPS(S)
    }
#undef S
    sizes->counts[step]++;
    sizes->octets += size;
}

void publish_counts_add(struct publish_counts *to, const struct publish_counts *more);
void delivery_counts_add(struct delivery_counts *to, const struct delivery_counts *more);
void queue_counts_add(struct queue_counts *to, const struct queue_counts *more);

/* What RabbitMQ calls deliver_get: all that went out. */
static inline uint64_t delivery_counts_all(const struct delivery_counts *counts)
{
    return counts->deliver + counts->deliver_no_ack + counts->get + counts->get_no_ack;
}

#endif
