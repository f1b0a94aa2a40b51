#include <criterion/criterion.h>

#include "broker/capacity.h"

static double part(const struct capacity *capacity, uint64_t now_ms)
{
    return capacity_mean(capacity, now_ms) / (double)CAPACITY_ALL;
}

static void expect_part(const struct capacity *capacity, uint64_t now_ms, double expected)
{
    double found = part(capacity, now_ms);
    cr_assert(found > expected - 1e-6 && found < expected + 1e-6, "%f", found);
}

Test(capacity, is_whole_as_long_as_nothing_waits)
{
    struct capacity capacity;
    capacity_begin(&capacity, 5000);
    cr_assert_eq(capacity_mean(&capacity, 5000), CAPACITY_ALL);
    cr_assert_eq(capacity_mean(&capacity, 3600000), CAPACITY_ALL);
}

Test(capacity, halves_with_every_second_of_waiting)
{
    struct capacity capacity;
    capacity_begin(&capacity, 5000);
    capacity_change(&capacity, true, 7000);
    expect_part(&capacity, 7000, 1);
    expect_part(&capacity, 7500, 0.70710678);
    expect_part(&capacity, 8000, 0.5);
    expect_part(&capacity, 8001, 0.49965355);
    expect_part(&capacity, 10000, 0.125);
    cr_assert_eq(capacity_mean(&capacity, 10000000), 0);
}

Test(capacity, comes_back_as_fast)
{
    struct capacity capacity;
    capacity_begin(&capacity, 0);
    capacity_change(&capacity, true, 0);
    capacity_change(&capacity, false, 100000);
    expect_part(&capacity, 100000, 0);
    expect_part(&capacity, 101000, 0.5);
    expect_part(&capacity, 103000, 0.875);
    cr_assert_eq(capacity_mean(&capacity, 10000000), CAPACITY_ALL);
}

Test(capacity, is_the_part_of_the_time_when_it_changes_again_and_again)
{
    struct capacity capacity;
    capacity_begin(&capacity, 0);
    for (uint64_t at = 0; at < 30000; at += 10) {
        capacity_change(&capacity, true, at);
        capacity_change(&capacity, false, at + 7);
    }
    double found = part(&capacity, 30000);
    cr_assert(found > 0.29 && found < 0.31, "%f", found);
}

Test(capacity, heeds_no_change_that_does_not_last)
{
    struct capacity capacity;
    capacity_begin(&capacity, 0);
    for (uint64_t at = 0; at < 10000; at++) {
        capacity_change(&capacity, true, at);
        capacity_change(&capacity, false, at);
    }
    cr_assert_eq(capacity_mean(&capacity, 10000), CAPACITY_ALL);
}
