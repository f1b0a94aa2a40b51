#include "admin/copies.h"

#include <criterion/criterion.h>

enum { MANY = 10 * COPIES_RUN + 1 };

static void add(struct copies *copies, struct arena *arena, uint64_t number)
{
    *(uint64_t *)copies_add(copies, arena) = number;
}

Test(copies, stay_where_they_are)
{
    struct arena arena = {0};
    struct copies copies = {.size = sizeof(uint64_t)};
    add(&copies, &arena, 7);
    const uint64_t *first = copies_at(&copies, 0);
    for (uint64_t number = 1; number < MANY; number++) {
        add(&copies, &arena, number);
    }
    cr_expect_eq(copies.count, MANY);
    cr_expect_eq(copies_at(&copies, 0), first);
    cr_expect_eq(*first, 7);
    for (uint64_t number = 1; number < MANY; number++) {
        cr_assert_eq(*(const uint64_t *)copies_at(&copies, number), number);
    }
    copies_finish(&copies);
    arena_finish(&arena);
}

Test(copies, that_are_dropped_make_room_for_the_next)
{
    struct arena arena = {0};
    struct copies copies = {.size = sizeof(uint64_t)};
    for (uint64_t number = 0; number < MANY; number++) {
        add(&copies, &arena, 1000 + number); // not wanted
        copies_drop(&copies);
        add(&copies, &arena, number);
    }
    cr_expect_eq(copies.count, MANY);
    cr_expect_eq(copies.run_count, MANY / COPIES_RUN + 1);
    cr_expect_eq(*(const uint64_t *)copies_at(&copies, MANY - 1), MANY - 1);
    copies_finish(&copies);
    arena_finish(&arena);
}
