#include "queue/fifo_chunk.h"
#include "queue/ledger.h"
#include "queue/moves.h"
#include "queue/purged.h"
#include "queue/queue.h"
#include "queue/residency.h"
#include "tests/unit/queue/kit.h"

/* One queue that the journal is being read for. */
struct book {
    struct ledger ledger;
    struct residency residency;
    struct queue *queue;
};

static void book_init(struct book *book, const struct queue_type *type)
{
    *book = (struct book){0};
    ledger_open(&book->ledger, 8);
    residency_init(&book->residency, &book->ledger);
    book->queue = queue_new(type, &(struct queue_options){.priority_max = 9,
                                                          .keeps = QUEUE_KEEPS_PERSISTENT,
                                                          .residency = &book->residency});
}

static void book_finish(struct book *book)
{
    queue_free(book->queue);
    cr_assert_eq(book->ledger.live, 0);
    cr_assert_eq(book->residency.bytes, 0);
    ledger_finish(&book->ledger);
}

static struct stored stored_at(uint64_t position, uint64_t at)
{
    return (struct stored){.position = position,
                           .at = at,
                           .expires = QUEUE_NEVER,
                           .body_len = 16,
                           .rest_len = 20,
                           .persistent = true};
}

static enum queue_restored restore(struct book *book, uint64_t position, uint64_t at)
{
    struct stored stored = stored_at(position, at);
    return queue_restore(book->queue, &stored);
}

static uint64_t forget(struct book *book, uint64_t first, uint64_t count)
{
    uint64_t bytes = 0, found = queue_forget(book->queue, &(struct run){first, count}, &bytes);
    cr_assert_eq(bytes, found * 16);
    return found;
}

/* Takes the next, which must be a stub that stands at this position. */
static struct delivery use(struct book *book, uint64_t position)
{
    struct delivery delivery;
    cr_assert(queue_take(book->queue, &delivery));
    cr_assert_eq(delivery.position, position);
    cr_assert(delivery.msg->stub);
    ledger_drop(&book->ledger, delivery.msg->stored_at, msg_stored_octets(delivery.msg));
    msg_unref(delivery.msg);
    return delivery;
}

static uint64_t push(struct book *book, uint64_t number)
{
    struct msg *msg = numbered(number);
    uint64_t position = queue_push(book->queue, msg);
    msg_unref(msg);
    return position;
}

Test(recovery, gives_what_was_restored_by_position_whatever_the_order)
{
    static const uint64_t orders[][5] = {
        {1, 2, 3, 4, 5}, {5, 4, 3, 2, 1}, {3, 1, 5, 2, 4}, {70000, 2, 200000, 1, 69999}};
    for (size_t i = 0; i < 4; i++) {
        struct book book;
        book_init(&book, &queue_classic);
        uint64_t last = 0;
        for (int j = 0; j < 5; j++) {
            cr_assert_eq(restore(&book, orders[i][j], 8 * orders[i][j]), QUEUE_RESTORE_ADDED);
        }
        queue_restored(book.queue);
        cr_assert_eq(queue_ready_count(book.queue), 5);
        for (int j = 0; j < 5; j++) {
            struct delivery delivery;
            cr_assert(queue_take(book.queue, &delivery));
            cr_assert_gt(delivery.position, last);
            last = delivery.position;
            cr_assert_eq(delivery.msg->stored_at, 8 * last);
            ledger_drop(&book.ledger, 8 * last, msg_stored_octets(delivery.msg));
            msg_unref(delivery.msg);
        }
        book_finish(&book);
    }
}

/* The model is a row of flags with what is stored where. Spans are such that chunks split, and
 * that positions are too far apart for one. */
Test(recovery, agrees_with_a_naive_model_in_any_order)
{
    enum { PLACES = 6000 };
    static uint64_t at[PLACES];
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct book book;
        uint64_t state = seed, step = seed % 3 == 0 ? 97 : 1, count = 0;
        book_init(&book, &queue_classic);
        memset(at, 0, sizeof at);
        for (uint64_t n = 1; n <= 15000; n++) {
            uint64_t which = seed % 2 ? n * 17 % PLACES : dice(&state, PLACES);
            uint64_t position = (which + 1) * step;
            if (dice(&state, 3) > 0) {
                cr_assert_eq(restore(&book, position, n * 8),
                             at[which] ? QUEUE_RESTORE_REPLACED : QUEUE_RESTORE_ADDED);
                count += at[which] == 0;
                at[which] = n * 8;
            } else {
                uint64_t length = dice(&state, 10) ? 1 : 1 + dice(&state, 400), found = 0;
                for (uint64_t i = which; i < PLACES && i < which + length; i++) {
                    found += at[i] != 0;
                    at[i] = 0;
                }
                count -= found;
                cr_assert_eq(forget(&book, position, (length - 1) * step + 1), found);
            }
            cr_assert_eq(queue_ready_count(book.queue), count);
            cr_assert_eq(book.ledger.live, count);
        }
        queue_restored(book.queue);
        for (uint64_t which = 0; which < PLACES; which++) {
            if (at[which]) {
                use(&book, (which + 1) * step);
            }
        }
        cr_assert_eq(queue_ready_count(book.queue), 0);
        book_finish(&book);
    }
}

Test(recovery, a_place_that_is_restored_again_is_stored_elsewhere)
{
    struct book book;
    book_init(&book, &queue_classic);
    ledger_open(&book.ledger, 8000);
    cr_assert_eq(restore(&book, 5, 800), QUEUE_RESTORE_ADDED);
    cr_assert_eq(restore(&book, 5, 8800), QUEUE_RESTORE_REPLACED);
    cr_assert_eq(book.ledger.segments[0].live, 0);
    cr_assert_eq(book.ledger.segments[1].live, 1);
    struct delivery delivery;
    cr_assert(queue_take(book.queue, &delivery));
    cr_assert_eq(delivery.msg->stored_at, 8800);
    ledger_drop(&book.ledger, 8800, msg_stored_octets(delivery.msg));
    msg_unref(delivery.msg);
    book_finish(&book);
}

Test(recovery, what_cannot_be_is_refused)
{
    struct book book;
    book_init(&book, &queue_classic);
    cr_assert_eq(restore(&book, 0, 8), QUEUE_RESTORE_REFUSED);
    cr_assert_eq(restore(&book, UINT64_MAX, 8), QUEUE_RESTORE_REFUSED);
    cr_assert_eq(restore(&book, 1, 0), QUEUE_RESTORE_REFUSED);
    cr_assert_eq(restore(&book, 1, 12), QUEUE_RESTORE_REFUSED);
    cr_assert_eq(restore(&book, 1, UINT64_MAX - 7), QUEUE_RESTORE_REFUSED);
    cr_assert_not(queue_mark(book.queue, UINT64_MAX));
    cr_assert_not(queue_restore_level(book.queue, &(struct queue_level){.level = 1}));
    cr_assert_not(
        queue_restore_level(book.queue, &(struct queue_level){.position_next = UINT64_MAX}));
    cr_assert_not(queue_restore_level(book.queue, &(struct queue_level){.mark = UINT64_MAX}));
    cr_assert_eq(forget(&book, UINT64_MAX, UINT64_MAX), 0);
    cr_assert_eq(forget(&book, 1, UINT64_MAX), 0);
    cr_assert_eq(push(&book, 1), 1);
    book_finish(&book);
    book_init(&book, &queue_priority);
    cr_assert_eq(restore(&book, 256 | 10, 8), QUEUE_RESTORE_REFUSED);
    cr_assert_eq(restore(&book, 9, 8), QUEUE_RESTORE_REFUSED);
    cr_assert_not(queue_mark(book.queue, 256 | 10));
    cr_assert_not(queue_restore_level(book.queue, &(struct queue_level){.level = 10}));
    cr_assert_eq(forget(&book, 256 | 10, 1), 0);
    book_finish(&book);
}

Test(recovery, no_position_is_used_again)
{
    struct book book;
    book_init(&book, &queue_classic);
    restore(&book, 7, 8);
    cr_assert_eq(forget(&book, 7, 1), 1);
    queue_restored(book.queue);
    cr_assert_eq(push(&book, 1), 8);
    book_finish(&book);
    book_init(&book, &queue_classic);
    cr_assert_eq(forget(&book, 20, 5), 0); // settled; its place was not in the journal any more
    cr_assert_eq(push(&book, 1), 25);
    book_finish(&book);
    book_init(&book, &queue_classic);
    queue_mark(book.queue, 40);
    cr_assert_eq(push(&book, 1), 1, "marks run ahead of positions as long as nothing is restored");
    queue_restored(book.queue);
    cr_assert_eq(push(&book, 1), 41);
    book_finish(&book);
    book_init(&book, &queue_priority);
    cr_assert(queue_restore_level(book.queue, &(struct queue_level){3, 100, 120, 0}));
    queue_restored(book.queue);
    struct queue_level level;
    cr_assert(queue_next_level(book.queue, 0, &level));
    cr_assert_eq(level.level, 3);
    cr_assert_eq(level.position_next, 121);
    cr_assert_eq(level.mark, 120);
    cr_assert_not(queue_next_level(book.queue, 4, &level));
    book_finish(&book);
}

Test(recovery, up_to_the_mark_is_redelivered_and_above_is_to_be_marked)
{
    struct book book;
    book_init(&book, &queue_classic);
    for (uint64_t position = 1; position <= 4; position++) {
        restore(&book, position, 8 * position);
    }
    queue_mark(book.queue, 2);
    queue_mark(book.queue, 1);
    cr_assert(queue_marked(book.queue, 2) && !queue_marked(book.queue, 3));
    queue_restored(book.queue);
    queue_mark(book.queue, 3); // told to the journal now, not found in it
    struct delivery delivery;
    for (uint64_t position = 1; position <= 4; position++) {
        delivery = use(&book, position);
        cr_assert_eq(delivery.redelivered, position <= 2);
        cr_assert_eq(delivery.marks, position > 3);
    }
    struct msg *msg = numbered(1);
    uint64_t position = queue_pass(book.queue, msg);
    cr_assert(queue_marked(book.queue, position));
    msg_unref(msg);
    book_finish(&book);
}

static uint64_t taken_of(const struct book *book)
{
    struct queue_level level;
    cr_assert(queue_next_level(book->queue, 0, &level));
    return level.taken;
}

Test(recovery, a_mark_that_ran_ahead_tells_what_was_taken)
{
    static const struct queue_type *const types[] = {&queue_classic, &queue_priority};
    for (size_t i = 0; i < 2; i++) {
        uint64_t step = i == 0 ? 1 : 256; // with a level in the low octet
        struct book book;
        book_init(&book, types[i]);
        for (uint64_t position = 1; position <= 4; position++) {
            restore(&book, position * step, 8 * position);
        }
        queue_mark(book.queue, 2 * step);
        queue_restored(book.queue);
        cr_assert_eq(taken_of(&book), 2, "perhaps, before the restart");
        queue_mark(book.queue, 9 * step);
        cr_assert_eq(taken_of(&book), 2);
        for (uint64_t position = 1; position <= 3; position++) {
            use(&book, position * step);
        }
        cr_assert_eq(taken_of(&book), 3);
        use(&book, 4 * step);
        cr_assert_eq(taken_of(&book), 4);
        book_finish(&book);
    }
}

Test(recovery, expiry_stays_with_its_place)
{
    struct book book;
    book_init(&book, &queue_classic);
    for (uint64_t n = 0; n < 3000; n++) {
        uint64_t position = n * 7 % 3000 + 1;
        struct stored stored = stored_at(position, 8 * position);
        stored.expires = position % 3 ? position * 10 : QUEUE_NEVER;
        queue_restore(book.queue, &stored);
    }
    cr_assert_eq(forget(&book, 1, 1000), 1000);
    cr_assert_eq(forget(&book, 1500, 1), 1);
    queue_restored(book.queue);
    push(&book, 1);
    for (uint64_t position = 1001; position <= 3000; position++) {
        if (position != 1500) {
            uint64_t expires = position % 3 ? position * 10 : QUEUE_NEVER;
            cr_assert_eq(queue_expires_next(book.queue), expires);
            cr_assert_eq(use(&book, position).expires, expires);
        }
    }
    cr_assert_eq(queue_expires_next(book.queue), QUEUE_NEVER);
    book_finish(&book);
}

/* Octets that the chunks of a fifo take. */
static uint64_t size_of(const struct fifo *fifo)
{
    uint64_t size = fifo->cap * sizeof *fifo->chunks;
    for (uint32_t i = 0; i < fifo_chunk_count(fifo); i++) {
        size += sizeof(struct slot_chunk) + fifo_chunk_at(fifo, i)->cap * sizeof(struct slot);
    }
    return size;
}

Test(recovery, a_place_takes_16_octets)
{
    struct fifo fifo = {0};
    for (uint64_t n = 1; n <= 500000; n++) {
        struct stored stored = stored_at(n, 8 * n);
        fifo_restore(&fifo, &stored);
    }
    cr_assert_lt(size_of(&fifo), 500000 * 16.2);
    fifo_pack(&fifo);
    cr_assert_lt(size_of(&fifo), 500000 * 16.2);
    fifo_clear(&fifo, NULL);
}

Test(recovery, few_that_are_left_of_many_take_little)
{
    struct fifo fifo = {0};
    uint64_t bytes = 0;
    for (uint64_t n = 1; n <= 500000; n++) {
        struct stored stored = stored_at(n, 8 * n);
        fifo_restore(&fifo, &stored);
        if (n > 3000 && (n - 3000) % 1000) {
            fifo_forget(&fifo, &(struct run){n - 3000, 1}, &bytes);
        }
    }
    fifo_forget(&fifo, &(struct run){497001, 2999}, &bytes);
    cr_assert_eq(fifo.count, 498);
    cr_assert_lt(size_of(&fifo), 498 * 400, "while it is recovered");
    fifo_pack(&fifo);
    cr_assert_lt(size_of(&fifo), 498 * 18, "afterwards");
    for (uint64_t n = 1000; n < 497000; n += 1000) {
        struct delivery delivery;
        cr_assert(fifo_take(&fifo, &delivery));
        cr_assert_eq(delivery.position, n);
        msg_unref(delivery.msg);
    }
    fifo_clear(&fifo, NULL);
}

/* Their lengths do not fit a slot. */
Test(recovery, enormous_lengths_are_kept_all_the_same)
{
    struct book book;
    book_init(&book, &queue_classic);
    struct stored stored = stored_at(3, 8);
    stored.body_len = 1 << 30;
    stored.rest_len = 1 << 24;
    cr_assert_eq(queue_restore(book.queue, &stored), QUEUE_RESTORE_ADDED);
    cr_assert_eq(restore(&book, 2, 16), QUEUE_RESTORE_ADDED);
    stored.at = 24;
    cr_assert_eq(queue_restore(book.queue, &stored), QUEUE_RESTORE_REPLACED);
    stored.position = 9;
    cr_assert_eq(queue_restore(book.queue, &stored), QUEUE_RESTORE_ADDED);
    uint64_t bytes = 0;
    cr_assert_eq(queue_forget(book.queue, &(struct run){9, 1}, &bytes), 1);
    cr_assert_eq(bytes, 1 << 30);
    queue_restored(book.queue);
    cr_assert_eq(book.residency.bytes, 0);
    use(&book, 2);
    struct delivery delivery;
    cr_assert(queue_take(book.queue, &delivery));
    cr_assert_eq(delivery.msg->stored_at, 24);
    cr_assert_eq(msg_stored_octets(delivery.msg), stored_octets(1 << 30, 1 << 24));
    cr_assert_eq(delivery.msg->body_len, 1 << 30);
    queue_requeue(book.queue, &delivery);
    use(&book, 3);
    book_finish(&book);
}

Test(recovery, enormous_lengths_are_found_after_packing)
{
    struct book book;
    book_init(&book, &queue_classic);
    for (uint64_t position = 1; position <= 1022; position++) {
        restore(&book, position, 80000 + 8 * position);
    }
    struct stored stored = stored_at(1023, 80);
    stored.rest_len = 1 << 24;
    cr_assert_eq(queue_restore(book.queue, &stored), QUEUE_RESTORE_ADDED);
    cr_assert_eq(forget(&book, 1, 1021), 1021);
    queue_restored(book.queue);
    struct move move = {80, 160000};
    struct moves moves = {&move, 1, &book.ledger};
    cr_assert_eq(queue_relocate(book.queue, &moves), 1);
    use(&book, 1022);
    cr_assert_eq(use(&book, 1023).expires, QUEUE_NEVER);
    book_finish(&book);
}

Test(recovery, copes_with_messages_that_are_there_already)
{
    struct book book;
    book_init(&book, &queue_classic);
    for (uint64_t n = 1; n <= 40; n++) {
        cr_assert_eq(push(&book, n), n);
    }
    uint64_t bytes = 0;
    cr_assert_eq(queue_forget(book.queue, &(struct run){25, 5}, &bytes), 5);
    cr_assert_eq(bytes, 5 * 8);
    cr_assert_eq(restore(&book, 27, 8), QUEUE_RESTORE_ADDED);
    cr_assert_eq(restore(&book, 50, 16), QUEUE_RESTORE_ADDED);
    cr_assert_eq(push(&book, 51), 51);
    queue_restored(book.queue);
    for (uint64_t n = 1; n <= 51; n++) {
        if (n <= 24 || n == 27 || (30 <= n && n <= 40) || n >= 50) {
            struct delivery delivery;
            cr_assert(queue_take(book.queue, &delivery));
            cr_assert_eq(delivery.position, n);
            cr_assert_eq(delivery.msg->stub, n == 27 || n == 50);
            if (delivery.msg->stub) {
                ledger_drop(&book.ledger, delivery.msg->stored_at, msg_stored_octets(delivery.msg));
            } else {
                cr_assert_eq(number_of(delivery.msg), n);
            }
            msg_unref(delivery.msg);
        }
    }
    cr_assert_eq(queue_ready_count(book.queue), 0);
    book_finish(&book);
}

Test(recovery, a_purge_names_what_was_ready_and_nothing_else)
{
    struct book book;
    book_init(&book, &queue_priority);
    for (uint64_t n = 1; n <= 100; n++) {
        restore(&book, n << 8 | n % 2, 8 * n);
    }
    queue_restored(book.queue);
    struct delivery taken[3];
    for (int i = 0; i < 3; i++) {
        cr_assert(queue_take(book.queue, &taken[i])); // 1, 3 and 5, of priority 1
    }
    queue_requeue(book.queue, &taken[0]);
    struct msg *msg = numbered(1);
    msg->persistent = true;
    uint64_t position = queue_push(book.queue, msg);
    struct purged purged = {0};
    cr_assert_eq(queue_purge(book.queue, &purged), 99);
    cr_assert_eq(purged.unstored_count, 1);
    cr_assert_eq(purged.unstored[0].position, position);
    cr_assert_eq(purged.unstored[0].msg, msg);
    uint64_t named = 0;
    for (size_t i = 0; i < purged.run_count; i++) {
        for (uint64_t n = 0; n < purged.runs[i].count; n++, named++) {
            uint64_t which = purged.runs[i].first + 256 * n;
            cr_assert_neq(which, taken[1].position);
            cr_assert_neq(which, taken[2].position);
            cr_assert_eq(which >> 8 & 1, which & 1);
        }
    }
    cr_assert_eq(named, 98);
    cr_assert_eq(book.ledger.live, 2);
    for (int i = 1; i < 3; i++) {
        ledger_drop(&book.ledger, taken[i].msg->stored_at, msg_stored_octets(taken[i].msg));
        msg_unref(taken[i].msg);
    }
    purged_finish(&purged);
    cr_assert_eq(msg->refs, 1);
    msg_unref(msg);
    book_finish(&book);
}

Test(recovery, a_purge_of_many_is_one_run)
{
    struct book book;
    book_init(&book, &queue_classic);
    for (uint64_t n = 1; n <= 100000; n++) {
        restore(&book, n, 8 * n);
    }
    queue_restored(book.queue);
    struct purged purged = {0};
    cr_assert_eq(queue_purge(book.queue, &purged), 100000);
    cr_assert_eq(purged.run_count, 1);
    cr_assert_eq(purged.runs[0].first, 1);
    cr_assert_eq(purged.runs[0].count, 100000);
    purged_finish(&purged);
    book_finish(&book);
}

/* Two queues have a message, of which one has sent it on to a consumer: each place is moved. */
Test(recovery, a_message_of_several_queues_moves_once_for_each)
{
    struct book book;
    book_init(&book, &queue_classic);
    ledger_open(&book.ledger, 8000);
    struct queue *other =
        queue_new(&queue_classic,
                  &(struct queue_options){.keeps = QUEUE_KEEPS_ALL, .residency = &book.residency});
    struct msg *msg = numbered(1);
    msg->persistent = true;
    queue_push(book.queue, msg);
    queue_push(other, msg);
    struct delivery taken;
    queue_push(other, msg);
    cr_assert(queue_take(other, &taken));
    msg->stored_at = 80;
    for (int place = 0; place < 3; place++) {
        ledger_add(&book.ledger, 80, msg_stored_octets(msg));
    }
    struct places places = {0};
    queue_collect(book.queue, 8, 8000, &places);
    queue_collect(other, 8, 8000, &places);
    cr_assert_eq(places.count, 2);
    cr_assert(places.items[0].at == 80 && places.items[0].journaled);
    places_finish(&places);
    struct move move = {80, 8080};
    struct moves moves = {&move, 1, &book.ledger};
    cr_assert_eq(queue_relocate(book.queue, &moves), 1);
    cr_assert_eq(queue_relocate(other, &moves), 1);
    cr_assert(moves_apply(&moves, taken.msg, queue_counts(other, taken.msg)));
    cr_assert_eq(msg->stored_at, 8080);
    cr_assert_eq(book.ledger.segments[0].live, 0);
    cr_assert_eq(book.ledger.segments[1].live, 3);
    ledger_drop(&book.ledger, 8080, msg_stored_octets(msg));
    msg_unref(taken.msg);
    msg_unref(msg);
    queue_free(other);
    book_finish(&book);
}
