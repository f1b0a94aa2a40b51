#include "base/arena.h"

#include <criterion/criterion.h>
#include <stddef.h>

Test(arena, gives_out_zeroed_memory_for_anything)
{
    struct arena arena = {0};
    for (size_t size = 0; size < 40000; size = size * 2 + 1) {
        uint8_t *place = arena_new(&arena, size);
        cr_assert_eq((uintptr_t)place % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            cr_assert_eq(place[i], 0);
            place[i] = 1;
        }
        arena_copy(&arena, SLICE("odd"));
    }
    arena_finish(&arena);
}

Test(arena, copies_stay_where_they_are)
{
    struct arena arena = {0};
    struct slice first = arena_copy(&arena, SLICE("first"));
    for (int i = 0; i < 10000; i++) {
        arena_copy(&arena, SLICE("more and more"));
    }
    cr_assert(slice_eq(first, SLICE("first")));
    cr_assert_not_null(arena_copy(&arena, SLICE("")).ptr);
    arena_finish(&arena);
}

Test(arena, is_released_some_at_a_time)
{
    struct arena arena = {0};
    unsigned times = 0;
    for (int i = 0; i < 100; i++) {
        arena_new(&arena, 10000);
    }
    while (arena_release(&arena, 200000)) {
        times++;
    }
    cr_assert(times >= 4 && times <= 9, "%u times", times);
    cr_assert_not(arena_release(&arena, 1));
    cr_assert_not_null(arena_new(&arena, 10));
    arena_finish(&arena);
}

Test(arena, keeps_very_much_and_gives_it_back_in_parts)
{
    enum { PIECE = 1000, PIECES = 8000 };
    struct arena arena = {0};
    uint8_t *pieces[PIECES];
    int parts = 1;
    for (int i = 0; i < PIECES; i++) {
        pieces[i] = arena_new(&arena, PIECE);
        for (int k = 0; k < PIECE; k += 100) {
            cr_assert_eq(pieces[i][k], 0);
        }
        pieces[i][0] = (uint8_t)i;
        pieces[i][PIECE - 1] = (uint8_t)(i >> 8);
    }
    for (int i = 0; i < PIECES; i++) {
        cr_assert(pieces[i][0] == (uint8_t)i && pieces[i][PIECE - 1] == (uint8_t)(i >> 8));
    }
    while (arena_release(&arena, 1 << 20)) {
        parts++;
    }
    cr_expect_geq(parts, 5);
    cr_expect_leq(parts, 9);
    cr_expect_eq(*(uint8_t *)arena_new(&arena, PIECE), 0);
    arena_finish(&arena);
}
