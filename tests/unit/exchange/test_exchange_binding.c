#include "tests/unit/exchange/kit.h"

static struct slice two(struct bytes *table, const char *first, const char *second)
{
    bytes_finish(table);
    kit_int(table, first, 1);
    kit_int(table, second, 1);
    return bytes_slice(table);
}

Test(binding, is_the_same_if_destination_key_and_arguments_are)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "direct", (struct slice){0});
    struct bytes table = {0};
    bool is_new = false;
    struct slice none = {0};

    struct binding *plain = exchange_bind(x, queue(host, 'a'), str("k"), none, &is_new);
    cr_assert(is_new);
    cr_assert_eq(exchange_bind(x, queue(host, 'a'), str("k"), none, &is_new), plain);
    cr_assert(!is_new);
    struct binding *with =
        exchange_bind(x, queue(host, 'a'), str("k"), two(&table, "p", "q"), &is_new);
    cr_assert(is_new && with != plain);
    cr_assert_eq(exchange_find_binding(x, queue(host, 'a'), str("k"), two(&table, "q", "p")), with);
    cr_assert_null(exchange_find_binding(x, queue(host, 'a'), str("k"), two(&table, "q", "q")));
    cr_assert_null(exchange_find_binding(x, queue(host, 'b'), str("k"), none));
    cr_assert_null(exchange_find_binding(x, queue(host, 'a'), str("kk"), none));
    cr_assert_eq(exchange_binding_count(x), 2);
    bytes_finish(&table);
    host_free(host);
}

Test(binding, does_not_mix_up_the_end_of_its_key_with_its_arguments)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "direct", (struct slice){0});
    struct bytes table = {0};
    table_add_bool(&table, str(""), true); // three octets that may also end a key
    char key[8] = "k";
    memcpy(key + 1, table.ptr, table.len);
    bool is_new;
    exchange_bind(x, queue(host, 'a'), str("k"), bytes_slice(&table), &is_new);
    cr_assert(is_new);
    struct slice longer = {(const uint8_t *)key, 1 + table.len};
    struct binding *second = exchange_bind(x, queue(host, 'a'), longer, (struct slice){0}, &is_new);
    cr_assert(is_new);
    cr_assert(slice_eq(second->key, longer));
    cr_assert_eq(second->arguments.len, 0);
    bytes_finish(&table);
    host_free(host);
}

Test(binding, copies_its_key_and_sorts_its_arguments_by_name)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "headers", (struct slice){0});
    struct bytes table = {0};
    struct bytes sorted = {0};
    for (int i = 9; i >= 0; i--) {
        kit_int(&table, (char[]){(char)('a' + i), 0}, i);
    }
    kit_int(&table, "c", 99); // the same name once more: stays behind the first
    for (int i = 0; i < 10; i++) {
        kit_int(&sorted, (char[]){(char)('a' + i), 0}, i);
        if (i == 2) {
            kit_int(&sorted, "c", 99);
        }
    }
    char key[] = "key";
    struct binding *binding =
        exchange_bind(x, queue(host, 'a'), str(key), bytes_slice(&table), NULL);
    key[0] = '!';
    memset(table.ptr, 0, table.len);
    cr_assert(slice_eq(binding->key, SLICE("key")));
    cr_assert(slice_eq(binding->arguments, bytes_slice(&sorted)));
    bytes_finish(&table);
    bytes_finish(&sorted);
    host_free(host);
}

Test(binding, is_on_the_lists_of_both_ends_in_order_of_binding)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "topic", (struct slice){0});
    struct exchange *y = declare(host, "y", "fanout", (struct slice){0});
    struct binding *first = bind(host, x, 'a', "1");
    struct binding *second = bind(host, y, 'a', "2");
    struct binding *third = bind(host, x, 'b', "3");
    cr_assert_eq(list_first(exchange_bindings(x)), &first->out_link);
    cr_assert_eq(first->out_link.next, &third->out_link);
    cr_assert_eq(list_first(&queue(host, 'a')->bindings_in), &first->in_link);
    cr_assert_eq(first->in_link.next, &second->in_link);

    binding_remove(first);
    cr_assert_eq(list_first(exchange_bindings(x)), &third->out_link);
    cr_assert_eq(list_first(&queue(host, 'a')->bindings_in), &second->in_link);
    cr_assert_eq(exchange_binding_count(x), 1);
    host_free(host);
}

Test(binding, goes_with_either_end)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "direct", (struct slice){0});
    struct exchange *y = declare(host, "y", "direct", (struct slice){0});
    exchange_bind(x, exchange_destination(y), str("k"), (struct slice){0}, NULL);
    exchange_bind(y, exchange_destination(y), str("k"), (struct slice){0}, NULL);
    bind(host, y, 'a', "k");
    exchanges_remove(host->all, y);
    cr_assert(list_empty(&queue(host, 'a')->bindings_in));
    cr_assert(list_empty(exchange_bindings(x)));
    cr_assert_str_eq(publish(host, x, "k"), "");
    host_free(host);
}
