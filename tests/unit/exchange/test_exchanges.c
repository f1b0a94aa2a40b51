#include "tests/unit/exchange/kit.h"

Test(exchanges, are_found_by_name_and_walked_in_order_of_declaration)
{
    struct host *host = host_new();
    static const char *names[] = {"", "amq.topic", "zebra", "ant"};
    for (int i = 0; i < 4; i++) {
        declare(host, names[i], i == 1 ? "topic" : "direct", (struct slice){0});
    }
    cr_assert_eq(exchanges_count(host->all), 4);
    int i = 0;
    for (struct exchange *x = exchanges_first(host->all); x; x = exchanges_next(host->all, x)) {
        cr_assert(slice_eq(exchange_name(x), str(names[i])));
        cr_assert_eq(exchanges_find(host->all, str(names[i])), x);
        i++;
    }
    cr_assert_eq(i, 4);
    exchanges_remove(host->all, exchanges_find(host->all, SLICE("zebra")));
    cr_assert_null(exchanges_find(host->all, SLICE("zebra")));
    cr_assert_null(exchanges_find(host->all, SLICE("amq")));
    cr_assert_eq(exchanges_count(host->all), 3);
    host_free(host);
}

Test(exchanges, keep_what_was_declared)
{
    char name[] = "name";
    struct bytes arguments = {0};
    kit_int(&arguments, "x", 5);
    struct exchange_options options = {
        .name = str(name), .arguments = bytes_slice(&arguments), .durable = true, .internal = true};
    struct exchange *x = exchange_new(&options, exchange_type_find(SLICE("topic")), kit_key);
    name[0] = '!';
    arguments.ptr[0] ^= 0xff;
    cr_assert(slice_eq(exchange_name(x), SLICE("name")));
    cr_assert(slice_eq(exchange_type_name(x), SLICE("topic")));
    arguments.ptr[0] ^= 0xff;
    cr_assert(slice_eq(exchange_arguments(x), bytes_slice(&arguments)));
    cr_assert(exchange_durable(x) && exchange_internal(x) && !exchange_auto_delete(x));
    cr_assert_eq(exchange_of(exchange_destination(x)), x);
    exchange_free(x);
    exchange_free(NULL);
    bytes_finish(&arguments);
}
