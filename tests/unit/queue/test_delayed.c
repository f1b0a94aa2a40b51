#include "queue/ledger.h"
#include "queue/moves.h"
#include "queue/purged.h"
#include "queue/residency.h"
#include "tests/unit/queue/kit.h"

static struct queue *new_delayed(struct residency *residency)
{
    struct queue_options options = {.keeps = residency ? QUEUE_KEEPS_ALL : QUEUE_KEEPS_NONE,
                                    .residency = residency};
    return queue_new(&queue_delayed, &options);
}

static uint64_t push(struct queue *queue, uint64_t number, uint64_t due)
{
    struct msg *msg = numbered(number);
    uint64_t position = queue_push_until(queue, msg, due);
    msg_unref(msg);
    return position;
}

static uint64_t take(struct queue *queue)
{
    struct delivery delivery;
    cr_assert(queue_take(queue, &delivery));
    uint64_t number = number_of(delivery.msg);
    msg_unref(delivery.msg);
    return number;
}

Test(delayed, hands_out_what_is_due_first)
{
    struct queue *queue = new_delayed(NULL);
    push(queue, 1, 300);
    push(queue, 2, 100);
    push(queue, 3, 200);
    cr_assert_eq(queue_expires_next(queue), 100);
    cr_assert_eq(queue_ready_count(queue), 3);
    cr_assert_eq(take(queue), 2);
    cr_assert_eq(queue_expires_next(queue), 200);
    cr_assert_eq(take(queue), 3);
    cr_assert_eq(take(queue), 1);
    cr_assert_eq(queue_expires_next(queue), QUEUE_NEVER);
    struct delivery delivery;
    cr_assert_not(queue_take(queue, &delivery));
    queue_free(queue);
}

Test(delayed, keeps_the_order_of_arrival_of_what_is_due_together)
{
    struct queue *queue = new_delayed(NULL);
    for (uint64_t i = 0; i < 3000; i++) {
        push(queue, i, 1000 - i % 2);
    }
    for (uint64_t i = 0; i < 3000; i++) {
        cr_assert_eq(take(queue), i < 1500 ? 2 * i + 1 : 2 * (i - 1500));
    }
    queue_free(queue);
}

/* The model: for each time, which numbers are due then, in order. */
enum { TIMES = 50, ROUNDS = 60000 };

struct model {
    uint64_t *numbers[TIMES];
    size_t begin[TIMES];
    size_t end[TIMES];
    uint64_t count;
};

static int first_time(const struct model *model)
{
    int time = 0;
    while (time < TIMES && model->begin[time] == model->end[time]) {
        time++;
    }
    return time;
}

Test(delayed, agrees_with_a_naive_model)
{
    struct model model = {.count = 0};
    struct queue *queue = new_delayed(NULL);
    uint64_t state = 5;
    for (int i = 0; i < TIMES; i++) {
        model.numbers[i] = malloc(ROUNDS * sizeof(uint64_t));
    }
    for (uint64_t round = 0; round < ROUNDS; round++) {
        bool growing = round / 7000 % 2 == 0;
        if (dice(&state, 3) < (growing ? 2 : 1)) {
            uint64_t time = dice(&state, TIMES);
            push(queue, round, time);
            model.numbers[time][model.end[time]++] = round;
            model.count++;
        } else if (model.count > 0) {
            int time = first_time(&model);
            cr_assert_eq(queue_expires_next(queue), (uint64_t)time);
            cr_assert_eq(take(queue), model.numbers[time][model.begin[time]++]);
            model.count--;
        }
        cr_assert_eq(queue_ready_count(queue), model.count);
    }
    queue_free(queue);
    for (int i = 0; i < TIMES; i++) {
        free(model.numbers[i]);
    }
}

static struct stored stored_at(uint64_t position, uint64_t due)
{
    return (struct stored){.position = position,
                           .at = 8 * position,
                           .expires = due,
                           .body_len = 8,
                           .rest_len = 3,
                           .persistent = true};
}

Test(delayed, is_restored_with_what_was_left_of_it)
{
    struct ledger ledger = {0};
    struct residency residency;
    ledger_open(&ledger, 8);
    residency_init(&residency, &ledger);
    struct queue *queue = new_delayed(&residency);
    for (uint64_t position = 1; position <= 2000; position++) {
        struct stored stored = stored_at(position, 5000 - position);
        cr_assert_eq(queue_restore(queue, &stored), QUEUE_RESTORE_ADDED);
    }
    uint64_t bytes = 0;
    cr_assert_eq(queue_forget(queue, &(struct run){1500, 501}, &bytes), 501);
    queue_restored(queue);
    cr_assert_eq(queue_ready_count(queue), 1499);
    for (uint64_t position = 1499; position >= 1; position--) {
        struct delivery delivery;
        cr_assert_eq(queue_expires_next(queue), 5000 - position);
        cr_assert(queue_take(queue, &delivery));
        cr_assert(delivery.msg->stub);
        cr_assert_eq(delivery.position, position);
        cr_assert_eq(delivery.expires, 5000 - position);
        ledger_drop(&ledger, delivery.msg->stored_at, msg_stored_octets(delivery.msg));
        msg_unref(delivery.msg);
    }
    cr_assert_eq(ledger_find(&ledger, 8)->live, 0);
    cr_assert_gt(push(queue, 1, 1), 2000);
    queue_free(queue);
    ledger_finish(&ledger);
}

Test(delayed, gives_its_content_up_to_the_journal_and_has_its_order_still)
{
    struct ledger ledger = {0};
    struct residency residency;
    ledger_open(&ledger, 8);
    residency_init(&residency, &ledger);
    struct queue *queue = new_delayed(&residency);
    for (uint64_t i = 1; i <= 3000; i++) {
        struct msg *msg = numbered(i);
        msg->persistent = true;
        queue_push_until(queue, msg, i * 37 % 3001);
        msg->stored_at = 8 * i;
        ledger_add(&ledger, msg->stored_at, msg_stored_octets(msg));
        msg_unref(msg);
    }
    uint64_t due = 1;
    for (; due <= 1000; due++) { // holes in every chunk
        struct delivery delivery;
        cr_assert(queue_take(queue, &delivery));
        cr_assert_eq(delivery.expires, due);
        ledger_drop(&ledger, delivery.msg->stored_at, msg_stored_octets(delivery.msg));
        msg_unref(delivery.msg);
    }
    while (residency_evict(&residency, 0, UINT64_MAX) > 0) {
    }
    for (; due <= 3000; due++) {
        struct delivery delivery;
        cr_assert(queue_take(queue, &delivery));
        cr_assert_eq(delivery.expires, due);
        cr_assert_eq(delivery.position * 37 % 3001, due);
        ledger_drop(&ledger, delivery.msg->stored_at, msg_stored_octets(delivery.msg));
        msg_unref(delivery.msg);
    }
    cr_assert_eq(ledger_find(&ledger, 8)->live, 0);
    queue_free(queue);
    ledger_finish(&ledger);
}

Test(delayed, tells_a_purge_of_everything)
{
    struct queue *queue = new_delayed(NULL);
    struct purged purged = {0};
    for (uint64_t i = 0; i < 100; i++) {
        push(queue, i, 100 - i);
    }
    for (int i = 0; i < 10; i++) {
        take(queue);
    }
    cr_assert_eq(queue_purge(queue, &purged), 90);
    cr_assert_eq(queue_ready_count(queue), 0);
    cr_assert_eq(queue_expires_next(queue), QUEUE_NEVER);
    push(queue, 7, 7);
    cr_assert_eq(take(queue), 7);
    purged_finish(&purged);
    queue_free(queue);
}
