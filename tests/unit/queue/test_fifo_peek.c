#include "queue/ledger.h"
#include "queue/residency.h"
#include "tests/unit/queue/kit.h"

enum { PRIORITIES = 4 };

/* A queue whose messages are all in the journal. */
struct bench {
    struct ledger ledger;
    struct residency residency;
    struct queue *queue;
    uint64_t at;
};

static void bench_init(struct bench *bench, const struct queue_type *type)
{
    *bench = (struct bench){.at = 1000};
    ledger_open(&bench->ledger, 1000);
    residency_init(&bench->residency, &bench->ledger);
    struct queue_options options = {
        .keeps = QUEUE_KEEPS_ALL, .residency = &bench->residency, .priority_max = PRIORITIES - 1};
    bench->queue = queue_new(type, &options);
}

static void bench_finish(struct bench *bench)
{
    queue_free(bench->queue);
    ledger_finish(&bench->ledger);
}

static void push(struct bench *bench, uint64_t number)
{
    struct msg *msg = numbered(number);
    msg->priority = (uint8_t)(number % PRIORITIES);
    queue_push_until(bench->queue, msg, number % 7 ? QUEUE_NEVER : 1000000 + number);
    msg->stored_at = bench->at;
    bench->at += msg_stored_octets(msg);
    ledger_add(&bench->ledger, msg->stored_at, msg_stored_octets(msg));
    msg_unref(msg);
}

static void use(struct bench *bench, struct msg *msg)
{
    ledger_drop(&bench->ledger, msg->stored_at, msg_stored_octets(msg));
    msg_unref(msg);
}

/* What a look at each place says is what the queue then hands out, one after the other. */
static void expect_the_truth(struct bench *bench)
{
    uint64_t count = queue_ready_count(bench->queue);
    struct delivery *seen = calloc(count + 1, sizeof *seen), taken;
    for (uint64_t i = 0; i < count; i++) {
        cr_assert(queue_peek(bench->queue, i, &seen[i]));
    }
    cr_assert_not(queue_peek(bench->queue, count, &seen[count]));
    cr_assert_not(queue_peek(bench->queue, UINT64_MAX, &seen[count]));
    cr_assert_eq(queue_ready_count(bench->queue), count);
    for (uint64_t i = 0; i < count; i++) {
        cr_assert(queue_take(bench->queue, &taken));
        cr_assert_eq(taken.position, seen[i].position);
        cr_assert_eq(taken.expires, seen[i].expires);
        cr_assert_eq(taken.redelivered, seen[i].redelivered);
        cr_assert_eq(taken.marks, seen[i].marks);
        cr_assert_eq(taken.msg->stub, seen[i].msg->stub);
        cr_assert_eq(taken.msg->stored_at, seen[i].msg->stored_at);
        cr_assert_eq(taken.msg->body_len, seen[i].msg->body_len);
        msg_unref(seen[i].msg);
        use(bench, taken.msg);
    }
    free(seen);
}

/* Some are taken, of which some come back in any order; of the others the oldest lose their
 * content. */
static void stir(struct bench *bench, uint64_t *state, uint64_t count)
{
    struct delivery *out = calloc(count, sizeof *out);
    uint64_t taken = dice(state, count);
    for (uint64_t i = 0; i < taken; i++) {
        cr_assert(queue_take(bench->queue, &out[i]));
    }
    for (uint64_t left = taken; left > 0; left--) {
        uint64_t i = dice(state, left);
        if (dice(state, 3)) {
            queue_requeue(bench->queue, &out[i]);
        } else {
            use(bench, out[i].msg);
        }
        out[i] = out[left - 1];
    }
    residency_evict(&bench->residency, bench->residency.bytes * dice(state, 4) / 3, bench->at);
    free(out);
}

static void expect_the_truth_of(const struct queue_type *type)
{
    uint64_t state = 5;
    for (int round = 0; round < 20; round++) {
        struct bench bench;
        uint64_t count = 1 + dice(&state, 5000);
        bench_init(&bench, type);
        for (uint64_t i = 0; i < count; i++) {
            push(&bench, i);
        }
        stir(&bench, &state, count);
        expect_the_truth(&bench);
        expect_the_truth(&bench); // of nothing
        bench_finish(&bench);
    }
}

Test(peek, says_of_every_place_what_is_handed_out_next)
{
    expect_the_truth_of(&queue_classic);
}

Test(peek, goes_by_priority)
{
    expect_the_truth_of(&queue_priority);
}

/* What was restored stands in slots, of which some are empty before they are packed. */
Test(peek, passes_over_what_was_settled_in_the_middle)
{
    struct bench bench;
    uint64_t bytes = 0;
    bench_init(&bench, &queue_classic);
    for (uint64_t i = 1; i <= 3000; i++) {
        struct stored stored = {
            .position = i, .at = bench.at, .expires = QUEUE_NEVER, .body_len = 8, .rest_len = 5};
        cr_assert_eq(queue_restore(bench.queue, &stored), QUEUE_RESTORE_ADDED);
        bench.at += stored_octets(8, 5);
    }
    queue_forget(bench.queue, &(struct run){2, 3}, &bytes);
    queue_forget(bench.queue, &(struct run){1500, 700}, &bytes);
    queue_restore_level(bench.queue, &(struct queue_level){.position_next = 3001, .mark = 10});
    queue_restored(bench.queue);
    for (uint64_t i = 0; i < 500; i++) { // empties slots in the middle, with no time to pack them
        struct delivery delivery;
        cr_assert(queue_pick(bench.queue, 100 + i * 2, &delivery));
        use(&bench, delivery.msg);
    }
    struct delivery second, last;
    cr_assert(queue_peek(bench.queue, 1, &second));
    cr_assert_eq(second.position, 5);
    cr_assert(second.redelivered && second.msg->stub);
    cr_assert(queue_peek(bench.queue, queue_ready_count(bench.queue) - 1, &last));
    cr_assert_eq(last.position, 3000);
    cr_assert_not(last.redelivered);
    msg_unref(second.msg);
    msg_unref(last.msg);
    expect_the_truth(&bench);
    bench_finish(&bench);
}
