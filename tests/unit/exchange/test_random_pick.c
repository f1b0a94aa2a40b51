#include "tests/unit/exchange/kit.h"

static const char *const both[] = {"x-random", "x-local-random"};

Test(random_pick, goes_along_each_binding_as_often)
{
    for (size_t type = 0; type < 2; type++) {
        struct host *host = host_new();
        struct exchange *x = declare(host, "x", both[type], (struct slice){0});
        uint32_t counts[26] = {0};
        for (char letter = 'a'; letter <= 'z'; letter++) {
            bind(host, x, letter, "");
        }
        for (int i = 0; i < 26000; i++) {
            const char *got = publish(host, x, "the same");
            cr_assert_eq(strlen(got), 1);
            counts[*got - 'a']++;
        }
        double off = chi_squared(counts, NULL, 26);
        cr_assert(off > 5 && off < 52, "%s: %f", both[type], off); // nor too even: no rotation
        host_free(host);
    }
}

Test(random_pick, counts_bindings_and_not_queues)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "x-random", (struct slice){0});
    const double shares[2] = {2, 1};
    uint32_t counts[2] = {0};
    bind(host, x, 'a', "1");
    bind(host, x, 'a', "2");
    bind(host, x, 'b', "1");
    for (int i = 0; i < 9000; i++) {
        counts[*publish(host, x, "") - 'a']++;
    }
    cr_assert_lt(chi_squared(counts, shares, 2), 8);
    host_free(host);
}

Test(random_pick, follows_changes_of_the_bindings)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "x-random", (struct slice){0});
    cr_assert_str_eq(publish(host, x, "k"), "");
    struct binding *first = bind(host, x, 'a', "");
    cr_assert_str_eq(publish(host, x, "k"), "a");
    bind(host, x, 'b', "");
    binding_remove(first);
    for (int i = 0; i < 20; i++) {
        cr_assert_str_eq(publish(host, x, "k"), "b");
    }
    host_free(host);
}

/* What one exchange chooses must not tell what the next one will. */
Test(random_pick, of_exchanges_in_a_row_are_independent)
{
    struct host *host = host_new();
    struct exchange *first = declare(host, "first", "x-random", (struct slice){0});
    uint32_t counts[4] = {0};
    for (int i = 0; i < 2; i++) {
        struct exchange *next = declare(host, i ? "2" : "1", "x-random", (struct slice){0});
        exchange_bind(first, exchange_destination(next), str(""), (struct slice){0}, NULL);
        bind(host, next, (char)('a' + 2 * i), "");
        bind(host, next, (char)('b' + 2 * i), "");
    }
    for (int i = 0; i < 8000; i++) {
        counts[*publish(host, first, "") - 'a']++;
    }
    cr_assert_lt(chi_squared(counts, NULL, 4), 12);
    host_free(host);
}

Test(random_pick, is_a_function_of_the_key_and_what_came_before)
{
    char stories[2][101] = {{0}};
    for (int round = 0; round < 2; round++) {
        struct host *host = host_new();
        struct exchange *x = declare(host, "x", "x-random", (struct slice){0});
        for (char letter = 'a'; letter <= 'z'; letter++) {
            bind(host, x, letter, "");
        }
        for (int i = 0; i < 100; i++) {
            stories[round][i] = *publish(host, x, "k");
        }
        host_free(host);
    }
    cr_assert_str_eq(stories[0], stories[1]);
}

Test(random_pick, tells_that_the_next_message_may_go_elsewhere)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "fanout", (struct slice){0});
    struct exchange *y = declare(host, "y", "x-random", (struct slice){0});
    struct routing routing = {.keys = &(struct slice){0}, .key_count = 1};
    route_set_begin(&host->set);
    cr_assert(exchange_route(host->all, x, &routing, &host->set));
    exchange_bind(x, exchange_destination(y), str(""), (struct slice){0}, NULL);
    route_set_begin(&host->set);
    cr_assert(!exchange_route(host->all, x, &routing, &host->set));
    host_free(host);
}
