#include "queue/times.h"

#include "tests/unit/queue/kit.h"

Test(times, are_not_kept_until_the_first_is_there)
{
    struct times times = {0};
    cr_assert_not(times_kept(&times));
    times_begin(&times, 0, 99);
    cr_assert(times_kept(&times));
    cr_assert_eq(times.count, 0);
    times_clear(&times);
    cr_assert_not(times_kept(&times));
    times_clear(&times);
}

Test(times, begin_with_one_for_each_item_that_is_there_already)
{
    static const size_t counts[] = {1, 31, 32, 33, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct times times = {0};
        times_begin(&times, counts[i], QUEUE_NEVER);
        cr_assert_eq(times.count, counts[i]);
        times_push(&times, 5);
        for (size_t n = 0; n < counts[i]; n++) {
            cr_assert_eq(times_take(&times), QUEUE_NEVER);
        }
        cr_assert_eq(times_take(&times), 5);
        cr_assert_not(times_kept(&times));
    }
}

Test(times, the_first_stays_until_it_is_taken)
{
    struct times times = {0};
    times_begin(&times, 1, 7);
    times_push(&times, 3);
    cr_assert_eq(times_first(&times), 7);
    cr_assert_eq(times_first(&times), 7);
    cr_assert_eq(times_take(&times), 7);
    cr_assert_eq(times_first(&times), 3);
    times_clear(&times);
}

Test(times, the_last_one_taken_gives_the_memory_back)
{
    struct times times = {0};
    times_begin(&times, 100, 7);
    for (int i = 0; i < 100; i++) {
        cr_assert(times_kept(&times));
        times_take(&times);
    }
    cr_assert_not(times_kept(&times));
    cr_assert_eq(times.cap, 0);
}

Test(times, keep_the_order_when_pushes_and_takes_alternate)
{
    struct times times = {0};
    uint64_t state = 5, in = 1, out = 0;
    times_begin(&times, 1, 0);
    for (int round = 0; round < 2000; round++) {
        for (uint64_t n = dice(&state, 40); n > 0; n--) {
            times_push(&times, in++);
        }
        for (uint64_t n = dice(&state, 41); n > 0 && out + 1 < in; n--) {
            cr_assert_eq(times_first(&times), out);
            cr_assert_eq(times_take(&times), out++);
        }
        cr_assert_eq(times.count, in - out);
    }
    cr_assert(in > 10000);
    times_clear(&times);
}
