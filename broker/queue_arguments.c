#include "broker/queue_arguments.h"

#include "amqp/table.h"
#include "broker/broker_internal.h"

/* A checker returns false, having written the reason as an Erlang term to *why. */
struct check {
    const struct field_value *value;
    struct slice arguments;
    struct text *why;
};

typedef bool (*checker)(const struct check *check);

static bool unacceptable(const struct check *check)
{
    text_add_str(check->why, "{unacceptable_type,");
    text_add_str(check->why, field_type_name(check->value->type));
    text_add_str(check->why, "}");
    return false;
}

static bool bad_number(const struct check *check, const char *reason)
{
    text_add_str(check->why, "{");
    text_add_str(check->why, reason);
    text_add_str(check->why, ",");
    text_add_i64(check->why, check->value->integer);
    text_add_str(check->why, "}");
    return false;
}

void queue_arguments_not_integer(struct text *why, uint8_t type)
{
    text_add_str(why, "\"expected integer, got ");
    text_add_str(why, field_type_name(type));
    text_add_str(why, "\"");
}

static bool is_integer(const struct check *check)
{
    if (!field_is_integer(check->value)) {
        queue_arguments_not_integer(check->why, check->value->type);
        return false;
    }
    return true;
}

static bool is_count(const struct check *check)
{
    return is_integer(check) && (check->value->integer >= 0 || bad_number(check, "value_negative"));
}

static bool is_time(const struct check *check)
{
    return is_count(check) &&
           (check->value->integer <= QUEUE_TIME_MAX_MS || bad_number(check, "value_too_large"));
}

static bool is_expiry(const struct check *check)
{
    return is_time(check) && (check->value->integer != 0 || bad_number(check, "value_zero"));
}

static bool is_max_priority(const struct check *check)
{
    return is_count(check) &&
           (check->value->integer <= 255 || bad_number(check, "max_value_exceeded"));
}

static bool is_bool(const struct check *check)
{
    return check->value->type == 't' || unacceptable(check);
}

static bool is_string(const struct check *check)
{
    return check->value->type == 'S' || unacceptable(check);
}

static bool is_dead_letter_key(const struct check *check)
{
    struct field_value exchange;
    if (!is_string(check)) {
        return false;
    }
    if (!table_get(check->arguments, SLICE("x-dead-letter-exchange"), &exchange)) {
        text_add_str(check->why, "routing_key_but_no_dlx_defined");
        return false;
    }
    return true;
}

/* `reason` is an Erlang term; a %s in it is the value. */
static bool is_one_of(const struct check *check, const char *const *allowed, const char *reason)
{
    if (!is_string(check)) {
        return false;
    }
    for (; *allowed; allowed++) {
        struct slice word = {(const uint8_t *)*allowed, strlen(*allowed)};
        if (slice_eq(check->value->bytes, word)) {
            return true;
        }
    }
    text_format(check->why, reason, check->value->bytes);
    return false;
}

static bool is_overflow(const struct check *check)
{
    static const char *const words[] = {"drop-head", "reject-publish", "reject-publish-dlx", NULL};
    return is_one_of(check, words, "invalid_overflow");
}

static bool is_mode(const struct check *check)
{
    static const char *const words[] = {"default", "lazy", NULL};
    return is_one_of(check, words, "\"unsupported queue mode '%s'\"");
}

static bool is_locator(const struct check *check)
{
    static const char *const words[] = {"client-local", "balanced", "random", "least-leaders",
                                        NULL};
    return is_one_of(check, words, "invalid_queue_locator_arg");
}

static bool is_strategy(const struct check *check)
{
    static const char *const words[] = {"at-most-once", "at-least-once", NULL};
    return is_one_of(check, words, "invalid_dlx_strategy");
}

static bool is_type(const struct check *check)
{
    static const char *const words[] = {"classic", "quorum", "stream", NULL};
    return is_one_of(check, words, "\"unsupported queue type '%s'\"");
}

static bool is_version(const struct check *check)
{
    if (!is_count(check)) {
        return false;
    }
    if (check->value->integer != 1 && check->value->integer != 2) {
        text_format(check->why, "\"unsupported queue version '%d'\"", check->value->integer);
        return false;
    }
    return true;
}

static bool is_positive(const struct check *check)
{
    return is_count(check) && (check->value->integer != 0 || bad_number(check, "value_zero"));
}

/* RabbitMQ does not look at it. */
static bool is_anything(const struct check *check)
{
    (void)check;
    return true;
}

/* A number and a unit: Y, M, D, h, m or s. */
static bool is_age(const struct check *check)
{
    if (!is_string(check)) {
        return false;
    }
    struct slice age = check->value->bytes;
    bool sound = age.len >= 2 && memchr("YMDhms", age.ptr[age.len - 1], 6);
    for (size_t i = 0; sound && i + 1 < age.len; i++) {
        sound = age.ptr[i] >= '0' && age.ptr[i] <= '9';
    }
    if (!sound) {
        text_add_str(check->why, "invalid_max_age");
    }
    return sound;
}

static bool is_filter_size(const struct check *check)
{
    if (!is_integer(check)) {
        return false;
    }
    if (check->value->integer < 16 || check->value->integer > 255) {
        return bad_number(check, "value_out_of_range");
    }
    return true;
}

/* X: exchanges, whatever their type. */
enum { C = 1 << QUEUE_CLASSIC, Q = 1 << QUEUE_QUORUM, S = 1 << QUEUE_STREAM, X = 128 };

/* In the order in which RabbitMQ compares them. */
static const struct argument {
    const char *name;
    checker check;
    uint8_t kinds;   // queues that take it
    bool equivalent; // a redeclare must repeat it
} arguments_known[] = {
    {"x-expires", is_expiry, C | Q, true},
    {"x-message-ttl", is_time, C | Q, true},
    {"x-dead-letter-exchange", is_string, C | Q, true},
    {"x-dead-letter-routing-key", is_dead_letter_key, C | Q, true},
    {"x-dead-letter-strategy", is_strategy, Q, true},
    {"x-max-length", is_count, C | Q, true},
    {"x-max-length-bytes", is_count, C | Q | S, true},
    {"x-max-in-memory-length", is_count, Q, true},
    {"x-max-in-memory-bytes", is_count, Q, true},
    {"x-max-priority", is_max_priority, C, true},
    {"x-overflow", is_overflow, C | Q, true},
    {"x-queue-mode", is_mode, C, true},
    {"x-queue-version", is_version, C, true},
    {"x-single-active-consumer", is_bool, C | Q, true},
    {"x-queue-type", is_type, C | Q | S, true},
    {"x-quorum-initial-group-size", is_positive, Q, true},
    {"x-max-age", is_age, S, true},
    {"x-stream-max-segment-size-bytes", is_count, S, true},
    {"x-stream-filter-size-bytes", is_filter_size, S, true},
    {"x-initial-cluster-size", is_positive, S, true},
    {"x-queue-leader-locator", is_locator, Q | S, true},
    {"x-queue-master-locator", is_string, C, true}, // means nothing on one node
    {"x-delivery-limit", is_integer, C | Q, true},
    {"x-delayed-retry-type", is_anything, Q, false},
    {"x-delayed-retry-min", is_anything, Q, false},
    {"x-delayed-retry-max", is_anything, Q, false},
    {"x-consumer-timeout", is_expiry, C | Q | S, true},
    {"x-message-deduplication", is_bool, C | Q | X, true},
    {"x-cache-size", is_positive, C | Q | X, true},
    {"x-cache-ttl", is_expiry, C | Q | X, true},
    {"x-deduplication-header", is_string, C | Q | X, true},
};

enum { KNOWN_COUNT = sizeof arguments_known / sizeof arguments_known[0] };

static struct slice name_of(const struct argument *argument)
{
    return (struct slice){(const uint8_t *)argument->name, strlen(argument->name)};
}

static enum amqp_reply check_value(const struct equivalence *what, const struct argument *argument,
                                   struct slice arguments, struct effects *fx)
{
    struct field_value value;
    struct text why;
    text_clear(&why);
    struct check check = {.value = &value, .arguments = arguments, .why = &why};
    if (!table_get(arguments, name_of(argument), &value) || argument->check(&check)) {
        return AMQP_OK;
    }
    return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                          "invalid arg '%s' for %s '%s' in vhost '%s': %s", name_of(argument),
                          (struct slice){(const uint8_t *)what->resource, strlen(what->resource)},
                          what->name, what->vhost, text_slice(&why));
}

static uint8_t kind_of(struct slice arguments, uint8_t default_kind)
{
    struct field_value type;
    if (!table_get(arguments, SLICE("x-queue-type"), &type)) {
        return default_kind;
    }
    if (slice_eq(type.bytes, SLICE("quorum"))) {
        return QUEUE_QUORUM;
    }
    return slice_eq(type.bytes, SLICE("stream")) ? QUEUE_STREAM : QUEUE_CLASSIC;
}

static bool belongs(const struct argument *argument, uint8_t kind)
{
    return argument->kinds & 1 << kind;
}

static const struct argument *find(struct slice name)
{
    for (int i = 0; i < KNOWN_COUNT; i++) {
        if (slice_eq(name_of(&arguments_known[i]), name)) {
            return &arguments_known[i];
        }
    }
    return NULL;
}

/* Refuses the first argument that only queues of other types have. */
static enum amqp_reply check_belongs(const struct equivalence *what, struct slice arguments,
                                     uint8_t kind, struct effects *fx)
{
    static const char *const modules[] = {
        [QUEUE_CLASSIC] = "rabbit_classic_queue",
        [QUEUE_QUORUM] = "rabbit_quorum_queue",
        [QUEUE_STREAM] = "rabbit_stream_queue",
    };
    struct wire_reader r = wire_reader_of(arguments);
    struct slice name;
    struct field_value value;
    while (table_next(&r, &name, &value)) {
        const struct argument *argument = find(name);
        if (argument && !belongs(argument, kind)) {
            return effects_refuse(
                fx, AMQP_PRECONDITION_FAILED,
                "invalid arg '%s' for queue '%s' in vhost '%s' of queue type %s", name, what->name,
                what->vhost, (struct slice){(const uint8_t *)modules[kind], strlen(modules[kind])});
        }
    }
    return AMQP_OK;
}

/* The type first, then the values of what belongs to it, then whether all else does. */
enum amqp_reply queue_arguments_check(const struct equivalence *what, struct slice arguments,
                                      uint8_t default_kind, uint8_t *kind, struct effects *fx)
{
    enum amqp_reply reply = check_value(what, find(SLICE("x-queue-type")), arguments, fx);
    *kind = kind_of(arguments, default_kind);
    for (int i = 0; i < KNOWN_COUNT && !reply; i++) {
        if (belongs(&arguments_known[i], *kind)) {
            reply = check_value(what, &arguments_known[i], arguments, fx);
        }
    }
    return reply ? reply : check_belongs(what, arguments, *kind, fx);
}

enum amqp_reply queue_arguments_equivalent(const struct equivalence *what, struct slice received,
                                           struct slice current, struct effects *fx)
{
    enum amqp_reply reply = AMQP_OK;
    for (int i = 0; i < KNOWN_COUNT && !reply; i++) {
        const struct argument *argument = &arguments_known[i];
        if (argument->check == is_type && kind_of(received, 0) == kind_of(current, 0)) {
            continue; // without the argument it is a classic queue
        }
        if (argument->equivalent) {
            reply = equivalence_argument(what, name_of(argument), received, current, fx);
        }
    }
    return reply;
}

enum amqp_reply exchange_arguments_check(const struct equivalence *what, struct slice arguments,
                                         struct effects *fx)
{
    enum amqp_reply reply = AMQP_OK;
    for (int i = 0; i < KNOWN_COUNT && !reply; i++) {
        if (arguments_known[i].kinds & X) {
            reply = check_value(what, &arguments_known[i], arguments, fx);
        }
    }
    return reply;
}

enum amqp_reply exchange_arguments_equivalent(const struct equivalence *what, struct slice received,
                                              struct slice current, struct effects *fx)
{
    enum amqp_reply reply = AMQP_OK;
    for (int i = 0; i < KNOWN_COUNT && !reply; i++) {
        if (arguments_known[i].kinds & X) {
            reply = equivalence_argument(what, name_of(&arguments_known[i]), received, current, fx);
        }
    }
    return reply;
}
