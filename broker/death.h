#ifndef BROKER_DEATH_H
#define BROKER_DEATH_H

#include "base/bytes.h"
#include "base/slice.h"

/* The header x-death: where a message has been dead-lettered, newest first, one entry for each
 * queue and reason with a count (RabbitMQ's documentation of dead lettering). */
enum death_reason { DEATH_REJECTED, DEATH_EXPIRED, DEATH_MAXLEN, DEATH_DELIVERY_LIMIT };

struct slice death_reason_name(enum death_reason reason);

struct death {
    enum death_reason reason;
    struct slice queue;
    struct slice exchange;            // that the message was published to
    const struct slice *routing_keys; // its routing key and those of CC
    uint32_t routing_key_count;
    uint64_t time_s;
    bool expiration_given;
    struct slice expiration; // of the message itself
};

/* Writes a header table to `out`: `headers` with this death on record, and without the entries of
 * the keys in `dropped` (count of them). */
void death_record(const struct death *death, struct slice headers, const struct slice *dropped,
                  uint32_t dropped_count, struct bytes *out);

/* True if a message with these headers, dead-lettered to this queue for this reason, goes in a
 * circle that no consumer's reject is part of: RabbitMQ drops it then. */
bool death_is_cycle(struct slice headers, enum death_reason reason, struct slice queue);

#endif
