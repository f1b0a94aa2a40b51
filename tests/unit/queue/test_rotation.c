#include "queue/rotation.h"

#include <stdio.h>

#include "tests/unit/queue/kit.h"

/* Five consumers, called a to e. */
struct wheel {
    struct rotation rotation;
    struct rotation_place places[5];
    char story[64];
};

static void wheel_init(struct wheel *wheel, const int64_t *priorities)
{
    *wheel = (struct wheel){0};
    rotation_init(&wheel->rotation);
    for (int i = 0; i < 5; i++) {
        rotation_join(&wheel->rotation, &wheel->places[i], priorities[i]);
        rotation_enter(&wheel->places[i]);
    }
}

static struct rotation_place *place(struct wheel *wheel, char name)
{
    return &wheel->places[name - 'a'];
}

/* Who has the next `turns` turns. */
static const char *turns(struct wheel *wheel, int count)
{
    for (int i = 0; i < count; i++) {
        struct rotation_place *next = rotation_next(&wheel->rotation);
        wheel->story[i] = next ? (char)('a' + (next - wheel->places)) : '-';
        if (next) {
            rotation_turn(next);
        }
    }
    wheel->story[count] = '\0';
    return wheel->story;
}

static void wheel_finish(struct wheel *wheel)
{
    for (int i = 0; i < 5; i++) {
        if (wheel->places[i].level) {
            rotation_leave(&wheel->places[i]);
        }
    }
    cr_assert(list_empty(&wheel->rotation.levels));
}

static const int64_t equal[5] = {0};

Test(rotation, is_strict_among_equals)
{
    struct wheel wheel;
    wheel_init(&wheel, equal);
    cr_assert_str_eq(turns(&wheel, 12), "abcdeabcdeab");
    wheel_finish(&wheel);
}

Test(rotation, a_member_is_out_until_it_enters)
{
    struct wheel wheel = {0};
    rotation_init(&wheel.rotation);
    rotation_join(&wheel.rotation, &wheel.places[0], 0);
    cr_assert_null(rotation_next(&wheel.rotation));
    rotation_enter(&wheel.places[0]);
    cr_assert_str_eq(turns(&wheel, 3), "aaa");
    wheel_finish(&wheel);
}

Test(rotation, who_comes_back_in_stands_behind_its_equals)
{
    struct wheel wheel;
    wheel_init(&wheel, equal);
    rotation_exit(place(&wheel, 'a'));
    rotation_exit(place(&wheel, 'a'));
    cr_assert_str_eq(turns(&wheel, 2), "bc");
    rotation_enter(place(&wheel, 'a'));
    rotation_enter(place(&wheel, 'a'));
    cr_assert_str_eq(turns(&wheel, 6), "debcad");
    wheel_finish(&wheel);
}

Test(rotation, the_highest_priority_that_is_in_goes_first)
{
    static const int64_t priorities[5] = {0, 10, -1, 10, 0};
    struct wheel wheel;
    wheel_init(&wheel, priorities);
    cr_assert_str_eq(turns(&wheel, 4), "bdbd");
    rotation_exit(place(&wheel, 'b'));
    cr_assert_str_eq(turns(&wheel, 2), "dd");
    rotation_exit(place(&wheel, 'd'));
    cr_assert_str_eq(turns(&wheel, 4), "aeae");
    rotation_exit(place(&wheel, 'a'));
    rotation_exit(place(&wheel, 'e'));
    cr_assert_str_eq(turns(&wheel, 2), "cc");
    rotation_enter(place(&wheel, 'd'));
    cr_assert_str_eq(turns(&wheel, 2), "dd");
    wheel_finish(&wheel);
}

Test(rotation, nobody_has_a_turn_when_all_are_out)
{
    struct wheel wheel;
    wheel_init(&wheel, equal);
    for (char name = 'a'; name <= 'e'; name++) {
        rotation_exit(place(&wheel, name));
    }
    cr_assert_str_eq(turns(&wheel, 1), "-");
    wheel_finish(&wheel);
}

Test(rotation, goes_on_when_whoever_has_the_turn_leaves)
{
    static const int64_t priorities[5] = {INT64_MIN, INT64_MAX, 0, 0, 0};
    struct wheel wheel;
    wheel_init(&wheel, priorities);
    rotation_leave(place(&wheel, 'b'));
    cr_assert_str_eq(turns(&wheel, 2), "cd");
    rotation_leave(place(&wheel, 'e'));
    cr_assert_str_eq(turns(&wheel, 3), "cdc");
    rotation_leave(place(&wheel, 'c'));
    rotation_leave(place(&wheel, 'd'));
    cr_assert_str_eq(turns(&wheel, 2), "aa");
    wheel_finish(&wheel);
}
