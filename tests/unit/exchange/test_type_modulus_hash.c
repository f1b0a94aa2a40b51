#include "tests/unit/exchange/kit.h"

enum { KEYS = 2600 };

static const char *numbered(int number)
{
    static char key[16];
    snprintf(key, sizeof key, "key-%d", number);
    return key;
}

Test(modulus_hash, sends_equal_keys_to_the_same_queue_and_spreads_the_others)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "x-modulus-hash", (struct slice){0});
    cr_assert_str_eq(publish(host, x, "k"), "");
    uint32_t counts[26] = {0};
    char first[KEYS];
    for (char letter = 'a'; letter <= 'z'; letter++) {
        bind(host, x, letter, "meaningless");
    }
    for (int i = 0; i < 2 * KEYS; i++) {
        const char *got = publish(host, x, numbered(i % KEYS));
        cr_assert_eq(strlen(got), 1);
        counts[*got - 'a']++;
        cr_assert(i < KEYS || first[i - KEYS] == *got);
        first[i % KEYS] = *got;
    }
    cr_assert_lt(chi_squared(counts, NULL, 26), 2 * 52);
    host_free(host);
}

Test(modulus_hash, depends_on_the_bindings_and_not_on_their_order)
{
    static const char *const orders[] = {"abcde", "edcba", "cabed"};
    char stories[3][101] = {{0}};
    for (int round = 0; round < 3; round++) {
        struct host *host = host_new();
        struct exchange *x = declare(host, "x", "x-modulus-hash", (struct slice){0});
        binding_remove(bind(host, x, 'z', ""));
        for (const char *letter = orders[round]; *letter; letter++) {
            bind(host, x, *letter, "");
        }
        for (int i = 0; i < 100; i++) {
            stories[round][i] = *publish(host, x, numbered(i));
        }
        host_free(host);
    }
    cr_assert_str_eq(stories[0], stories[1]);
    cr_assert_str_eq(stories[0], stories[2]);
}

Test(modulus_hash, counts_bindings_and_not_queues)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "x-modulus-hash", (struct slice){0});
    const double shares[2] = {3, 1};
    uint32_t counts[2] = {0};
    bind(host, x, 'a', "1");
    bind(host, x, 'b', "");
    bind(host, x, 'a', "2");
    bind(host, x, 'a', "3");
    for (int i = 0; i < KEYS; i++) {
        counts[*publish(host, x, numbered(i)) - 'a']++;
    }
    cr_assert_lt(chi_squared(counts, shares, 2), 8);
    host_free(host);
}

Test(modulus_hash, takes_all_keys_of_a_message_into_account)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "x-modulus-hash", (struct slice){0});
    uint32_t counts[4] = {0};
    for (char letter = 'a'; letter <= 'd'; letter++) {
        bind(host, x, letter, "");
    }
    for (int i = 0; i < 400; i++) {
        struct slice keys[] = {str("the same"), str(numbered(i))};
        const char *got = route(host, x, &(struct routing){.keys = keys, .key_count = 2});
        cr_assert_eq(strlen(got), 1);
        counts[*got - 'a']++;
    }
    cr_assert_lt(chi_squared(counts, NULL, 4), 12);
    host_free(host);
}
