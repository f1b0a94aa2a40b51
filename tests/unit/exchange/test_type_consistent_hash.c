#include "tests/unit/exchange/kit.h"

enum { KEYS = 20000 };

static const char *numbered(int number)
{
    static char key[16];
    snprintf(key, sizeof key, "key-%d", number);
    return key;
}

static struct exchange *one(struct host *host)
{
    return declare(host, "x", "x-consistent-hash", (struct slice){0});
}

/* Where all the keys go, by letter. */
static void publish_all(struct host *host, struct exchange *x, char to[KEYS])
{
    for (int i = 0; i < KEYS; i++) {
        const char *got = publish(host, x, numbered(i));
        cr_assert_eq(strlen(got), 1);
        to[i] = *got;
    }
}

static void count_all(const char to[KEYS], uint32_t counts[26])
{
    memset(counts, 0, 26 * sizeof *counts);
    for (int i = 0; i < KEYS; i++) {
        counts[to[i] - 'a']++;
    }
}

Test(consistent_hash, spreads_keys_evenly_and_each_always_to_the_same_queue)
{
    static char to[2][KEYS];
    uint32_t counts[26];
    struct host *host = host_new();
    struct exchange *x = one(host);
    cr_assert_str_eq(publish(host, x, "k"), "");
    for (char letter = 'a'; letter <= 'z'; letter++) {
        bind(host, x, letter, "1");
    }
    publish_all(host, x, to[0]);
    publish_all(host, x, to[1]);
    cr_assert_arr_eq(to[0], to[1], KEYS);
    count_all(to[0], counts);
    cr_assert_lt(chi_squared(counts, NULL, 26), 52);
    host_free(host);
}

Test(consistent_hash, shares_by_weight)
{
    static char to[KEYS];
    static const char *const weights[] = {"1", "+2", "30", "3", "007", "2"};
    static const double shares[] = {1, 2, 30, 3, 7, 2};
    uint32_t counts[26];
    struct host *host = host_new();
    struct exchange *x = one(host);
    for (int i = 0; i < 6; i++) {
        bind(host, x, (char)('a' + i), weights[i]);
    }
    publish_all(host, x, to);
    count_all(to, counts);
    cr_assert_lt(chi_squared(counts, shares, 6), 16);
    host_free(host);
}

Test(consistent_hash, a_new_queue_moves_only_what_it_gets_and_takes_only_that_with_it)
{
    static char before[KEYS], with[KEYS], after[KEYS];
    struct host *host = host_new();
    struct exchange *x = one(host);
    int moved = 0;
    for (char letter = 'a'; letter <= 'i'; letter++) {
        bind(host, x, letter, letter % 2 ? "10" : "25");
    }
    publish_all(host, x, before);
    struct binding *added = bind(host, x, 'z', "18"); // of 178
    publish_all(host, x, with);
    binding_remove(added);
    publish_all(host, x, after);
    cr_assert_arr_eq(before, after, KEYS);
    for (int i = 0; i < KEYS; i++) {
        cr_assert(with[i] == 'z' || with[i] == before[i], "%d moved", i);
        moved += with[i] == 'z';
    }
    cr_assert(moved > KEYS / 11 && moved < KEYS / 9, "%d", moved);
    host_free(host);
}

Test(consistent_hash, depends_on_names_and_weights_alone)
{
    static char to[2][KEYS];
    struct host *host = host_new();
    struct exchange *x = one(host);
    struct exchange *y = declare(host, "y", "x-consistent-hash", (struct slice){0});
    binding_remove(bind(host, y, 'c', "5"));
    for (char letter = 'a'; letter <= 'z'; letter++) {
        bind(host, x, letter, letter == 'q' ? "4" : "2");
        bind(host, y, (char)('a' + 'z' - letter), 'a' + 'z' - letter == 'q' ? "4" : "2");
    }
    publish_all(host, x, to[0]);
    publish_all(host, y, to[1]);
    cr_assert_arr_eq(to[0], to[1], KEYS);
    cr_assert_str_eq(publish(host, x, "one"), "a"); // today as ever
    cr_assert_str_eq(publish(host, x, "two"), "c");
    cr_assert_str_eq(publish(host, x, "three"), "h");
    host_free(host);
}

Test(consistent_hash, of_two_bindings_of_a_queue_the_first_counts)
{
    static char to[KEYS];
    static const double heavy[] = {9, 1}, light[] = {1, 1};
    uint32_t counts[26];
    struct host *host = host_new();
    struct exchange *x = one(host);
    struct binding *first = bind(host, x, 'a', "9");
    bind(host, x, 'b', "1");
    bind(host, x, 'a', "1");
    publish_all(host, x, to);
    count_all(to, counts);
    cr_assert_lt(chi_squared(counts, heavy, 2), 8);
    binding_remove(first); // the other one takes over
    publish_all(host, x, to);
    count_all(to, counts);
    cr_assert_lt(chi_squared(counts, light, 2), 8);
    host_free(host);
}

Test(consistent_hash, takes_weights_that_are_large)
{
    static char to[KEYS];
    static const double shares[] = {1000000, 1000000};
    uint32_t counts[26];
    struct host *host = host_new();
    struct exchange *x = one(host);
    bind(host, x, 'a', "99999999999999999999999999999999"); // means a million
    bind(host, x, 'b', "1000000");
    publish_all(host, x, to);
    count_all(to, counts);
    cr_assert_lt(chi_squared(counts, shares, 2), 8);
    bind(host, x, 'c', "1");
    publish_all(host, x, to);
    count_all(to, counts);
    cr_assert_leq(counts[2], 2);
    host_free(host);
}

Test(consistent_hash, looks_at_the_routing_key_and_not_at_those_of_cc)
{
    struct host *host = host_new();
    struct exchange *x = one(host);
    for (char letter = 'a'; letter <= 'z'; letter++) {
        bind(host, x, letter, "1");
    }
    char wanted = *publish(host, x, "one");
    for (int i = 0; i < 100; i++) {
        struct slice keys[] = {str("one"), str(numbered(i))};
        const char *got = route(host, x, &(struct routing){.keys = keys, .key_count = 2});
        cr_assert_eq(strlen(got), 1);
        cr_assert_eq(*got, wanted);
    }
    host_free(host);
}

/* An exchange with one argument and the queues a to z. */
static struct exchange *hashing(struct host *host, const char *argument, const char *value)
{
    struct bytes arguments = {0};
    table_add_string(&arguments, str(argument), str(value));
    struct exchange *x = declare(host, "x", "x-consistent-hash", bytes_slice(&arguments));
    bytes_finish(&arguments);
    for (char letter = 'a'; letter <= 'z'; letter++) {
        bind(host, x, letter, "1");
    }
    return x;
}

static char publish_with(struct host *host, struct exchange *x, const char *key,
                         const struct amqp_properties *properties)
{
    struct slice keys[] = {str(key)};
    const char *got =
        route(host, x, &(struct routing){.keys = keys, .key_count = 1, .properties = properties});
    cr_assert_eq(strlen(got), 1);
    return *got;
}

Test(consistent_hash, looks_at_the_header_that_it_is_told)
{
    struct host *host = host_new();
    struct exchange *x = hashing(host, "hash-header", "h");
    uint32_t counts[26] = {0};
    struct amqp_properties none = {0};
    char without = publish_with(host, x, "k", &none);
    for (int i = 0; i < 2600; i++) {
        struct bytes headers = {0};
        kit_int(&headers, "g", i);
        struct amqp_properties properties = {.flags = PROPERTY_headers,
                                             .headers = bytes_slice(&headers)};
        cr_assert_eq(publish_with(host, x, numbered(i), &properties), without);
        kit_int(&headers, "h", i);
        properties.headers = bytes_slice(&headers);
        char to = publish_with(host, x, numbered(i), &properties);
        cr_assert_eq(publish_with(host, x, "other", &properties), to);
        counts[to - 'a']++;
        bytes_finish(&headers);
    }
    cr_assert_lt(chi_squared(counts, NULL, 26), 52);
    host_free(host);
}

static void set_property(struct amqp_properties *properties, enum property_flag flag, int number)
{
    struct slice value = str(numbered(number));
    properties->flags = (uint16_t)flag;
    if (flag == PROPERTY_message_id) {
        properties->message_id = value;
    } else if (flag == PROPERTY_correlation_id) {
        properties->correlation_id = value;
    } else {
        properties->timestamp = (uint64_t)number;
    }
}

Test(consistent_hash, looks_at_the_property_that_it_is_told)
{
    static const struct {
        const char *name;
        enum property_flag flag;
        enum property_flag other;
    } rows[] = {
        {"message_id", PROPERTY_message_id, PROPERTY_correlation_id},
        {"correlation_id", PROPERTY_correlation_id, PROPERTY_message_id},
        {"timestamp", PROPERTY_timestamp, PROPERTY_message_id},
    };
    for (size_t row = 0; row < 3; row++) {
        struct host *host = host_new();
        struct exchange *x = hashing(host, "hash-property", rows[row].name);
        uint32_t counts[26] = {0};
        char without = publish_with(host, x, "k", &(struct amqp_properties){0});
        for (int i = 0; i < 2600; i++) {
            struct amqp_properties properties = {0};
            set_property(&properties, rows[row].other, i);
            cr_assert_eq(publish_with(host, x, "k", &properties), without);
            set_property(&properties, rows[row].flag, i);
            char to = publish_with(host, x, "k", &properties);
            cr_assert_eq(publish_with(host, x, "other", &properties), to);
            counts[to - 'a']++;
        }
        cr_assert_lt(chi_squared(counts, NULL, 26), 52, "%s", rows[row].name);
        host_free(host);
    }
}

Test(consistent_hash, the_same_key_may_go_elsewhere_only_if_a_property_decides)
{
    struct host *host = host_new();
    struct exchange *x = hashing(host, "hash-property", "message_id");
    struct exchange *y = declare(host, "y", "x-consistent-hash", (struct slice){0});
    struct slice keys[] = {str("k")};
    struct routing routing = {keys, 1, &(struct amqp_properties){0}};
    route_set_begin(&host->set);
    cr_assert(!exchange_route(host->all, x, &routing, &host->set));
    route_set_begin(&host->set);
    cr_assert(exchange_route(host->all, y, &routing, &host->set));
    exchange_bind(x, exchange_destination(y), str("100000"), (struct slice){0}, NULL);
    route_set_begin(&host->set);
    cr_assert(!exchange_route(host->all, x, &routing, &host->set));
    host_free(host);
}

Test(consistent_hash, refuses_binding_keys_that_are_no_weights)
{
    static const struct {
        const char *key;
        const char *text; // NULL: it is taken
    } rows[] = {
        {"1", NULL},
        {"+12", NULL},
        {"0001", NULL},
        {"99999999999999999999999999", NULL},
        {"0", "The binding key must be greater than 0"},
        {"-5", "The binding key must be greater than 0"},
        {"-99999999999999999999", "The binding key must be greater than 0"},
        {"", "The binding key must be an integer: <<>>"},
        {"+", "The binding key must be an integer: <<\"+\">>"},
        {"-", "The binding key must be an integer: <<\"-\">>"},
        {" 1", "The binding key must be an integer: <<\" 1\">>"},
        {"1 ", "The binding key must be an integer: <<\"1 \">>"},
        {"1.0", "The binding key must be an integer: <<\"1.0\">>"},
        {"0x1", "The binding key must be an integer: <<\"0x1\">>"},
        {"\1", "The binding key must be an integer: <<1>>"},
    };
    struct host *host = host_new();
    struct exchange *x = one(host);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text error;
        enum amqp_reply reply = check_binding(host, x, rows[i].key, &error);
        cr_assert_eq(reply, rows[i].text ? AMQP_PRECONDITION_FAILED : AMQP_OK, "%s", rows[i].key);
        cr_assert_str_eq(error.ptr, rows[i].text ? rows[i].text : "");
    }
    host_free(host);
}

/* NULL: there is no such argument. */
static void check(const char *header, const char *property, const char *text)
{
    struct bytes arguments = {0};
    struct text error;
    text_clear(&error);
    if (header) {
        table_add_string(&arguments, SLICE("hash-header"), str(header));
    }
    if (property) {
        table_add_string(&arguments, SLICE("hash-property"), str(property));
    }
    const struct exchange_type *type = exchange_type_find(SLICE("x-consistent-hash"));
    enum amqp_reply reply = exchange_type_check(type, bytes_slice(&arguments), &error);
    cr_assert_eq(reply, *text ? AMQP_PRECONDITION_FAILED : AMQP_OK);
    cr_assert_str_eq(error.ptr, text);
    bytes_finish(&arguments);
}

Test(consistent_hash, refuses_arguments_that_it_does_not_understand)
{
    check(NULL, NULL, "");
    check("any", NULL, "");
    check(NULL, "message_id", "");
    check(NULL, "correlation_id", "");
    check(NULL, "timestamp", "");
    check(NULL, "user_id", "Unsupported property: user_id");
    check("any", "timestamp", "hash-header and hash-property are mutually exclusive");
    check("any", "user_id", "hash-header and hash-property are mutually exclusive");
    struct bytes arguments = {0};
    struct text error;
    text_clear(&error);
    kit_int(&arguments, "hash-header", 5);
    const struct exchange_type *type = exchange_type_find(SLICE("x-consistent-hash"));
    cr_assert_eq(exchange_type_check(type, bytes_slice(&arguments), &error),
                 AMQP_PRECONDITION_FAILED);
    cr_assert_str_eq(error.ptr,
                     "Invalid hash-header field type signedint (value 5); expected longstr");
    bytes_finish(&arguments);
}
