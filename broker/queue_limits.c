#include "broker/queue_limits.h"

#include "amqp/table.h"
#include "broker/retry.h"

/* Both are well-formed tables; the definition's keys lack the "x-". */
struct sources {
    struct slice arguments;
    struct slice definition;
};

/* Finds the policy's value for an argument. */
static bool by_policy(const struct sources *sources, struct slice key, struct field_value *value)
{
    struct slice bare = {key.ptr + 2, key.len - 2};
    return table_get(sources->definition, bare, value);
}

/* UINT64_MAX if neither sets it. */
static uint64_t number(const struct sources *sources, struct slice key)
{
    struct field_value value;
    uint64_t least = UINT64_MAX;
    if (table_get(sources->arguments, key, &value)) {
        least = (uint64_t)value.integer;
    }
    if (by_policy(sources, key, &value) && (uint64_t)value.integer < least) {
        least = (uint64_t)value.integer;
    }
    return least;
}

static bool text(const struct sources *sources, struct slice key, struct slice *out)
{
    struct field_value value;
    bool found = table_get(sources->arguments, key, &value) || by_policy(sources, key, &value);
    *out = found ? value.bytes : (struct slice){0};
    return found;
}

/* A quorum queue knows no reject-publish-dlx: it takes the word, and drops its head. */
static uint8_t overflow_of(const struct sources *sources, uint8_t kind)
{
    struct slice word;
    text(sources, SLICE("x-overflow"), &word);
    if (slice_eq(word, SLICE("reject-publish"))) {
        return OVERFLOW_REJECT;
    }
    bool dead_letters = slice_eq(word, SLICE("reject-publish-dlx")) && kind != QUEUE_QUORUM;
    return dead_letters ? OVERFLOW_REJECT_DEAD_LETTER : OVERFLOW_DROP_HEAD;
}

/* Of quorum queues, as in RabbitMQ 4; priorities as since 4.3. */
enum { QUORUM_DELIVERY_LIMIT = 20, QUORUM_PRIORITY_MAX = 31, QUORUM_PRIORITY = 4 };

/* A negative number means no limit, from whichever side it comes; then the other side's counts. One
 * that neither sets is RabbitMQ 4's for quorum queues. */
static void read_delivery_limit(const struct sources *sources, uint8_t kind,
                                struct queue_limits *limits)
{
    struct field_value value;
    int64_t limit = kind == QUEUE_QUORUM ? QUORUM_DELIVERY_LIMIT : -1;
    bool given = table_get(sources->arguments, SLICE("x-delivery-limit"), &value);
    if (given) {
        limit = value.integer;
    }
    if (by_policy(sources, SLICE("x-delivery-limit"), &value)) {
        bool unlimited = limit < 0 || value.integer < 0;
        bool larger = value.integer > limit;
        limit = !given || larger == unlimited ? value.integer : limit;
    }
    limits->delivery_limit = limit < 0 ? UINT64_MAX : (uint64_t)limit;
    limits->counts_attempts = kind == QUEUE_QUORUM || limit >= 0;
}

/* What comes from peers without being checked, as in RabbitMQ: anything but a number above 0 is
 * none. The smaller one of argument and policy. */
static uint64_t retry_time(const struct sources *sources, struct slice key)
{
    struct field_value value;
    uint64_t least = UINT64_MAX;
    bool given = table_get(sources->arguments, key, &value);
    if (given && field_is_integer(&value) && value.integer > 0) {
        least = (uint64_t)value.integer;
    }
    given = by_policy(sources, key, &value);
    if (given && field_is_integer(&value) && value.integer > 0 && (uint64_t)value.integer < least) {
        least = (uint64_t)value.integer;
    }
    return least;
}

/* Here, and nowhere else, the policy goes before the argument. Without a least delay there is none,
 * and without a largest one the least is it. */
static void read_retry(const struct sources *sources, uint8_t kind, struct queue_limits *limits)
{
    static const char *const words[] = {
        [RETRY_ALL] = "all", [RETRY_FAILED] = "failed", [RETRY_RETURNED] = "returned"};
    struct slice key = SLICE("x-delayed-retry-type");
    struct field_value value;
    bool given = by_policy(sources, key, &value) || table_get(sources->arguments, key, &value);
    limits->retry_min_ms = retry_time(sources, SLICE("x-delayed-retry-min"));
    limits->retry_max_ms = retry_time(sources, SLICE("x-delayed-retry-max"));
    if (kind != QUEUE_QUORUM || !given || value.type != 'S' || limits->retry_min_ms == UINT64_MAX) {
        return;
    }
    for (uint8_t type = RETRY_ALL; type <= RETRY_RETURNED; type++) {
        if (slice_eq(value.bytes,
                     (struct slice){(const uint8_t *)words[type], strlen(words[type])})) {
            limits->retry = type;
        }
    }
    if (limits->retry_max_ms == UINT64_MAX) {
        limits->retry_max_ms = limits->retry_min_ms;
    }
}

struct queue_limits queue_limits_read(struct slice arguments, struct slice definition, uint8_t kind)
{
    struct sources sources = {arguments, definition};
    struct queue_limits limits = {
        .ttl_ms = number(&sources, SLICE("x-message-ttl")),
        .expires_ms = number(&sources, SLICE("x-expires")),
        .length_max = number(&sources, SLICE("x-max-length")),
        .bytes_max = number(&sources, SLICE("x-max-length-bytes")),
        .consumer_timeout_ms = number(&sources, SLICE("x-consumer-timeout")),
        .overflow = overflow_of(&sources, kind),
    };
    limits.dead_letters =
        text(&sources, SLICE("x-dead-letter-exchange"), &limits.dead_letter_exchange);
    limits.dead_letter_keyed =
        text(&sources, SLICE("x-dead-letter-routing-key"), &limits.dead_letter_key);
    read_delivery_limit(&sources, kind, &limits);
    read_retry(&sources, kind, &limits);
    struct field_value value; // what only arguments can set
    if (table_get(arguments, SLICE("x-max-priority"), &value)) {
        limits.priority_max = (uint8_t)value.integer;
    }
    if (kind == QUEUE_QUORUM) {
        limits.priority_max = QUORUM_PRIORITY_MAX;
        limits.priority_default = QUORUM_PRIORITY;
    }
    limits.single_active =
        table_get(arguments, SLICE("x-single-active-consumer"), &value) && value.integer;
    return limits;
}
