#include "tests/unit/exchange/kit.h"

static struct bytes of_type(const char *type)
{
    struct bytes arguments = {0};
    table_add_string(&arguments, SLICE("x-delayed-type"), str(type));
    return arguments;
}

static struct exchange *declare_delayed(struct host *host, const char *name, const char *type)
{
    struct bytes arguments = of_type(type);
    struct exchange *exchange = declare(host, name, "x-delayed-message", bytes_slice(&arguments));
    bytes_finish(&arguments);
    return exchange;
}

/* With the header x-delay as this number. */
static const char *publish_delayed(struct host *host, struct exchange *exchange, const char *key,
                                   int8_t delay)
{
    struct bytes headers = {0};
    struct slice keys[] = {str(key)};
    table_add_raw(&headers, SLICE("x-delay"), (struct slice){(uint8_t[]){'b', (uint8_t)delay}, 2});
    struct amqp_properties properties = {.flags = PROPERTY_headers,
                                         .headers = bytes_slice(&headers)};
    const char *reached = route(
        host, exchange, &(struct routing){.keys = keys, .key_count = 1, .properties = &properties});
    bytes_finish(&headers);
    return reached;
}

Test(type_delayed, is_its_delayed_type_besides)
{
    struct host *host = host_new();
    struct exchange *x = declare_delayed(host, "x", "topic");
    cr_assert(slice_eq(exchange_type_name(x), SLICE("x-delayed-message")));
    cr_assert(exchange_delays(x));
    bind(host, x, 'a', "k.*");
    bind(host, x, 'b', "#");
    cr_assert_str_eq(publish(host, x, "k.1"), "ab");
    cr_assert_str_eq(publish(host, x, "other"), "b");
    host_free(host);
}

Test(type_delayed, what_is_to_be_held_back_goes_to_the_store_alone)
{
    struct host *host = host_new();
    struct exchange *x = declare_delayed(host, "x", "fanout");
    bind(host, x, 'a', "");
    exchange_set_store(x, queue(host, 's'));
    cr_assert_str_eq(publish_delayed(host, x, "", 5), "s");
    cr_assert_str_eq(publish_delayed(host, x, "", 0), "a");
    cr_assert_str_eq(publish_delayed(host, x, "", -5), "a");
    host_free(host);
}

Test(type_delayed, what_is_to_be_held_back_does_not_go_to_the_alternate_exchange)
{
    struct host *host = host_new();
    struct exchange *x = declare_delayed(host, "x", "fanout");
    bind(host, declare(host, "other", "fanout", (struct slice){0}), 'a', "");
    exchange_set_policy_alternate(x, SLICE("other"));
    cr_assert_str_eq(publish_delayed(host, x, "", 5), "");
    exchange_set_store(x, queue(host, 's'));
    cr_assert_str_eq(publish_delayed(host, x, "", 5), "s");
    cr_assert_str_eq(publish_delayed(host, x, "", -5), "a");
    host_free(host);
}

Test(type_delayed, holds_back_what_comes_from_another_exchange)
{
    struct host *host = host_new();
    struct exchange *x = declare_delayed(host, "x", "fanout");
    struct exchange *before = declare(host, "before", "fanout", (struct slice){0});
    bind(host, x, 'b', "");
    exchange_set_store(x, queue(host, 's'));
    exchange_bind(before, exchange_destination(x), SLICE(""), (struct slice){0}, NULL);
    bind(host, before, 'a', "");
    cr_assert_str_eq(publish_delayed(host, before, "", 5), "as"); // others do not look at x-delay
    cr_assert_str_eq(publish_delayed(host, before, "", -5), "ab");
    host_free(host);
}

static void refused(struct slice arguments, const char *text)
{
    struct text error;
    text_clear(&error);
    const struct exchange_type *type = exchange_type_find(SLICE("x-delayed-message"));
    enum amqp_reply reply = exchange_type_check(type, arguments, &error);
    cr_assert_eq(reply, text ? AMQP_PRECONDITION_FAILED : AMQP_OK);
    cr_assert_str_eq(error.ptr, text ? text : "");
}

static void type_refused(const char *type, const char *text)
{
    struct bytes arguments = of_type(type);
    refused(bytes_slice(&arguments), text);
    bytes_finish(&arguments);
}

#define NO_TYPE "Invalid argument, 'x-delayed-type' must be an existing exchange type"

Test(type_delayed, must_name_another_type)
{
    struct bytes number = {0};
    table_add_raw(&number, SLICE("x-delayed-type"), SLICE("b\1"));
    refused(bytes_slice(&number), NO_TYPE);
    refused((struct slice){0}, NO_TYPE);
    type_refused("x-delayed-message", NO_TYPE);
    type_refused("x-none", "unknown exchange type 'x-none'");
    type_refused("", "invalid exchange type ''");
    type_refused("x-consistent-hash", NULL);
    bytes_finish(&number);
}

Test(type_delayed, has_the_arguments_of_its_delayed_type)
{
    struct bytes arguments = of_type("x-recent-history");
    table_add_raw(&arguments, SLICE("x-recent-history-length"), SLICE("b\0"));
    refused(bytes_slice(&arguments),
            "Invalid argument 0, 'x-recent-history-length' must be a positive integer");
    bytes_finish(&arguments);
}
