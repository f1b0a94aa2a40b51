#include <criterion/criterion.h>

#include "queue/attempts.h"
#include "queue/stored.h"

static void fail(struct attempts *attempts, uint64_t position)
{
    attempts_obtain(attempts, position)->failed++;
}

static uint32_t failed(const struct attempts *attempts, uint64_t position)
{
    const struct attempt *attempt = attempts_find(attempts, position);
    return attempt ? attempt->failed : 0;
}

Test(attempts, knows_only_what_came_back)
{
    struct attempts attempts = {0};
    cr_assert_null(attempts_find(&attempts, 5));
    fail(&attempts, 5);
    fail(&attempts, 5);
    fail(&attempts, 7);
    cr_assert_eq(failed(&attempts, 5), 2);
    cr_assert_eq(failed(&attempts, 7), 1);
    cr_assert_null(attempts_find(&attempts, 6));
    cr_assert_eq(attempts.count, 2);
    attempts_finish(&attempts);
}

Test(attempts, has_no_memory_when_nothing_is_left)
{
    struct attempts attempts = {0};
    fail(&attempts, 1);
    fail(&attempts, 2);
    attempts_drop(&attempts, 1);
    attempts_drop(&attempts, 1);
    attempts_drop(&attempts, 9);
    cr_assert_eq(failed(&attempts, 2), 1);
    attempts_drop(&attempts, 2);
    cr_assert_null(attempts.items);
}

/* Against an array, with positions whose hashes collide now and then. */
Test(attempts, counts_each_position_for_itself)
{
    enum { POSITIONS = 3000, STEPS = 200000 };
    static uint32_t expected[POSITIONS + 1];
    struct attempts attempts = {0};
    uint64_t random = 1;
    for (int i = 0; i < STEPS; i++) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        uint64_t position = (random >> 33) % POSITIONS + 1;
        if (random >> 62 == 0) {
            attempts_drop(&attempts, position << 8);
            expected[position] = 0;
        } else {
            fail(&attempts, position << 8);
            expected[position]++;
        }
    }
    size_t count = 0;
    for (uint64_t position = 1; position <= POSITIONS; position++) {
        cr_assert_eq(failed(&attempts, position << 8), expected[position]);
        count += expected[position] > 0;
    }
    cr_assert_eq(attempts.count, count);
    attempts_finish(&attempts);
}

Test(attempts, of_a_run_go_however_long_it_is)
{
    struct attempts attempts = {0};
    for (uint64_t position = 1; position <= 100; position++) {
        fail(&attempts, position << 8 | 3);
        fail(&attempts, position << 8 | 4);
    }
    attempts_drop_run(&attempts, &(struct run){10 << 8 | 3, 5}, 256);
    cr_assert_eq(attempts.count, 195);
    cr_assert_eq(failed(&attempts, 10 << 8 | 3), 0);
    cr_assert_eq(failed(&attempts, 14 << 8 | 3), 0);
    cr_assert_eq(failed(&attempts, 15 << 8 | 3), 1);
    attempts_drop_run(&attempts, &(struct run){20 << 8 | 4, UINT64_C(1) << 50}, 256);
    cr_assert_eq(attempts.count, 195 - 81);
    cr_assert_eq(failed(&attempts, 19 << 8 | 4), 1);
    cr_assert_eq(failed(&attempts, 20 << 8 | 3), 1);
    attempts_drop_run(&attempts, &(struct run){1, UINT64_C(1) << 50}, 1);
    cr_assert_eq(attempts.count, 0);
    cr_assert_null(attempts.items);
}

Test(attempts, of_what_is_handed_out_outlive_a_purge)
{
    struct attempts attempts = {0};
    fail(&attempts, 1);
    fail(&attempts, 2);
    attempts_find(&attempts, 2)->out = true;
    attempts_drop_ready(&attempts);
    cr_assert_eq(attempts.count, 1);
    cr_assert_eq(failed(&attempts, 2), 1);
    attempts_find(&attempts, 2)->out = false;
    attempts_drop_ready(&attempts);
    cr_assert_null(attempts.items);
}
