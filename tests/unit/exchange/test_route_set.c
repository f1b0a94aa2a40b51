#include "tests/unit/exchange/kit.h"

static const struct slice name = {(const uint8_t *)"q", 1};

Test(route_set, holds_each_destination_once_a_route)
{
    struct route_set set = {0};
    struct destination many[20];
    for (int i = 0; i < 20; i++) {
        destination_init(&many[i], DESTINATION_QUEUE, &name);
    }
    for (int round = 0; round < 3; round++) {
        route_set_begin(&set);
        for (int i = 0; i < 40; i++) {
            cr_assert_eq(route_set_add(&set, &many[i % 20]), i < 20);
        }
        cr_assert_eq(set.count, 20);
        for (int i = 0; i < 20; i++) {
            cr_assert_eq(set.items[i], &many[i]);
        }
    }
    route_set_free(&set);
    cr_assert_eq(set.count, 0);
}

Test(route_set, keeps_its_number_when_its_memory_goes)
{
    struct route_set set = {0};
    struct destination one;
    destination_init(&one, DESTINATION_QUEUE, &name);
    route_set_begin(&set);
    cr_assert(route_set_add(&set, &one));
    route_set_free(&set);
    route_set_begin(&set);
    cr_assert(route_set_add(&set, &one));
    route_set_free(&set);
}
