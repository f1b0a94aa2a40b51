#include "queue/fifo.h"

#include "tests/unit/queue/kit.h"

static void push(struct fifo *fifo, uint64_t number)
{
    fifo_push(fifo, numbered(number));
}

static uint64_t take(struct fifo *fifo)
{
    struct msg *msg = fifo_take(fifo);
    cr_assert(msg);
    uint64_t number = number_of(msg);
    msg_unref(msg);
    return number;
}

Test(fifo, is_empty_at_first_and_holds_no_memory)
{
    struct fifo fifo = {0};
    cr_assert_null(fifo_take(&fifo));
    cr_assert_eq(fifo.count, 0);
    cr_assert_null(fifo.head);
    fifo_clear(&fifo);
}

/* Chunks hold 30, then 1022 messages each: every length around both borders. */
Test(fifo, gives_back_in_order_whatever_the_length)
{
    static const uint64_t lengths[] = {1, 2, 29, 30, 31, 32, 1051, 1052, 1053, 2073, 2074, 2075};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct fifo fifo = {0};
        for (uint64_t n = 0; n < lengths[i]; n++) {
            push(&fifo, n);
        }
        cr_assert_eq(fifo.count, lengths[i]);
        for (uint64_t n = 0; n < lengths[i]; n++) {
            cr_assert_eq(take(&fifo), n);
        }
        cr_assert_null(fifo_take(&fifo));
        fifo_clear(&fifo);
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
    fifo_clear(&fifo);
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
    fifo_clear(&fifo);
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
    push(&fifo, 1);
    cr_assert_eq(take(&fifo), 1);
    fifo_clear(&fifo);
}

Test(fifo, clear_drops_its_references_and_no_others)
{
    struct fifo fifo = {0};
    struct msg *msg = numbered(1);
    for (int i = 0; i < 40; i++) {
        fifo_push(&fifo, msg_ref(msg));
    }
    cr_assert_eq(msg->refs, 41);
    fifo_clear(&fifo);
    cr_assert_eq(msg->refs, 1);
    cr_assert_eq(fifo.count, 0);
    msg_unref(msg);
}
