#include "broker/queue_limits.h"

#include "amqp/table.h"

static uint64_t number(struct slice arguments, struct slice key)
{
    struct field_value value;
    return table_get(arguments, key, &value) ? (uint64_t)value.integer : UINT64_MAX;
}

static bool text(struct slice arguments, struct slice key, struct slice *out)
{
    struct field_value value;
    bool found = table_get(arguments, key, &value);
    *out = found ? value.bytes : (struct slice){0};
    return found;
}

struct queue_limits queue_limits_read(struct slice arguments)
{
    struct slice overflow;
    struct queue_limits limits = {
        .ttl_ms = number(arguments, SLICE("x-message-ttl")),
        .expires_ms = number(arguments, SLICE("x-expires")),
        .length_max = number(arguments, SLICE("x-max-length")),
        .bytes_max = number(arguments, SLICE("x-max-length-bytes")),
    };
    limits.dead_letters =
        text(arguments, SLICE("x-dead-letter-exchange"), &limits.dead_letter_exchange);
    limits.dead_letter_keyed =
        text(arguments, SLICE("x-dead-letter-routing-key"), &limits.dead_letter_key);
    struct field_value single;
    uint64_t priority_max = number(arguments, SLICE("x-max-priority"));
    limits.priority_max = priority_max == UINT64_MAX ? 0 : (uint8_t)priority_max;
    limits.single_active =
        table_get(arguments, SLICE("x-single-active-consumer"), &single) && single.integer;
    text(arguments, SLICE("x-overflow"), &overflow);
    if (slice_eq(overflow, SLICE("reject-publish"))) {
        limits.overflow = OVERFLOW_REJECT;
    } else if (slice_eq(overflow, SLICE("reject-publish-dlx"))) {
        limits.overflow = OVERFLOW_REJECT_DEAD_LETTER;
    }
    return limits;
}
