#include "tests/unit/exchange/kit.h"

static void lead(struct exchange *from, struct exchange *to, const char *key)
{
    exchange_bind(from, exchange_destination(to), str(key), (struct slice){0}, NULL);
}

static struct exchange *with_alternate(struct host *host, const char *name, const char *alternate)
{
    struct bytes arguments = {0};
    table_add_string(&arguments, SLICE("alternate-exchange"), str(alternate));
    struct exchange *exchange = declare(host, name, "direct", bytes_slice(&arguments));
    bytes_finish(&arguments);
    return exchange;
}

Test(exchange_route, goes_on_through_bindings_between_exchanges)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "direct", (struct slice){0});
    struct exchange *y = declare(host, "y", "topic", (struct slice){0});
    struct exchange *z = declare(host, "z", "fanout", (struct slice){0});
    bind(host, x, 'a', "k.1");
    lead(x, y, "k.1");
    lead(y, z, "k.*");
    bind(host, z, 'b', "");
    bind(host, z, 'a', "");
    cr_assert_str_eq(publish(host, x, "k.1"), "ab");
    cr_assert_str_eq(publish(host, y, "k.2"), "ba");
    cr_assert_str_eq(publish(host, x, "k.2"), "");
    host_free(host);
}

Test(exchange_route, ends_in_cycles_and_reaches_each_queue_once)
{
    struct host *host = host_new();
    struct exchange *ring[5];
    for (int i = 0; i < 5; i++) {
        ring[i] = declare(host, (char[]){(char)('0' + i), 0}, "fanout", (struct slice){0});
        bind(host, ring[i], (char)('a' + i), "");
        bind(host, ring[i], 'z', "");
    }
    for (int i = 0; i < 5; i++) {
        lead(ring[i], ring[(i + 1) % 5], "");
        lead(ring[i], ring[i], "");
    }
    cr_assert_str_eq(publish(host, ring[0], "k"), "azbcde");
    cr_assert_str_eq(publish(host, ring[3], "k"), "dzeabc");
    host_free(host);
}

Test(exchange_route, takes_the_alternate_when_nothing_matches)
{
    struct host *host = host_new();
    struct exchange *x = with_alternate(host, "x", "y");
    struct exchange *y = with_alternate(host, "y", "z");
    struct exchange *z = declare(host, "z", "fanout", (struct slice){0});
    bind(host, x, 'a', "x");
    bind(host, y, 'b', "y");
    bind(host, z, 'c', "");
    cr_assert_str_eq(publish(host, x, "x"), "a");
    cr_assert_str_eq(publish(host, x, "y"), "b");
    cr_assert_str_eq(publish(host, x, "z"), "c");
    cr_assert(slice_eq(exchange_alternate(x), SLICE("y")));
    cr_assert_null(exchange_alternate(z).ptr);
    host_free(host);
}

Test(exchange_route, takes_the_alternate_of_every_exchange_on_the_way)
{
    struct host *host = host_new();
    struct exchange *first = declare(host, "first", "fanout", (struct slice){0});
    struct exchange *x = with_alternate(host, "x", "late");
    lead(first, x, "");
    cr_assert_str_eq(publish(host, first, "k"), "");
    struct exchange *late = declare(host, "late", "fanout", (struct slice){0});
    bind(host, late, 'q', "");
    cr_assert_str_eq(publish(host, first, "k"), "q");
    bind(host, x, 'a', "k");
    cr_assert_str_eq(publish(host, first, "k"), "a");
    exchanges_remove(host->all, late);
    cr_assert_str_eq(publish(host, first, "other"), "");
    host_free(host);
}

Test(exchange_route, an_exchange_reached_before_still_keeps_the_alternate_away)
{
    struct host *host = host_new();
    struct exchange *x = with_alternate(host, "x", "alternate");
    struct exchange *alternate = declare(host, "alternate", "fanout", (struct slice){0});
    bind(host, alternate, 'q', "");
    lead(x, x, "k"); // leads somewhere, if only back
    cr_assert_str_eq(publish(host, x, "k"), "");
    cr_assert_str_eq(publish(host, x, "other"), "q");
    host_free(host);
}

Test(exchange_route, ends_in_cycles_of_alternates)
{
    struct host *host = host_new();
    struct exchange *x = with_alternate(host, "x", "y");
    struct exchange *y = with_alternate(host, "y", "x");
    struct exchange *self = with_alternate(host, "self", "self");
    bind(host, x, 'a', "x");
    cr_assert_str_eq(publish(host, y, "none"), "");
    cr_assert_str_eq(publish(host, y, "x"), "a");
    cr_assert_str_eq(publish(host, self, "k"), "");
    host_free(host);
}
