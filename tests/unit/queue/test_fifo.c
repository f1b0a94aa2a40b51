#include "queue/fifo.h"

#include "tests/unit/queue/kit.h"

/* Position n has number n. */
static void push(struct fifo *fifo, uint64_t number)
{
    fifo_push(fifo, numbered(number), number, QUEUE_NEVER);
}

static uint64_t take(struct fifo *fifo)
{
    struct delivery delivery;
    cr_assert(fifo_take(fifo, &delivery));
    uint64_t number = number_of(delivery.msg);
    cr_assert_eq(delivery.position, number);
    cr_assert_eq(delivery.expires, QUEUE_NEVER);
    msg_unref(delivery.msg);
    return number;
}

Test(fifo, is_empty_at_first_and_holds_no_memory)
{
    struct fifo fifo = {0};
    cr_assert_not(fifo_take(&fifo, &(struct delivery){0}));
    cr_assert_eq(fifo.count, 0);
    cr_assert_null(fifo.head);
    fifo_clear(&fifo, NULL);
}

/* Chunks hold 26, then 1022 messages each: every length around both borders. */
Test(fifo, gives_back_in_order_whatever_the_length)
{
    static const uint64_t lengths[] = {1, 2, 25, 26, 27, 28, 1047, 1048, 1049, 2069, 2070, 2071};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct fifo fifo = {0};
        for (uint64_t n = 0; n < lengths[i]; n++) {
            push(&fifo, n);
        }
        cr_assert_eq(fifo.count, lengths[i]);
        for (uint64_t n = 0; n < lengths[i]; n++) {
            cr_assert_eq(take(&fifo), n);
        }
        cr_assert_not(fifo_take(&fifo, &(struct delivery){0}));
        fifo_clear(&fifo, NULL);
    }
}

Test(fifo, keeps_the_order_when_pushes_and_takes_alternate_across_chunks)
{
    struct fifo fifo = {0};
    uint64_t state = 7, in = 0, out = 0;
    for (int round = 0; round < 2000; round++) {
        for (uint64_t n = dice(&state, 40); n > 0; n--) {
            push(&fifo, in++);
        }
        for (uint64_t n = dice(&state, 41); n > 0 && out < in; n--) {
            cr_assert_eq(take(&fifo), out++);
        }
        cr_assert_eq(fifo.count, in - out);
    }
    cr_assert(in > 10000);
    fifo_clear(&fifo, NULL);
    cr_assert_null(fifo.head);
}

Test(fifo, reuses_its_chunk_while_it_stays_short)
{
    struct fifo fifo = {0};
    push(&fifo, 0);
    const struct fifo_chunk *chunk = fifo.head;
    for (uint64_t n = 0; n < 1000; n++) {
        cr_assert_eq(take(&fifo), n);
        push(&fifo, n + 1);
        cr_assert_eq(fifo.head, chunk);
    }
    fifo_clear(&fifo, NULL);
}

Test(fifo, gives_large_chunks_back_when_it_is_empty)
{
    struct fifo fifo = {0};
    for (uint64_t n = 0; n < 5000; n++) {
        push(&fifo, n);
    }
    for (uint64_t n = 0; n < 5000; n++) {
        take(&fifo);
    }
    cr_assert_null(fifo.head, "a chunk for 1022 messages is kept by an empty queue");
    push(&fifo, 5000);
    cr_assert_eq(take(&fifo), 5000);
    fifo_clear(&fifo, NULL);
}

Test(fifo, clear_drops_its_references_and_no_others)
{
    struct fifo fifo = {0};
    struct msg *msg = numbered(1);
    for (int i = 0; i < 40; i++) {
        fifo_push(&fifo, msg_ref(msg), (uint64_t)i, QUEUE_NEVER);
    }
    cr_assert_eq(msg->refs, 41);
    fifo_clear(&fifo, NULL);
    cr_assert_eq(msg->refs, 1);
    cr_assert_eq(fifo.count, 0);
    msg_unref(msg);
}
