#ifndef BROKER_BROKER_H
#define BROKER_BROKER_H

#include "base/hash.h"
#include "base/slice.h"
#include "broker/effect.h"

/* The broker core: virtual hosts, users, exchanges, queues, sessions and channels as one
 * deterministic state machine. No sockets, files, clocks, threads or random numbers: what it
 * needs of those arrives as an argument, and what it wants done leaves as an effect. The same
 * calls in the same order give the same state and the same effects, on any machine.
 *
 * The front door, by noun: broker/vhost.h, broker/user.h, broker/permission.h, broker/session.h,
 * broker/channel.h. */
struct broker;

struct broker_options {
    struct hash_key secret;       // for hash tables and for names that nobody may guess
    uint32_t message_size_max;    // octets of one body
    uint32_t consumers_max;       // of one channel; 0 = no limit
    uint32_t channels_max;        // of all clients together; 0 = no limit
    bool refuse_transient_queues; // non-durable, non-exclusive queues: as RabbitMQ 4.3
    uint8_t default_queue_kind;   // enum queue_kind: what a declare without x-queue-type makes
    uint32_t consumer_timeout_ms; // a delivery must be acknowledged within this; 0 = any time
    bool durable;                 // there is a journal; without one it is not told of anything
    struct slice event_vhost; // where the exchange of events is (event.h); NULL as its ptr: nowhere
    struct slice node;        // the name that messages about messages tell; borrowed
    uint64_t wall_offset_ms;  // what broker_set_time's now_ms lacks to milliseconds since 1970
};

/* Plain counters; a reader copies them. settled: what was in a queue and is done with, so not what
 * passes straight to a consumer that does not acknowledge. resident_bytes are of ready messages in
 * memory as the last broker_set_time or broker_evict found them, and 0 without a journal.
 * RabbitMQ calls deprecated: transient_queues, which are neither durable nor exclusive;
 * limited_channels, with a prefetch limit for all consumers together; and mirror_policies. */
#define BROKER_COUNTERS(C)                                                                         \
    C(connections)                                                                                 \
    C(channels)                                                                                    \
    C(consumers)                                                                                   \
    C(exchanges)                                                                                   \
    C(queues)                                                                                      \
    C(transient_queues)                                                                            \
    C(limited_channels)                                                                            \
    C(mirror_policies)                                                                             \
    C(messages_ready)                                                                              \
    C(messages_unsettled)                                                                          \
    C(messages_delayed)                                                                            \
    C(message_bytes)                                                                               \
    C(resident_bytes)                                                                              \
    C(published)                                                                                   \
    C(delivered)                                                                                   \
    C(settled)                                                                                     \
    C(duplicates)                                                                                  \
    C(dead_letter_cycles)

struct broker_counters {
#define C(name) uint64_t name;
    BROKER_COUNTERS(C)
#undef C
};

struct broker *broker_new(const struct broker_options *options);

/* Every session must have been closed. */
void broker_free(struct broker *broker);

/* Time, for what expires: milliseconds that never go back, in whatever unit of origin, and seconds
 * since 1970 for what is written into messages. To be told before operations; it starts at 0. */
void broker_set_time(struct broker *broker, uint64_t now_ms, uint64_t wall_s);

/* When broker_tick is to be called next, in milliseconds of broker_set_time; UINT64_MAX = never. */
uint64_t broker_deadline(const struct broker *broker);
void broker_tick(struct broker *broker, struct effects *fx);

/* As effect_release, for who works off the effects: the message's memory is used again. */
void broker_release_effect(struct broker *broker, struct effect *effect);

const struct broker_counters *broker_counters(const struct broker *broker); // borrowed

#endif
