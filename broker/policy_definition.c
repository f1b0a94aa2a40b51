#include "broker/policy_definition.h"

#include "amqp/table.h"

typedef bool (*checker)(const struct field_value *value);

static bool is_text(const struct field_value *value)
{
    return value->type == 'S';
}

static bool is_count(const struct field_value *value)
{
    return field_is_integer(value) && value->integer >= 0;
}

static bool is_positive(const struct field_value *value)
{
    return field_is_integer(value) && value->integer > 0;
}

static bool is_integer(const struct field_value *value)
{
    return field_is_integer(value);
}

static bool is_word(const struct field_value *value, const char *const *words)
{
    for (; is_text(value) && *words; words++) {
        if (slice_eq(value->bytes, (struct slice){(const uint8_t *)*words, strlen(*words)})) {
            return true;
        }
    }
    return false;
}

static bool is_overflow(const struct field_value *value)
{
    static const char *const words[] = {"drop-head", "reject-publish", "reject-publish-dlx", NULL};
    return is_word(value, words);
}

static bool is_mode(const struct field_value *value)
{
    static const char *const words[] = {"default", "lazy", NULL};
    return is_word(value, words);
}

static bool is_version(const struct field_value *value)
{
    return field_is_integer(value) && (value->integer == 1 || value->integer == 2);
}

static bool is_strategy(const struct field_value *value)
{
    static const char *const words[] = {"at-most-once", "at-least-once", NULL};
    return is_word(value, words);
}

static bool is_locator(const struct field_value *value)
{
    static const char *const words[] = {"client-local", "balanced", "random", "least-leaders",
                                        NULL};
    return is_word(value, words);
}

static bool is_retry_type(const struct field_value *value)
{
    static const char *const words[] = {"disabled", "all", "failed", "returned", NULL};
    return is_word(value, words);
}

static bool is_mirroring(const struct field_value *value)
{
    static const char *const words[] = {"all", "exactly", "nodes", NULL};
    return is_word(value, words);
}

/* How many nodes, or which. */
static bool is_nodes(const struct field_value *value)
{
    return is_positive(value) || value->type == 'A';
}

static bool is_sync_mode(const struct field_value *value)
{
    static const char *const words[] = {"automatic", "manual", NULL};
    return is_word(value, words);
}

static bool is_promotion(const struct field_value *value)
{
    static const char *const words[] = {"always", "when-synced", NULL};
    return is_word(value, words);
}

static bool is_master_locator(const struct field_value *value)
{
    static const char *const words[] = {"client-local", "min-masters", "random", NULL};
    return is_word(value, words);
}

/* A number and a unit: Y, M, D, h, m or s. */
static bool is_age(const struct field_value *value)
{
    struct slice age = value->bytes;
    bool sound = is_text(value) && age.len >= 2 && memchr("YMDhms", age.ptr[age.len - 1], 6);
    for (size_t i = 0; sound && i + 1 < age.len; i++) {
        sound = age.ptr[i] >= '0' && age.ptr[i] <= '9';
    }
    return sound;
}

/* An operator may set it; of two numbers the smaller, or the larger, counts. */
enum { OPERATOR = 1, SMALLER = 2, LARGER = 4 };

/* `noun`: "<value> is not a valid <noun>". */
static const struct key {
    const char *name;
    checker check;
    const char *noun;
    int flags;
} keys[] = {
    {"alternate-exchange", is_text, "alternate exchange name", 0},
    {"consumer-timeout", is_positive, "consumer timeout", 0},
    {"dead-letter-exchange", is_text, "dead letter exchange name", 0},
    {"dead-letter-routing-key", is_text, "dead letter routing key", 0},
    {"dead-letter-strategy", is_strategy, "dead letter strategy", 0},
    {"message-ttl", is_count, "message TTL", OPERATOR | SMALLER},
    {"expires", is_positive, "queue expiry", OPERATOR | SMALLER},
    {"max-length", is_count, "maximum length", OPERATOR | SMALLER},
    {"max-length-bytes", is_count, "maximum length in bytes", OPERATOR | SMALLER},
    {"max-in-memory-length", is_count, "maximum memory in messages", OPERATOR | SMALLER},
    {"max-in-memory-bytes", is_count, "maximum memory in bytes", OPERATOR | SMALLER},
    {"delivery-limit", is_integer, "delivery limit", OPERATOR | SMALLER},
    {"delayed-retry-type", is_retry_type,
     "delayed retry type. Must be one of: all, failed, returned, disabled", OPERATOR},
    {"delayed-retry-min", is_positive, "delayed retry minimum delay. Must be a positive integer",
     OPERATOR | LARGER},
    {"delayed-retry-max", is_positive, "delayed retry maximum delay. Must be a positive integer",
     OPERATOR | SMALLER},
    {"overflow", is_overflow, "overflow value", OPERATOR},
    {"queue-mode", is_mode, "queue-mode value", 0},
    {"queue-version", is_version, "queue-version value", OPERATOR},
    {"max-age", is_age, "max age", 0},
    {"queue-leader-locator", is_locator, "queue leader locator value", 0},
    {"initial-cluster-size", is_positive, "cluster size", 0},
    {"stream-max-segment-size-bytes", is_count, "segment size", 0},
    // There is one node, and there are no links: these are kept and change nothing.
    {"ha-mode", is_mirroring, "ha-mode value", OPERATOR},
    {"ha-params", is_nodes, "ha-params value", OPERATOR},
    {"ha-sync-mode", is_sync_mode, "ha-sync-mode value", OPERATOR},
    {"ha-sync-batch-size", is_positive, "ha-sync-batch-size value", 0},
    {"ha-promote-on-shutdown", is_promotion, "ha-promote-on-shutdown value", 0},
    {"ha-promote-on-failure", is_promotion, "ha-promote-on-failure value", 0},
    {"queue-master-locator", is_master_locator, "queue master locator", 0},
    {"federation-upstream", is_text, "federation upstream name", 0},
    {"federation-upstream-set", is_text, "federation upstream set name", 0},
    {"federation-upstream-pattern", is_text, "federation upstream pattern", 0},
};

static const struct key *key_of(struct slice name)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (slice_eq(name, (struct slice){(const uint8_t *)keys[i].name, strlen(keys[i].name)})) {
            return &keys[i];
        }
    }
    return NULL;
}

bool policy_definition_takes_number(struct slice name)
{
    const struct key *key = key_of(name);
    return key && (key->check == is_count || key->check == is_positive ||
                   key->check == is_integer || key->check == is_version);
}

/* The value as RabbitMQ shows it: a term of Erlang's. Of what has parts only the type. */
static void add_term(struct text *why, const struct field_value *value)
{
    if (is_text(value)) {
        text_format(why, "<<\"%s\">>", value->bytes);
    } else if (field_is_integer(value)) {
        text_add_i64(why, value->integer);
    } else if (value->type == 't') {
        text_add_str(why, value->integer ? "true" : "false");
    } else if (value->type == 'V') {
        text_add_str(why, "null");
    } else {
        text_add_str(why, field_type_name(value->type));
    }
}

/* False, with the reason, if a value is not what its key takes. */
static bool check_values(struct slice definition, struct text *why)
{
    struct wire_reader r = wire_reader_of(definition);
    struct slice name;
    struct field_value value;
    while (table_next(&r, &name, &value)) {
        const struct key *key = key_of(name);
        if (key && !key->check(&value)) {
            add_term(why, &value);
            text_add_str(why, " is not a valid ");
            text_add_str(why, key->noun);
            return false;
        }
    }
    return true;
}

/* False, with all of them told, if there are keys that a policy of this kind has not. */
static bool check_keys(struct slice definition, bool by_operator, struct text *why)
{
    struct wire_reader r = wire_reader_of(definition);
    struct slice name;
    struct field_value value;
    bool good = true;
    while (table_next(&r, &name, &value)) {
        const struct key *key = key_of(name);
        if (!key || (by_operator && !(key->flags & OPERATOR))) {
            text_format(why, good ? "[{<<\"%s\">>," : ",{<<\"%s\">>,", name);
            add_term(why, &value);
            text_add_str(why, "}");
            good = false;
        }
    }
    if (!good) {
        text_add_str(why, "] are not recognised policy settings");
    }
    return good;
}

/* What goes together: a delayed retry has a least delay, which is not above the largest. */
static bool check_retry(struct slice definition, struct text *why)
{
    struct field_value type, least, most;
    bool typed = table_get(definition, SLICE("delayed-retry-type"), &type);
    bool has_least = table_get(definition, SLICE("delayed-retry-min"), &least);
    bool has_most = table_get(definition, SLICE("delayed-retry-max"), &most);
    if (typed && !has_least && !slice_eq(type.bytes, SLICE("disabled"))) {
        text_format(why, "delayed-retry-min is required when delayed-retry-type is %s", type.bytes);
        return false;
    }
    if (has_least && has_most && most.integer < least.integer) {
        text_format(why, "delayed-retry-max (%d) must not be smaller than delayed-retry-min (%d)",
                    most.integer, least.integer);
        return false;
    }
    return true;
}

bool policy_definition_check(struct slice definition, bool by_operator, struct text *why)
{
    if (definition.len == 0) {
        text_add_str(why, "no policy provided");
        return false;
    }
    return check_values(definition, why) && check_keys(definition, by_operator, why) &&
           check_retry(definition, why);
}

/* Which of two values for one key counts. */
static struct slice choose(struct slice name, const struct field_value *ours,
                           const struct field_value *operators)
{
    const struct key *key = key_of(name);
    bool numbers = key && field_is_integer(ours) && field_is_integer(operators);
    bool counts = numbers && ((key->flags & SMALLER && ours->integer < operators->integer) ||
                              (key->flags & LARGER && ours->integer > operators->integer));
    return counts ? ours->raw : operators->raw;
}

void policy_definition_merge(struct slice policy, struct slice by_operator, struct bytes *out)
{
    struct wire_reader r = wire_reader_of(policy);
    struct slice name;
    struct field_value value, other;
    while (table_next(&r, &name, &value)) {
        bool both = table_get(by_operator, name, &other);
        table_add_raw(out, name, both ? choose(name, &value, &other) : value.raw);
    }
    r = wire_reader_of(by_operator);
    while (table_next(&r, &name, &value)) {
        if (!table_get(policy, name, &other)) {
            table_add_raw(out, name, value.raw);
        }
    }
}
