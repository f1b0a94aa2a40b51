#include "broker/unsettled.h"

#include <stdlib.h>

#include <criterion/criterion.h>

/* Items need a msg that is not NULL; nothing here looks into it. */
static struct msg *const some_msg = (struct msg *)&(max_align_t){0};

static void add(struct unsettled *unsettled, uint64_t tag)
{
    struct unsettled_item *item = unsettled_add(unsettled, tag);
    cr_assert_null(item->msg);
    *item = (struct unsettled_item){.msg = some_msg, .mark = unsettled_mark(tag * 10, tag % 2)};
}

static void take(struct unsettled *unsettled, uint64_t tag)
{
    struct unsettled_item item = unsettled_take(unsettled, tag);
    cr_assert_eq(item.msg, some_msg);
    cr_assert_eq(unsettled_position(&item), tag * 10);
    cr_assert_null(unsettled_find(unsettled, tag));
}

static uint64_t next(const struct unsettled *unsettled, uint64_t from)
{
    uint64_t tag = 0;
    return unsettled_next(unsettled, from, &tag) ? tag : 0;
}

Test(unsettled, an_empty_one_holds_nothing)
{
    struct unsettled unsettled = {0};
    cr_assert_null(unsettled_find(&unsettled, 0));
    cr_assert_null(unsettled_find(&unsettled, 1));
    cr_assert_null(unsettled_find(&unsettled, UINT64_MAX));
    cr_assert_eq(next(&unsettled, 0), 0);
    cr_assert_eq(next(&unsettled, UINT64_MAX), 0);
    unsettled_finish(&unsettled);
}

Test(unsettled, keeps_position_and_mark_apart)
{
    struct unsettled_item item = {.mark = unsettled_mark(UINT64_MAX / 2, false)};
    cr_assert_eq(unsettled_position(&item), UINT64_MAX / 2);
    cr_assert_not(unsettled_counted(&item));
    item.mark = unsettled_mark(1, true);
    cr_assert_eq(unsettled_position(&item), 1);
    cr_assert(unsettled_counted(&item));
}

Test(unsettled, next_goes_by_tag_whatever_was_added_first)
{
    struct unsettled unsettled = {0};
    static const uint64_t tags[] = {500, 3, 64, 63, 1000000, 65, 128};
    static const uint64_t order[] = {3, 63, 64, 65, 128, 500, 1000000, 0};
    for (int i = 0; i < 7; i++) {
        add(&unsettled, tags[i]);
    }
    uint64_t from = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t tag = next(&unsettled, from);
        cr_assert_eq(tag, order[i]);
        from = tag + 1;
    }
    cr_assert_eq(unsettled.count, 7);
    for (int i = 0; i < 7; i++) {
        take(&unsettled, tags[i]);
    }
    unsettled_finish(&unsettled);
}

Test(unsettled, memory_follows_what_is_held_and_not_the_span_of_tags)
{
    struct unsettled unsettled = {0};
    add(&unsettled, 1);
    for (uint64_t tag = 2; tag <= 1000000; tag++) {
        add(&unsettled, tag);
        take(&unsettled, tag);
        cr_assert_leq(unsettled.end - unsettled.begin, 2);
    }
    cr_assert_leq(unsettled.cap, 8);
    take(&unsettled, 1);
    unsettled_finish(&unsettled);
}

Test(unsettled, a_window_that_moves_keeps_its_chunks_in_a_small_array)
{
    struct unsettled unsettled = {0};
    for (uint64_t tag = 1; tag <= 100000; tag++) {
        add(&unsettled, tag);
        if (tag > 1000) {
            take(&unsettled, tag - 1000);
        }
    }
    cr_assert_leq(unsettled.cap, 64);
    for (uint64_t tag = 99001; tag <= 100000; tag++) {
        take(&unsettled, tag);
    }
    unsettled_finish(&unsettled);
}

Test(unsettled, keeps_one_empty_chunk_to_spare_and_frees_the_others)
{
    struct unsettled unsettled = {0};
    for (uint64_t tag = 0; tag < 640; tag++) {
        add(&unsettled, tag);
    }
    cr_assert_eq(unsettled.end - unsettled.begin, 10);
    for (uint64_t tag = 0; tag < 640; tag++) {
        take(&unsettled, tag);
    }
    cr_assert_eq(unsettled.end, unsettled.begin);
    const struct unsettled_chunk *spare = unsettled.spare;
    cr_assert(spare);
    add(&unsettled, 7777);
    cr_assert_null(unsettled.spare);
    cr_assert_eq((const void *)unsettled.chunks[unsettled.begin], (const void *)spare);
    cr_assert_null(unsettled_find(&unsettled, 7776));
    take(&unsettled, 7777);
    unsettled_finish(&unsettled);
    cr_assert_null(unsettled.chunks);
}

/* The naive model: a flag for every tag. */
enum { TAGS = 5000 };

static uint64_t dice(uint64_t *state, uint64_t sides)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (*state >> 33) % sides;
}

static void agree(const struct unsettled *unsettled, const bool *in, uint64_t probe)
{
    uint64_t expected = probe;
    while (expected < TAGS && !in[expected]) {
        expected++;
    }
    uint64_t tag = 0;
    const struct unsettled_item *item = unsettled_next(unsettled, probe, &tag);
    cr_assert_eq(item != NULL, expected < TAGS);
    cr_assert(!item || tag == expected);
    cr_assert_eq(unsettled_find(unsettled, probe) != NULL, in[probe]);
}

static void play(uint64_t seed, uint64_t spread)
{
    struct unsettled unsettled = {0};
    bool in[TAGS] = {0};
    uint32_t count = 0;
    uint64_t state = seed, top = 0;
    for (int step = 0; step < 20000; step++) {
        uint64_t tag = (top + TAGS - dice(&state, spread)) % TAGS;
        if (in[tag]) {
            take(&unsettled, tag);
        } else {
            add(&unsettled, tag);
        }
        in[tag] = !in[tag];
        count += in[tag] ? 1 : -1;
        top = (top + dice(&state, 3)) % TAGS;
        cr_assert_eq(unsettled.count, count);
        agree(&unsettled, in, dice(&state, TAGS));
    }
    for (uint64_t tag = 0; tag < TAGS; tag++) {
        if (in[tag]) {
            take(&unsettled, tag);
        }
    }
    unsettled_finish(&unsettled);
}

Test(unsettled, agrees_with_a_naive_model)
{
    play(1, TAGS); // sparse, all over
    play(2, 100);  // a window that moves
    play(3, 2000);
}
