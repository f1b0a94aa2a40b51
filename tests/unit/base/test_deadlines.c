#include "base/deadlines.h"

#include <criterion/criterion.h>

/* The same numbers for the same seed, on any machine (xorshift64*). */
static uint64_t dice(uint64_t *state, uint64_t sides)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (*state * 0x2545f4914f6cdd1dull >> 33) % sides;
}

Test(deadlines, has_no_first_while_nothing_is_set_and_holds_no_memory)
{
    struct deadlines all = {0};
    struct deadline one = {0};
    cr_assert_null(deadlines_first(&all));
    cr_assert_not(deadline_is_set(&one));
    deadlines_clear(&all, &one);
    cr_assert_null(all.items);
    deadlines_finish(&all);
}

Test(deadlines, the_first_is_the_earliest)
{
    struct deadlines all = {0};
    struct deadline a = {0}, b = {0}, c = {0};
    deadlines_set(&all, &b, 20);
    deadlines_set(&all, &c, UINT64_MAX);
    deadlines_set(&all, &a, 0);
    cr_assert_eq(deadlines_first(&all), &a);
    cr_assert_eq(a.at, 0);
    deadlines_clear(&all, &a);
    deadlines_clear(&all, &a);
    cr_assert_not(deadline_is_set(&a));
    cr_assert(deadline_is_set(&b));
    cr_assert_eq(deadlines_first(&all), &b);
    deadlines_clear(&all, &b);
    cr_assert_eq(deadlines_first(&all), &c);
    deadlines_clear(&all, &c);
    cr_assert_null(deadlines_first(&all));
    deadlines_finish(&all);
}

Test(deadlines, setting_again_moves_either_way)
{
    struct deadlines all = {0};
    struct deadline a = {0}, b = {0};
    deadlines_set(&all, &a, 10);
    deadlines_set(&all, &b, 20);
    deadlines_set(&all, &a, 30);
    cr_assert_eq(deadlines_first(&all), &b);
    deadlines_set(&all, &a, 5);
    cr_assert_eq(deadlines_first(&all), &a);
    cr_assert_eq(all.count, 2);
    deadlines_finish(&all);
}

Test(deadlines, equal_ones_come_in_the_order_of_setting)
{
    enum { COUNT = 100 };
    struct deadlines all = {0};
    struct deadline items[COUNT] = {{0}};
    for (int i = 0; i < COUNT; i++) {
        deadlines_set(&all, &items[i], 7);
    }
    deadlines_set(&all, &items[3], 7); // set again: behind the others
    for (int i = 0; i < COUNT; i++) {
        int expected = i < 3 ? i : i < COUNT - 1 ? i + 1 : 3;
        cr_assert_eq(deadlines_first(&all), &items[expected]);
        deadlines_clear(&all, &items[expected]);
    }
    cr_assert_null(deadlines_first(&all));
    deadlines_finish(&all);
}

Test(deadlines, finish_does_not_touch_the_entries)
{
    struct deadlines all = {0};
    struct deadline *one = calloc(1, sizeof *one);
    deadlines_set(&all, one, 1);
    free(one);
    deadlines_finish(&all);
    cr_assert_eq(all.count, 0);
}

/* The naive model: every entry with its time and when that was set; 0 = not set. */
enum { ENTRIES = 40 };

struct model {
    uint64_t at[ENTRIES];
    uint64_t set[ENTRIES];
};

static int model_first(const struct model *model)
{
    int first = -1;
    for (int i = 0; i < ENTRIES; i++) {
        if (model->set[i] == 0) {
            continue;
        }
        if (first < 0 || model->at[i] < model->at[first] ||
            (model->at[i] == model->at[first] && model->set[i] < model->set[first])) {
            first = i;
        }
    }
    return first;
}

static void compare(const struct deadlines *all, const struct deadline *items,
                    const struct model *model)
{
    int first = model_first(model);
    cr_assert_eq(deadlines_first(all), first < 0 ? NULL : &items[first]);
    for (int i = 0; i < ENTRIES; i++) {
        cr_assert_eq(deadline_is_set(&items[i]), model->set[i] > 0);
    }
}

Test(deadlines, agree_with_a_naive_model_under_any_mix_of_operations)
{
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct deadlines all = {0};
        struct deadline items[ENTRIES] = {{0}};
        struct model model = {{0}, {0}};
        uint64_t state = seed;
        for (uint64_t step = 1; step <= 5000; step++) {
            uint64_t which = dice(&state, ENTRIES), what = dice(&state, 10);
            int first = model_first(&model);
            if (what < 6) {
                model.at[which] = dice(&state, 30); // many equal ones
                model.set[which] = step;
                deadlines_set(&all, &items[which], model.at[which]);
            } else if (what < 8 && first >= 0) {
                model.set[first] = 0;
                deadlines_clear(&all, &items[first]);
            } else {
                model.set[which] = 0;
                deadlines_clear(&all, &items[which]);
            }
            compare(&all, items, &model);
        }
        deadlines_finish(&all);
    }
}
