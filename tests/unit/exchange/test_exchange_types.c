#include "tests/unit/exchange/kit.h"

static struct exchange *one(struct host *host, const char *type)
{
    return declare(host, "x", type, (struct slice){0});
}

Test(exchange_type, is_found_by_its_name)
{
    cr_assert(exchange_type_find(SLICE("direct")));
    cr_assert(exchange_type_find(SLICE("fanout")));
    cr_assert(exchange_type_find(SLICE("topic")));
    cr_assert(exchange_type_find(SLICE("headers")));
    cr_assert(exchange_type_find(SLICE("x-consistent-hash")));
    cr_assert(exchange_type_find(SLICE("x-local-random")));
    cr_assert(exchange_type_find(SLICE("x-modulus-hash")));
    cr_assert(exchange_type_find(SLICE("x-random")));
    cr_assert_null(exchange_type_find(SLICE("")));
    cr_assert_null(exchange_type_find(SLICE("Direct")));
    cr_assert_null(exchange_type_find(SLICE("x-rando")));
}

Test(direct, routes_to_equal_keys_in_order_of_binding)
{
    struct host *host = host_new();
    struct exchange *x = one(host, "direct");
    bind(host, x, 'c', "red");
    bind(host, x, 'a', "red");
    bind(host, x, 'b', "green");
    bind(host, x, 'd', "");
    cr_assert_str_eq(publish(host, x, "red"), "ca");
    cr_assert_str_eq(publish(host, x, "green"), "b");
    cr_assert_str_eq(publish(host, x, ""), "d");
    cr_assert_str_eq(publish(host, x, "re"), "");
    cr_assert_str_eq(publish(host, x, "*"), "");
    host_free(host);
}

Test(direct, forgets_what_is_unbound_and_nothing_else)
{
    struct host *host = host_new();
    struct exchange *x = one(host, "direct");
    struct binding *bindings[100];
    for (int i = 0; i < 100; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i / 2);
        bindings[i] = bind(host, x, i % 2 ? 'a' : 'b', key);
    }
    for (int i = 0; i < 100; i += 2) {
        binding_remove(bindings[i]);
    }
    cr_assert_str_eq(publish(host, x, "17"), "a");
    for (int i = 1; i < 100; i += 2) {
        binding_remove(bindings[i]);
    }
    cr_assert_str_eq(publish(host, x, "17"), "");
    bind(host, x, 'c', "17");
    cr_assert_str_eq(publish(host, x, "17"), "c");
    host_free(host);
}

Test(direct, takes_the_keys_of_cc_and_bcc_too)
{
    struct host *host = host_new();
    struct exchange *x = one(host, "direct");
    bind(host, x, 'a', "1");
    bind(host, x, 'b', "2");
    bind(host, x, 'a', "3");
    bind(host, x, 'c', "3");
    struct slice keys[] = {str("2"), str("1"), str("9"), str("3"), str("2")};
    cr_assert_str_eq(route(host, x, &(struct routing){.keys = keys, .key_count = 5}), "bac");
    host_free(host);
}

Test(fanout, routes_everywhere_once)
{
    struct host *host = host_new();
    struct exchange *x = one(host, "fanout");
    cr_assert_str_eq(publish(host, x, "k"), "");
    bind(host, x, 'b', "k");
    bind(host, x, 'a', "other");
    struct binding *again = bind(host, x, 'b', "third");
    cr_assert_str_eq(publish(host, x, "k"), "ba");
    binding_remove(again);
    cr_assert_str_eq(publish(host, x, "k"), "ba");
    binding_remove(exchange_find_binding(x, queue(host, 'b'), str("k"), (struct slice){0}));
    cr_assert_str_eq(publish(host, x, "k"), "a");
    host_free(host);
}

Test(topic, routes_to_matching_patterns)
{
    struct host *host = host_new();
    struct exchange *x = one(host, "topic");
    bind(host, x, 'a', "*.orange.*");
    bind(host, x, 'b', "*.*.rabbit");
    bind(host, x, 'c', "lazy.#");
    bind(host, x, 'd', "#");
    bind(host, x, 'e', "quick.orange.rabbit");
    cr_assert_str_eq(publish(host, x, "quick.brown.fox"), "d");
    cr_assert_str_eq(publish(host, x, "lazy"), "cd");
    cr_assert_str_eq(publish(host, x, "lazy.orange.new.rabbit"), "cd");
    cr_assert_eq(strlen(publish(host, x, "quick.orange.rabbit")), 4); // all but c
    cr_assert_eq(strlen(publish(host, x, "lazy.orange.rabbit")), 4);  // all but e
    host_free(host);
}

Test(topic, removes_bindings_one_by_one)
{
    struct host *host = host_new();
    struct exchange *x = one(host, "topic");
    struct binding *long_one = bind(host, x, 'a', "a.b.c");
    struct binding *wild = bind(host, x, 'a', "a.#");
    struct binding *equal = bind(host, x, 'a', "a.#.#");
    bind(host, x, 'b', "a.b");
    cr_assert_str_eq(publish(host, x, "a.b.c"), "a");
    binding_remove(long_one);
    cr_assert_str_eq(publish(host, x, "a.b.c"), "a");
    binding_remove(wild);
    cr_assert_str_eq(publish(host, x, "a.b.c"), "a");
    binding_remove(equal);
    cr_assert_str_eq(publish(host, x, "a.b.c"), "");
    cr_assert_str_eq(publish(host, x, "a.b"), "b");
    host_free(host);
}

Test(topic, takes_the_keys_of_cc_and_bcc_too)
{
    struct host *host = host_new();
    struct exchange *x = one(host, "topic");
    bind(host, x, 'a', "a.*");
    bind(host, x, 'b', "#.z");
    struct slice keys[] = {str("none"), str("a.z"), str("y.z")};
    cr_assert_str_eq(route(host, x, &(struct routing){.keys = keys, .key_count = 1}), "");
    cr_assert_eq(strlen(route(host, x, &(struct routing){.keys = keys, .key_count = 3})), 2);
    host_free(host);
}
