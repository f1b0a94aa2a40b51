#include "tests/unit/exchange/kit.h"

Test(local_random, is_for_queues_and_takes_no_key)
{
    struct host *host = host_new();
    struct exchange *x = declare(host, "x", "x-local-random", (struct slice){0});
    struct text error;
    cr_assert_eq(check_binding(host, x, "", &error), AMQP_OK);
    cr_assert_eq(check_binding(host, x, "k", &error), AMQP_PRECONDITION_FAILED);
    cr_assert_str_eq(error.ptr, "Non empty binding 'k' key not permitted");
    text_clear(&error);
    struct binding_identity to_exchange = {.destination = exchange_destination(x)};
    cr_assert_eq(exchange_check_binding(x, &to_exchange, &error), AMQP_PRECONDITION_FAILED);
    cr_assert_str_eq(error.ptr, "Destination not found");
    host_free(host);
}
