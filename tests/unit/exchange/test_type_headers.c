#include "tests/unit/exchange/kit.h"

struct pair {
    const char *name;
    const char *raw; // the encoded value, by length
    size_t len;
};

#define P(name, raw)                                                                               \
    {                                                                                              \
        name, raw, sizeof(raw) - 1                                                                 \
    }
#define PAIRS(...)                                                                                 \
    (struct pair[])                                                                                \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            NULL, NULL, 0                                                                          \
        }                                                                                          \
    }
#define NOTHING ((struct pair[]){{NULL, NULL, 0}})

#define ONE P("a", "I\0\0\0\1")
#define TWO P("b", "I\0\0\0\2")
#define X_ONE P("x-a", "I\0\0\0\1")
#define ALL P("x-match", "S\0\0\0\3all")
#define ANY P("x-match", "S\0\0\0\3any")
#define ALL_WITH_X P("x-match", "S\0\0\0\12all-with-x")
#define ANY_WITH_X P("x-match", "S\0\0\0\12any-with-x")

static struct bytes table_of(const struct pair *pairs)
{
    struct bytes table = {0};
    for (; pairs->name; pairs++) {
        table_add_raw(&table, str(pairs->name),
                      (struct slice){(const uint8_t *)pairs->raw, pairs->len});
    }
    cr_assert(table_valid(bytes_slice(&table)));
    return table;
}

static bool matches(const struct pair *arguments, const struct pair *headers)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "headers", (struct slice){0});
    struct bytes wanted = table_of(arguments);
    struct bytes have = table_of(headers);
    exchange_bind(x, queue(host, 'a'), str("ignored"), bytes_slice(&wanted), NULL);
    struct amqp_properties properties = {.headers = bytes_slice(&have)};
    bool found = *route(host, x, &(struct routing){.properties = &properties}) == 'a';
    bytes_finish(&wanted);
    bytes_finish(&have);
    host_free(host);
    return found;
}

Test(headers, all_is_the_default)
{
    cr_assert(matches(PAIRS(ONE, TWO), PAIRS(TWO, P("c", "V"), ONE)));
    cr_assert(!matches(PAIRS(ONE, TWO), PAIRS(ONE)));
    cr_assert(!matches(PAIRS(ONE, TWO), NOTHING));
    cr_assert(matches(PAIRS(ALL, ONE, TWO), PAIRS(ONE, TWO)));
    cr_assert(!matches(PAIRS(ALL, ONE, TWO), PAIRS(ONE, P("b", "I\0\0\0\3"))));
}

Test(headers, any_takes_one)
{
    cr_assert(matches(PAIRS(ANY, ONE, TWO), PAIRS(TWO)));
    cr_assert(matches(PAIRS(TWO, ANY, ONE), PAIRS(P("b", "V"), ONE)));
    cr_assert(!matches(PAIRS(ANY, ONE, TWO), PAIRS(P("a", "V"), P("z", "V"))));
    cr_assert(!matches(PAIRS(ANY, ONE, TWO), NOTHING));
}

Test(headers, without_arguments_all_matches_everything_and_any_nothing)
{
    cr_assert(matches(NOTHING, PAIRS(ONE)));
    cr_assert(matches(NOTHING, NOTHING));
    cr_assert(matches(PAIRS(ALL_WITH_X), NOTHING));
    cr_assert(!matches(PAIRS(ANY), PAIRS(ONE)));
    cr_assert(!matches(PAIRS(ANY_WITH_X), PAIRS(ANY_WITH_X)));
}

Test(headers, names_in_x_count_only_with_x)
{
    cr_assert(matches(PAIRS(ALL, X_ONE), NOTHING));
    cr_assert(!matches(PAIRS(ALL_WITH_X, X_ONE), NOTHING));
    cr_assert(matches(PAIRS(ALL_WITH_X, X_ONE), PAIRS(X_ONE)));
    cr_assert(!matches(PAIRS(ANY, X_ONE), PAIRS(X_ONE)));
    cr_assert(matches(PAIRS(ANY_WITH_X, X_ONE, TWO), PAIRS(X_ONE)));
}

Test(headers, void_asks_for_presence)
{
    cr_assert(matches(PAIRS(P("a", "V")), PAIRS(ONE)));
    cr_assert(matches(PAIRS(P("a", "V")), PAIRS(P("a", "V"))));
    cr_assert(!matches(PAIRS(P("a", "V")), PAIRS(TWO)));
    cr_assert(!matches(PAIRS(ONE), PAIRS(P("a", "V"))));
}

static bool same(const char *a, size_t a_len, const char *b, size_t b_len)
{
    struct pair left = {"k", a, a_len};
    struct pair right = {"k", b, b_len};
    bool found = matches(PAIRS(left), PAIRS(right));
    cr_assert_eq(found, matches(PAIRS(right), PAIRS(left)));
    return found;
}

#define SAME(a, b) same(a, sizeof(a) - 1, b, sizeof(b) - 1)

/* Each line was played against RabbitMQ 3.10.8. */
Test(headers, values_compare_by_meaning_as_in_rabbitmq)
{
    cr_assert(SAME("I\0\0\0\1", "l\0\0\0\0\0\0\0\1"));
    cr_assert(SAME("I\0\0\0\1", "d\x3f\xf0\0\0\0\0\0\0"));
    cr_assert(SAME("I\0\0\0\1", "T\0\0\0\0\0\0\0\1"));
    cr_assert(SAME("S\0\0\0\1a", "x\0\0\0\1a"));
    cr_assert(!SAME("t\1", "I\0\0\0\1"));
    cr_assert(SAME("t\1", "t\2"));
    cr_assert(SAME("f\x3f\xc0\0\0", "d\x3f\xf8\0\0\0\0\0\0"));
    cr_assert(SAME("F\0\0\0\x07\1aI\0\0\0\1", "F\0\0\0\x07\1aI\0\0\0\1"));
    cr_assert(!SAME("A\0\0\0\5I\0\0\0\1", "A\0\0\0\x09l\0\0\0\0\0\0\0\1"));
    cr_assert(SAME("F\0\0\0\0", "A\0\0\0\0"));
    cr_assert(SAME("D\2\0\0\0\x7d", "D\2\0\0\0\x7d"));
    cr_assert(!SAME("D\2\0\0\0\x7d", "D\1\0\0\0\x7d"));
    cr_assert(!SAME("F\0\0\0\x0e\1aI\0\0\0\1\1bI\0\0\0\2", "F\0\0\0\x0e\1bI\0\0\0\2\1aI\0\0\0\1"));
}

Test(headers, numbers_compare_exactly)
{
    cr_assert(!SAME("l\0\x20\0\0\0\0\0\1", "d\x43\x40\0\0\0\0\0\0")); // 2^53 + 1, 2^53
    cr_assert(!SAME("l\x7f\xff\xff\xff\xff\xff\xff\xff", "d\x43\xe0\0\0\0\0\0\0")); // 2^63
    cr_assert(SAME("l\x80\0\0\0\0\0\0\0", "d\xc3\xe0\0\0\0\0\0\0"));                // -2^63
    cr_assert(!SAME("T\xff\xff\xff\xff\xff\xff\xff\xff", "b\xff"));                 // has no sign
    cr_assert(!SAME("I\0\0\0\1", "d\x3f\xf8\0\0\0\0\0\0"));                         // 1, 1.5
    cr_assert(!SAME("I\0\0\0\0", "d\x7f\xf8\0\0\0\0\0\0"));                         // not a number
    cr_assert(SAME("b\xff", "s\xff\xff"));
    cr_assert(!SAME("b\xff", "B\xff"));
}

Test(headers, lists_compare_to_their_ends)
{
    cr_assert(!SAME("A\0\0\0\2t\1", "A\0\0\0\4t\1t\1"));
    cr_assert(SAME("A\0\0\0\x09l\0\0\0\0\0\0\0\1", "A\0\0\0\x09L\0\0\0\0\0\0\0\1"));
    cr_assert(!SAME("A\0\0\0\1V", "F\0\0\0\2\0V"));
    cr_assert(!SAME("F\0\0\0\3\1aV", "F\0\0\0\3\1bV"));
}

Test(headers, routes_in_order_of_binding_and_gives_large_scratch_back)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "headers", (struct slice){0});
    struct bytes wanted = table_of(PAIRS(ANY, P("999", "I\0\0\x03\xe7")));
    struct bytes have = {0};
    for (int i = 999; i >= 0; i--) {
        char name[16];
        snprintf(name, sizeof name, "%03d", i);
        kit_int(&have, name, i);
    }
    for (char letter = 'z'; letter >= 'x'; letter--) {
        exchange_bind(x, queue(host, letter), str(""), bytes_slice(&wanted), NULL);
    }
    struct amqp_properties properties = {.headers = bytes_slice(&have)};
    struct routing routing = {.properties = &properties};
    cr_assert_str_eq(route(host, x, &routing), "zyx");
    cr_assert_str_eq(publish(host, x, ""), "");
    bytes_finish(&wanted);
    bytes_finish(&have);
    host_free(host);
}

static void refused(const struct pair *argument, const char *wanted)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "headers", (struct slice){0});
    struct bytes arguments = table_of(argument);
    struct text error = {0};
    enum amqp_reply reply = exchange_check_binding(
        x, &(struct binding_identity){.arguments = bytes_slice(&arguments)}, &error);
    cr_assert_eq(reply, wanted ? AMQP_PRECONDITION_FAILED : AMQP_OK);
    cr_assert_str_eq(error.ptr, wanted ? wanted : "");
    bytes_finish(&arguments);
    host_free(host);
}

#define EXPECTED "; expected all, any, all-with-x, or any-with-x"

/* The texts are those of RabbitMQ 3.10.8, but for the line breaks that it puts into lists. */
Test(headers, refuses_an_x_match_that_it_does_not_know)
{
    refused(NOTHING, NULL);
    refused(PAIRS(ANY_WITH_X), NULL);
    refused(PAIRS(P("x-match", "S\0\0\0\3foo")),
            "Invalid x-match field value <<\"foo\">>" EXPECTED);
    refused(PAIRS(P("x-match", "S\0\0\0\0")), "Invalid x-match field value <<>>" EXPECTED);
    refused(PAIRS(P("x-match", "S\0\0\0\2\0\1")), "Invalid x-match field value <<0,1>>" EXPECTED);
    refused(PAIRS(P("x-match", "S\0\0\0\5caf\xc3\xa9")),
            "Invalid x-match field value <<\"caf\xc3\xa9\">>" EXPECTED);
    refused(PAIRS(P("x-match", "S\0\0\0\x06\t\"q\" \\")),
            "Invalid x-match field value <<\"\\t\\\"q\\\" \\\\\">>" EXPECTED);
    refused(PAIRS(P("x-match", "I\xff\xff\xff\xff")),
            "Invalid x-match field type signedint (value -1); expected longstr");
    refused(PAIRS(P("x-match", "t\1")),
            "Invalid x-match field type bool (value true); expected longstr");
    refused(PAIRS(P("x-match", "V")),
            "Invalid x-match field type void (value undefined); expected longstr");
    refused(PAIRS(P("x-match", "D\2\0\0\0\x7d")),
            "Invalid x-match field type decimal (value {2,125}); expected longstr");
    refused(PAIRS(P("x-match", "T\0\0\0\0\0\0\0\x4d")),
            "Invalid x-match field type timestamp (value 77); expected longstr");
    refused(PAIRS(P("x-match", "F\0\0\0\x0f\1aI\0\0\0\1\1bS\0\0\0\1x")),
            "Invalid x-match field type table (value [{<<\"a\">>,signedint,1},"
            "{<<\"b\">>,longstr,<<\"x\">>}]); expected longstr");
    refused(PAIRS(P("x-match", "A\0\0\0\6I\0\0\0\1V")),
            "Invalid x-match field type array (value [{signedint,1},{void,undefined}]); "
            "expected longstr");
    refused(PAIRS(P("x-match", "A\0\0\0\0")),
            "Invalid x-match field type array (value []); expected longstr");
}

Test(headers, other_types_take_any_arguments)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "topic", (struct slice){0});
    struct bytes arguments = table_of(PAIRS(P("x-match", "V")));
    struct text error = {0};
    cr_assert_eq(exchange_check_binding(
                     x, &(struct binding_identity){.arguments = bytes_slice(&arguments)}, &error),
                 AMQP_OK);
    bytes_finish(&arguments);
    host_free(host);
}
