#include "exchange/lineup.h"
#include "tests/unit/exchange/kit.h"

/* The bindings of the lineup as "queue key" each. */
static const char *tell(struct host *host, const struct lineup *lineup)
{
    char *at = host->story;
    *at = '\0';
    for (uint32_t i = 0; i < lineup->count; i++) {
        const struct binding *binding = lineup->items[i];
        at += snprintf(at, 8, "%c%.*s ", (char)('a' + (binding->destination - host->queues)),
                       (int)binding->key.len, (const char *)binding->key.ptr);
    }
    return host->story;
}

static struct exchange *bound(struct host *host)
{
    struct exchange *x = declare(host, "x", "fanout", (struct slice){0});
    bind(host, x, 'c', "1");
    bind(host, x, 'a', "2");
    bind(host, x, 'c', "0");
    bind(host, x, 'b', "");
    bind(host, x, 'a', "10");
    return x;
}

Test(lineup, is_in_order_of_binding)
{
    struct host *host = host_new();
    struct exchange *x = bound(host);
    struct lineup lineup = {0};
    cr_assert(lineup_make(&lineup, x));
    cr_assert_str_eq(tell(host, &lineup), "c1 a2 c0 b a10 ");
    cr_assert(!lineup_make(&lineup, x)); // it is there
    lineup_forget(&lineup);
    cr_assert_null(lineup.items);
    binding_remove(exchange_find_binding(x, queue(host, 'a'), str("2"), (struct slice){0}));
    cr_assert(lineup_make(&lineup, x));
    cr_assert_str_eq(tell(host, &lineup), "c1 c0 b a10 ");
    lineup_forget(&lineup);
    host_free(host);
}

Test(lineup, of_no_bindings_has_nothing)
{
    struct host *host = host_new();
    struct lineup lineup = {0};
    cr_assert(!lineup_make(&lineup, declare(host, "x", "fanout", (struct slice){0})));
    cr_assert_eq(lineup.count, 0);
    host_free(host);
}

Test(lineup, sorts_and_leaves_equals_in_order)
{
    struct host *host = host_new();
    struct lineup lineup = {0};
    lineup_make(&lineup, bound(host));
    lineup_sort(&lineup, lineup_by_destination);
    cr_assert_str_eq(tell(host, &lineup), "a2 a10 b c1 c0 ");
    lineup_sort(&lineup, lineup_by_identity);
    cr_assert_str_eq(tell(host, &lineup), "a10 a2 b c0 c1 ");
    lineup_forget(&lineup);
    host_free(host);
}

Test(lineup, sorts_queues_before_exchanges_and_equal_keys_by_arguments)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "fanout", (struct slice){0});
    struct exchange *a = declare(host, "a", "fanout", (struct slice){0});
    struct bytes table = {0};
    kit_int(&table, "n", 1);
    exchange_bind(x, exchange_destination(a), str(""), (struct slice){0}, NULL);
    struct binding *last = exchange_bind(x, queue(host, 'b'), str(""), bytes_slice(&table), NULL);
    struct binding *first = bind(host, x, 'b', "");
    struct lineup lineup = {0};
    lineup_make(&lineup, x);
    lineup_sort(&lineup, lineup_by_identity);
    cr_assert_eq(lineup.items[0], first);
    cr_assert_eq(lineup.items[1], last);
    cr_assert_eq(lineup.items[2]->destination, exchange_destination(a));
    lineup_forget(&lineup);
    bytes_finish(&table);
    host_free(host);
}
