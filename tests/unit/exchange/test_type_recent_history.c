#include "exchange/history.h"
#include "tests/unit/exchange/kit.h"

/* The keepers of a message with this header, as many as there are. */
static uint32_t keepers(struct host *host, struct exchange *x, const char *header, uint8_t value)
{
    uint8_t raw[2] = {'t', value};
    struct bytes headers = {0};
    table_add_raw(&headers, str(header), (struct slice){raw, sizeof raw});
    struct amqp_properties properties = {.headers = bytes_slice(&headers)};
    route(host, x, &(struct routing){.properties = &properties});
    bytes_finish(&headers);
    return host->set.keeper_count;
}

Test(recent_history, routes_as_fanout_does_and_keeps)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "x-recent-history", (struct slice){0});
    cr_assert_str_eq(publish(host, x, "k"), "");
    cr_assert_eq(host->set.keeper_count, 1);
    bind(host, x, 'b', "");
    bind(host, x, 'a', "other");
    bind(host, x, 'a', "another");
    cr_assert_str_eq(publish(host, x, "k"), "ba");
    cr_assert_eq(host->set.keeper_count, 1);
    cr_assert_eq(host->set.keepers[0], x);
    cr_assert_eq(keepers(host, x, "x-recent-history-no-store", 1), 0);
    cr_assert_eq(keepers(host, x, "x-recent-history-no-store", 0), 1);
    cr_assert_eq(keepers(host, x, "x-other", 1), 1);
    host_free(host);
}

Test(recent_history, every_exchange_on_the_way_keeps_once)
{
    struct host *host = host_new();
    struct exchange *x[5];
    for (int i = 0; i < 5; i++) {
        x[i] = declare(host, (char[]){(char)('0' + i), 0}, "x-recent-history", (struct slice){0});
    }
    for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 5; j++) {
            exchange_bind(x[i], exchange_destination(x[j]), str(""), (struct slice){0}, NULL);
        }
    }
    publish(host, x[2], "k");
    cr_assert_eq(host->set.keeper_count, 5);
    cr_assert_eq(host->set.keepers[0], x[2]);
    host_free(host);
}

Test(recent_history, wants_to_see_every_message)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "x-recent-history", (struct slice){0});
    struct routing routing = {.properties = &(struct amqp_properties){0}};
    route_set_begin(&host->set);
    cr_assert(!exchange_route(host->all, x, &routing, &host->set));
    host_free(host);
}

Test(recent_history, other_types_have_none)
{
    struct host *host = host_new();
    cr_assert_null(exchange_history(declare(host, "x", "fanout", (struct slice){0})));
    cr_assert_not_null(exchange_history(declare(host, "y", "x-recent-history", (struct slice){0})));
    host_free(host);
}

static void check(const char *raw, size_t len, const char *text)
{
    struct bytes arguments = {0};
    struct text error;
    text_clear(&error);
    table_add_raw(&arguments, SLICE("x-recent-history-length"),
                  (struct slice){(const uint8_t *)raw, len});
    const struct exchange_type *type = exchange_type_find(SLICE("x-recent-history"));
    enum amqp_reply reply = exchange_type_check(type, bytes_slice(&arguments), &error);
    cr_assert_eq(reply, text ? AMQP_PRECONDITION_FAILED : AMQP_OK);
    char wanted[256] = "";
    if (text) {
        snprintf(wanted, sizeof wanted,
                 "Invalid argument %s, 'x-recent-history-length' must be a positive integer", text);
    }
    cr_assert_str_eq(error.ptr, wanted);
    bytes_finish(&arguments);
}

#define CHECK_LENGTH(raw, text) check(raw, sizeof(raw) - 1, text)

Test(recent_history, refuses_lengths_below_one_and_of_other_types)
{
    CHECK_LENGTH("b\1", NULL);
    CHECK_LENGTH("s\0\1", NULL);
    CHECK_LENGTH("I\x7f\xff\xff\xff", NULL);
    CHECK_LENGTH("l\x7f\xff\xff\xff\xff\xff\xff\xff", NULL);
    CHECK_LENGTH("I\0\0\0\0", "0");
    CHECK_LENGTH("b\xff", "-1");
    CHECK_LENGTH("B\5", "5");
    CHECK_LENGTH("S\0\0\0\1x", "<<\"x\">>");
    CHECK_LENGTH("t\1", "true");
}
