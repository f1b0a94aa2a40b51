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

static bool is_quorum(struct slice arguments)
{
    struct slice word;
    text_of(arguments, SLICE("x-queue-type"), &word);
    return slice_eq(word, SLICE("quorum"));
}

/* Quorum queues take all of these words, and know two. */
static enum terms_overflow overflow_of(struct slice arguments)
{
    struct slice word;
    text_of(arguments, SLICE("x-overflow"), &word);
    if (slice_eq(word, SLICE("reject-publish"))) {
        return OVERFLOW_REFUSE;
    }
    bool dies = slice_eq(word, SLICE("reject-publish-dlx")) && !is_quorum(arguments);
    return dies ? OVERFLOW_REFUSE_AND_DIE : OVERFLOW_DROP;
}

static enum terms_retry retry_of(struct slice arguments)
{
    struct slice word;
    text_of(arguments, SLICE("x-delayed-retry-type"), &word);
    if (slice_eq(word, SLICE("all"))) {
        return RETRY_ALL;
    }
    if (slice_eq(word, SLICE("failed"))) {
        return RETRY_FAILED;
    }
    return slice_eq(word, SLICE("returned")) ? RETRY_RETURNED : RETRY_NONE;
}

/* Without a least delay there is none; without a largest one the least is it. */
static void add_retry(struct slice arguments, struct terms *terms)
{
    terms->retry_min_ms = number_of(arguments, SLICE("x-delayed-retry-min"));
    terms->retry_max_ms = number_of(arguments, SLICE("x-delayed-retry-max"));
    if (terms->retry_max_ms == TERMS_NONE) {
        terms->retry_max_ms = terms->retry_min_ms;
    }
    if (terms->retry_min_ms != TERMS_NONE) {
        terms->retry = retry_of(arguments);
    }
}

/* What a quorum queue has without being asked. A negative limit is none. */
static void add_quorum(struct slice arguments, struct terms *terms)
{
    enum { DELIVERY_LIMIT = 20, PRIORITY_MAX = 31, PRIORITY = 4 };
    struct field_value value;
    terms->quorum = true;
    terms->priority_max = PRIORITY_MAX;
    terms->priority_default = PRIORITY;
    if (!table_get(arguments, SLICE("x-delivery-limit"), &value)) {
        terms->delivery_limit = DELIVERY_LIMIT;
    } else if (value.integer < 0) {
        terms->delivery_limit = TERMS_NONE;
    }
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
    if (is_quorum(arguments)) {
        add_quorum(arguments, &terms);
        add_retry(arguments, &terms);
    }
    terms.counts = terms.quorum || terms.delivery_limit != TERMS_NONE;
    return terms;
}

bool terms_bound(const struct terms *terms)
{
    return terms->ttl_ms != TERMS_NONE || terms->length_max != TERMS_NONE ||
           terms->bytes_max != TERMS_NONE;
}
