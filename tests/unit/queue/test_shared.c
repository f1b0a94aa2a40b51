#include "queue/shared.h"

#include <stdlib.h>

#include "tests/unit/queue/kit.h"

enum { KEYS = 3000, STEPS = 200000 };

/* Against a plain array. */
Test(shared, finds_what_was_put_and_not_removed)
{
    struct shared shared = {0};
    static uint64_t counts[KEYS]; // 0: not there; else the count and one
    size_t there = 0;
    srand(1);
    for (int step = 0; step < STEPS; step++) {
        size_t key = (size_t)rand() % (step < STEPS / 2 ? KEYS : 30);
        uint64_t at = 8 * (1 + (uint64_t)key);
        struct shared_record *found = shared_find(&shared, at);
        cr_assert_eq(found != NULL, counts[key] > 0);
        if (found) {
            cr_assert_eq(found->count, counts[key] - 1);
        }
        if (rand() % 2) {
            there += counts[key] == 0;
            struct shared_record *record = shared_put(&shared, at);
            counts[key] = ++record->count + 1;
        } else if (found) {
            shared_remove(&shared, found);
            counts[key] = 0;
            there--;
        }
        cr_assert_eq(shared.count, there);
    }
    for (size_t key = 0; key < KEYS; key++) {
        cr_assert_eq(shared_find(&shared, 8 * (1 + (uint64_t)key)) != NULL, counts[key] > 0);
    }
    shared_finish(&shared);
}

Test(shared, what_nobody_needed_is_removed_and_memory_given_back)
{
    struct shared shared = {0};
    for (uint64_t at = 8; at <= 8 * KEYS; at += 8) {
        shared_put(&shared, at)->count = at % 16 ? 0 : 1;
    }
    shared_remove_empty(&shared);
    cr_assert_eq(shared.count, KEYS / 2);
    cr_assert_null(shared_find(&shared, 8));
    cr_assert_not_null(shared_find(&shared, 16));
    for (uint64_t at = 16; at <= 8 * KEYS; at += 16) {
        shared_remove(&shared, shared_find(&shared, at));
    }
    cr_assert_eq(shared.count, 0);
    cr_assert_leq(shared.cap, 16);
    shared_finish(&shared);
}
