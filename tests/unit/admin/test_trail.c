#include "admin/trail.h"

#include <criterion/criterion.h>

enum { STEP = 5000 };

static void add(struct trail *trail, uint64_t now_ms, uint64_t value)
{
    trail_add(trail, now_ms, STEP, &value);
}

Test(trail, begins_with_nothing)
{
    struct trail *trail = trail_new(1);
    cr_expect_eq(trail_at(trail, 0, 100000), 0);
    cr_expect_eq(trail_rate(trail, 0, 100000, STEP), 0);
    trail_free(trail);
}

Test(trail, has_the_rate_of_the_last_interval)
{
    struct trail *trail = trail_new(1);
    add(trail, 100000, 50);
    cr_expect_float_eq(trail_rate(trail, 0, 101000, STEP), 10, 1e-9);
    add(trail, 105000, 70);
    cr_expect_float_eq(trail_rate(trail, 0, 109999, STEP), 4, 1e-9);
    cr_expect_eq(trail_rate(trail, 0, 110000, STEP), 0,
                 "it is over, and nothing has changed since");
    trail_free(trail);
}

Test(trail, knows_how_long_an_interval_was_really)
{
    struct trail *trail = trail_new(1);
    add(trail, 100000, 0);
    add(trail, 105000, 100);
    add(trail, 112500, 250); // late: of 7.5 seconds
    cr_expect_float_eq(trail_rate(trail, 0, 114000, STEP), 20, 1e-9);
    add(trail, 115001, 260); // 2.5 seconds and a bit
    cr_expect_float_eq(trail_rate(trail, 0, 116000, STEP), 10 * 1000.0 / 2501, 1e-9);
    add(trail, 120002, 265); // a millisecond more than an interval is an interval
    cr_expect_float_eq(trail_rate(trail, 0, 121000, STEP), 1, 1e-9);
    trail_free(trail);
}

Test(trail, falls_where_lengths_fall)
{
    struct trail *trail = trail_new(2);
    trail_add(trail, 100000, STEP, (uint64_t[]){10, 10});
    trail_add(trail, 105000, STEP, (uint64_t[]){20, 0});
    cr_expect_float_eq(trail_rate(trail, 0, 105000, STEP), 2, 1e-9);
    cr_expect_float_eq(trail_rate(trail, 1, 105000, STEP), -2, 1e-9);
    trail_free(trail);
}

Test(trail, after_a_quiet_time_has_the_rate_of_what_came_then)
{
    struct trail *trail = trail_new(1);
    add(trail, 100000, 50);
    add(trail, 200000, 60);
    cr_expect_float_eq(trail_rate(trail, 0, 200100, STEP), 2, 1e-9);
    cr_expect_eq(trail_at(trail, 0, 195000), 50);
    cr_expect_eq(trail_at(trail, 0, 100000), 50);
    trail_free(trail);
}

Test(trail, keeps_only_what_differs)
{
    struct trail *trail = trail_new(1);
    uint64_t value = 7;
    cr_expect(trail_add(trail, 100000, STEP, &value));
    cr_expect_not(trail_add(trail, 105000, STEP, &value));
    cr_expect_eq(trail_rate(trail, 0, 105000, STEP), 0);
    cr_expect_eq(trail_at(trail, 0, 95000), 0, "it began with 0");
    trail_free(trail);
}

Test(trail, without_a_history_takes_the_past_for_what_it_knows_of_it)
{
    struct trail *trail = trail_new(1);
    for (uint64_t i = 1; i <= 10; i++) {
        add(trail, 100000 + i * STEP, i);
    }
    cr_expect_eq(trail_at(trail, 0, 100000 + 10 * STEP), 10);
    cr_expect_eq(trail_at(trail, 0, 100000 + 9 * STEP), 9);
    cr_expect_eq(trail_at(trail, 0, 100000 + 3 * STEP), 9);
    trail_free(trail);
}

Test(trail, with_a_history_knows_the_past)
{
    static const struct trail_level levels[] = {{STEP, 20}, {60000, 10}};
    struct trail *trail = trail_new(1);
    trail_keep(trail, levels, 2);
    for (uint64_t i = 0; i < 100; i++) {
        add(trail, 600000 + i * STEP, i + 1);
    }
    cr_expect_eq(trail_at(trail, 0, 600000 + 99 * STEP), 100);
    cr_expect_eq(trail_at(trail, 0, 600000 + 80 * STEP), 81, "a fine sample");
    cr_expect_eq(trail_at(trail, 0, 600000 + 24 * STEP), 25, "a coarse one: 120 seconds");
    cr_expect_eq(trail_at(trail, 0, 600000 + 30 * STEP), 25, "the coarse one before it");
    cr_expect_eq(trail_at(trail, 0, 540000), 0);
    trail_keep_no_more(trail);
    cr_expect_eq(trail_at(trail, 0, 600000 + 24 * STEP), 99);
    trail_free(trail);
}

Test(trail, coarse_samples_are_of_what_was_known_then)
{
    static const struct trail_level levels[] = {{STEP, 2}, {60000, 10}};
    struct trail *trail = trail_new(1);
    trail_keep(trail, levels, 2);
    add(trail, 610000, 5); // nothing is known of 600000
    add(trail, 625000, 6);
    add(trail, 665000, 7); // at 660000 it was 6
    add(trail, 670000, 8);
    cr_expect_eq(trail_at(trail, 0, 660000), 6);
    cr_expect_eq(trail_at(trail, 0, 665000), 7);
    trail_free(trail);
}

Test(trail, a_history_begins_with_what_is_known)
{
    static const struct trail_level levels[] = {{STEP, 20}};
    struct trail *trail = trail_new(1);
    for (uint64_t i = 1; i <= 3; i++) {
        add(trail, 100000 + i * STEP, 10 * i);
    }
    trail_keep(trail, levels, 1);
    add(trail, 100000 + 4 * STEP, 40);
    add(trail, 100000 + 5 * STEP, 50);
    cr_expect_eq(trail_at(trail, 0, 100000 + 3 * STEP), 30);
    cr_expect_eq(trail_at(trail, 0, 100000 + 2 * STEP), 20);
    cr_expect_eq(trail_at(trail, 0, 100000), 20, "what came before is forgotten");
    trail_free(trail);
}
