#include "queue/returned.h"

#include "tests/unit/queue/kit.h"

static void add(struct returned *returned, uint64_t position)
{
    struct delivery delivery = {.msg = numbered(position), .position = position};
    returned_add(returned, &delivery);
}

static uint64_t take(struct returned *returned)
{
    struct delivery delivery;
    cr_assert(returned_take(returned, &delivery));
    cr_assert(delivery.redelivered);
    cr_assert_eq(number_of(delivery.msg), delivery.position);
    msg_unref(delivery.msg);
    return delivery.position;
}

Test(returned, gives_the_lowest_position_first_whatever_the_order_of_return)
{
    static const uint64_t orders[][5] = {
        {1, 2, 3, 4, 5}, {5, 4, 3, 2, 1}, {3, 1, 5, 2, 4}, {2, 5, 1, 4, 3}, {4, 5, 3, 2, 1}};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct returned returned = {0};
        for (int j = 0; j < 5; j++) {
            add(&returned, orders[i][j]);
        }
        for (uint64_t position = 1; position <= 5; position++) {
            cr_assert_eq(take(&returned), position);
        }
    }
}

/* The model is a row of flags: which positions are in. */
Test(returned, agrees_with_a_naive_model)
{
    enum { POSITIONS = 300 };
    struct returned returned = {0};
    bool in[POSITIONS] = {0};
    size_t count = 0;
    uint64_t state = 11;
    for (int step = 0; step < 50000; step++) {
        uint64_t position = dice(&state, POSITIONS);
        if (dice(&state, 2) && !in[position]) {
            add(&returned, position);
            in[position] = true;
            count++;
        } else if (count > 0) {
            uint64_t lowest = 0;
            while (!in[lowest]) {
                lowest++;
            }
            cr_assert_eq(take(&returned), lowest);
            in[lowest] = false;
            count--;
        }
        cr_assert_eq(returned.count, count);
    }
    returned_clear(&returned);
}

Test(returned, holds_no_memory_when_it_is_empty)
{
    struct returned returned = {0};
    struct delivery delivery;
    cr_assert_not(returned_take(&returned, &delivery));
    for (uint64_t i = 0; i < 100; i++) {
        add(&returned, i);
    }
    for (uint64_t i = 0; i < 100; i++) {
        take(&returned);
    }
    cr_assert_null(returned.items);
    cr_assert_not(returned_take(&returned, &delivery));
}

Test(returned, clear_drops_its_references)
{
    struct returned returned = {0};
    struct msg *msg = numbered(3);
    returned_add(&returned, &(struct delivery){.msg = msg_ref(msg), .position = 9});
    returned_add(&returned, &(struct delivery){.msg = msg_ref(msg), .position = 3});
    returned_clear(&returned);
    cr_assert_eq(msg->refs, 1);
    cr_assert_eq(returned.count, 0);
    msg_unref(msg);
}
