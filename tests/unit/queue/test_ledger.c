#include "queue/ledger.h"

#include "tests/unit/queue/kit.h"

static struct ledger of_three(void)
{
    struct ledger ledger = {0};
    ledger_open(&ledger, 1000);
    ledger_open(&ledger, 2000);
    ledger_open(&ledger, 3000);
    return ledger;
}

Test(ledger, counts_a_place_where_its_record_is)
{
    struct ledger ledger = of_three();
    ledger_add(&ledger, 1000, 64);
    ledger_add(&ledger, 1999, 64);
    ledger_add(&ledger, 2000, 128);
    ledger_add(&ledger, UINT64_MAX - 1, 8);
    cr_assert_eq(ledger.segments[0].live, 2);
    cr_assert_eq(ledger.segments[0].octets, 128);
    cr_assert_eq(ledger.segments[1].live, 1);
    cr_assert_eq(ledger.segments[1].octets, 128);
    cr_assert_eq(ledger.segments[2].live, 1);
    cr_assert_eq(ledger.live, 4);
    cr_assert_eq(ledger.octets, 264);
    ledger_drop(&ledger, 1999, 64);
    cr_assert_eq(ledger.segments[0].live, 1);
    cr_assert_eq(ledger.segments[0].octets, 64);
    cr_assert_eq(ledger.live, 3);
    cr_assert_eq(ledger.octets, 200);
    ledger_finish(&ledger);
}

Test(ledger, a_segment_that_is_gone_leaves_a_hole_behind)
{
    struct ledger ledger = of_three();
    cr_assert(ledger_find(&ledger, 2500));
    ledger_close(&ledger, 2000);
    cr_assert_eq(ledger.count, 2);
    cr_assert_null(ledger_find(&ledger, 2000));
    cr_assert_null(ledger_find(&ledger, 2999));
    cr_assert_eq(ledger_find(&ledger, 1999)->first, 1000);
    cr_assert_eq(ledger_find(&ledger, 3000)->first, 3000);
    cr_assert_null(ledger_find(&ledger, 999));
    ledger_finish(&ledger);
}

Test(ledger, tells_of_places_whose_record_is_nowhere)
{
    struct ledger ledger = {0};
    ledger_add(&ledger, 64, 64);
    cr_assert_eq(ledger.elsewhere, 1);
    ledger_open(&ledger, 1000);
    ledger_add(&ledger, 64, 64);
    ledger_add(&ledger, 1064, 64);
    cr_assert_eq(ledger.elsewhere, 2);
    cr_assert_eq(ledger.live, 1);
    ledger_drop(&ledger, 64, 64);
    cr_assert_eq(ledger.elsewhere, 1);
    ledger_finish(&ledger);
}

/* The model adds up all that was added and not dropped, over again each time. */
Test(ledger, agrees_with_a_naive_model)
{
    enum { SEGMENTS = 40, SIZE = 100, PLACES = 500 };
    struct ledger ledger = {0};
    uint64_t at[PLACES] = {0}, state = 3, live[SEGMENTS] = {0}, octets[SEGMENTS] = {0};
    for (uint64_t i = 0; i < SEGMENTS; i++) {
        ledger_open(&ledger, i * SIZE + SIZE);
    }
    for (int step = 0; step < 20000; step++) {
        uint64_t *place = &at[dice(&state, PLACES)];
        uint64_t before = *place;
        *place = before ? 0 : SIZE + dice(&state, SEGMENTS * SIZE);
        uint64_t index = (before ? before : *place) / SIZE - 1;
        uint64_t size = 8 * ((before ? before : *place) % 7);
        (before ? ledger_drop : ledger_add)(&ledger, before ? before : *place, size);
        live[index] += before ? -1ull : 1;
        octets[index] += before ? -size : size;
        cr_assert_eq(ledger_find(&ledger, index * SIZE + SIZE)->live, live[index]);
        cr_assert_eq(ledger_find(&ledger, index * SIZE + SIZE + 99)->octets, octets[index]);
    }
    ledger_finish(&ledger);
}

Test(ledger, counts_records_as_they_lie_on_the_disk)
{
    cr_assert_eq(stored_octets(0, 0) % 8, 0);
    cr_assert_geq(stored_octets(16, 10), 24 + 16 + 10);
    cr_assert_eq(stored_octets(1 << 29, 1 << 24) % 8, 0);
    cr_assert_gt(stored_octets(UINT32_MAX, UINT32_MAX), 2ull * UINT32_MAX);
    struct msg *msg = numbered(1);
    cr_assert_eq(msg_stored_octets(msg), stored_octets(8, msg_route(msg).len));
    msg_unref(msg);
}

Test(ledger, a_record_of_several_places_is_counted_once_until_the_last_one_goes)
{
    struct ledger ledger = of_three();
    ledger_share(&ledger, 1000);
    ledger_add(&ledger, 1000, 64);
    ledger_add(&ledger, 1000, 64);
    ledger_add(&ledger, 1064, 64);
    cr_assert_eq(ledger.segments[0].live, 3);
    cr_assert_eq(ledger.octets, 128);
    ledger_drop(&ledger, 1000, 64);
    cr_assert_eq(ledger.octets, 128);
    cr_assert(ledger_is_shared(&ledger, 1000));
    ledger_drop(&ledger, 1000, 64);
    cr_assert_eq(ledger.octets, 64);
    cr_assert_eq(ledger.segments[0].live, 1);
    cr_assert_not(ledger_is_shared(&ledger, 1000));
    ledger_finish(&ledger);
}

Test(ledger, places_of_a_record_move_one_by_one_and_are_counted_once_there_too)
{
    struct ledger ledger = of_three();
    ledger_share(&ledger, 1000);
    ledger_add(&ledger, 1000, 64);
    ledger_add(&ledger, 1000, 64);
    ledger_move(&ledger, 1000, 2000, 64);
    cr_assert_eq(ledger.segments[0].octets, 64);
    cr_assert_eq(ledger.segments[1].octets, 64);
    ledger_move(&ledger, 1000, 2000, 64);
    cr_assert_eq(ledger.segments[0].octets, 0);
    cr_assert_eq(ledger.segments[1].octets, 64);
    cr_assert_eq(ledger.segments[1].live, 2);
    ledger_drop(&ledger, 2000, 64);
    ledger_drop(&ledger, 2000, 64);
    cr_assert_eq(ledger.octets, 0);
    cr_assert_eq(ledger.live, 0);
    ledger_finish(&ledger);
}

Test(ledger, what_was_shared_for_nothing_is_forgotten)
{
    struct ledger ledger = of_three();
    ledger_share(&ledger, 1000);
    ledger_share(&ledger, 1064);
    ledger_add(&ledger, 1064, 64);
    ledger_restored(&ledger);
    cr_assert_not(ledger_is_shared(&ledger, 1000));
    cr_assert(ledger_is_shared(&ledger, 1064));
    ledger_finish(&ledger);
}
