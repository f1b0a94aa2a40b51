#ifndef BROKER_QUEUE_LIMITS_H
#define BROKER_QUEUE_LIMITS_H

#include "base/slice.h"

/* QUEUE_DELAYED is not for clients: see delay.h. */
enum queue_kind { QUEUE_CLASSIC, QUEUE_QUORUM, QUEUE_STREAM, QUEUE_DELAYED };

enum { QUEUE_KINDS = QUEUE_DELAYED + 1 };

/* What a queue's arguments ask for: bounds, what becomes of that which is out of bounds, and in
 * which order and to whom messages go. */
enum queue_overflow { OVERFLOW_DROP_HEAD, OVERFLOW_REJECT, OVERFLOW_REJECT_DEAD_LETTER };

struct queue_limits {
    uint64_t ttl_ms;                   // x-message-ttl; UINT64_MAX = none, as in the others
    uint64_t expires_ms;               // x-expires
    uint64_t length_max;               // x-max-length: ready messages
    uint64_t bytes_max;                // x-max-length-bytes: of their bodies
    uint64_t delivery_limit;           // x-delivery-limit: how often a message may come back
    uint64_t consumer_timeout_ms;      // x-consumer-timeout
    uint64_t retry_min_ms;             // x-delayed-retry-min
    uint64_t retry_max_ms;             // x-delayed-retry-max
    uint8_t retry;                     // enum retry_type
    bool counts_attempts;              // how often they do is counted and told
    uint8_t priority_max;              // x-max-priority; 0 = priorities do not count
    uint8_t priority_default;          // of messages that have none
    bool single_active;                // x-single-active-consumer
    uint8_t overflow;                  // enum queue_overflow
    bool dead_letters;                 // x-dead-letter-exchange is given
    bool dead_letter_keyed;            // x-dead-letter-routing-key is
    struct slice dead_letter_exchange; // borrowed from the arguments or the definition
    struct slice dead_letter_key;      // likewise
};

/* Reads checked arguments (queue_arguments_check) and the definition of the policies that hold for
 * the queue (policy_definition_merge), which may be empty. What both set: of numbers the smaller
 * one counts, otherwise the argument (rabbit_queue_type_util:args_policy_lookup). `kind` is an enum
 * queue_kind. */
struct queue_limits queue_limits_read(struct slice arguments, struct slice definition,
                                      uint8_t kind);

#endif
