#include "tests/sim/terms.h"

#include "amqp/table.h"

static uint64_t number_of(struct slice arguments, struct slice name)
{
    struct field_value value;
    return table_get(arguments, name, &value) ? (uint64_t)value.integer : TERMS_NONE;
}

static bool text_of(struct slice arguments, struct slice name, struct slice *out)
{
    struct field_value value;
    bool found = table_get(arguments, name, &value);
    *out = found ? value.bytes : SLICE("");
    return found;
}

static enum terms_overflow overflow_of(struct slice arguments)
{
    struct slice word;
    text_of(arguments, SLICE("x-overflow"), &word);
    if (slice_eq(word, SLICE("reject-publish"))) {
        return OVERFLOW_REFUSE;
    }
    return slice_eq(word, SLICE("reject-publish-dlx")) ? OVERFLOW_REFUSE_AND_DIE : OVERFLOW_DROP;
}

struct terms terms_read(struct slice arguments)
{
    struct field_value value;
    struct terms terms = {
        .ttl_ms = number_of(arguments, SLICE("x-message-ttl")),
        .expires_ms = number_of(arguments, SLICE("x-expires")),
        .length_max = number_of(arguments, SLICE("x-max-length")),
        .bytes_max = number_of(arguments, SLICE("x-max-length-bytes")),
        .delivery_limit = number_of(arguments, SLICE("x-delivery-limit")),
        .overflow = overflow_of(arguments),
    };
    terms.dead_letters = text_of(arguments, SLICE("x-dead-letter-exchange"), &terms.exchange);
    terms.keyed = text_of(arguments, SLICE("x-dead-letter-routing-key"), &terms.key);
    if (table_get(arguments, SLICE("x-max-priority"), &value)) {
        terms.priority_max = (uint8_t)value.integer;
    }
    terms.single_active =
        table_get(arguments, SLICE("x-single-active-consumer"), &value) && value.integer != 0;
    return terms;
}

bool terms_bound(const struct terms *terms)
{
    return terms->ttl_ms != TERMS_NONE || terms->length_max != TERMS_NONE ||
           terms->bytes_max != TERMS_NONE;
}
