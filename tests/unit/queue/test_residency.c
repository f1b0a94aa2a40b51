#include "queue/residency.h"

#include "queue/ledger.h"
#include "queue/purged.h"
#include "tests/unit/queue/kit.h"

/* A broker's queues, the journal being whatever the test says that it is. */
struct shelf {
    struct ledger ledger;
    struct residency residency;
    struct queue *kept;      // persistent messages of it are in the journal
    struct queue *transient; // none of it are
    uint64_t at;
};

static void shelf_init(struct shelf *shelf)
{
    *shelf = (struct shelf){.at = 1000};
    ledger_open(&shelf->ledger, 1000);
    residency_init(&shelf->residency, &shelf->ledger);
    struct queue_options options = {.keeps = QUEUE_KEEPS_PERSISTENT,
                                    .residency = &shelf->residency};
    shelf->kept = queue_new(&queue_classic, &options);
    options.keeps = QUEUE_KEEPS_NONE;
    shelf->transient = queue_new(&queue_classic, &options);
}

static void shelf_finish(struct shelf *shelf)
{
    queue_free(shelf->kept);
    queue_free(shelf->transient);
    cr_assert_eq(shelf->residency.bytes, 0);
    cr_assert_eq(shelf->ledger.live, 0);
    ledger_finish(&shelf->ledger);
}

static struct msg *sized(uint64_t number, uint32_t body_len, bool persistent)
{
    struct msg_parts parts = {.routing_key = SLICE("k"), .body_len = 8, .persistent = persistent};
    struct msg *msg = msg_new(&parts);
    memcpy(msg_body_room(msg), &number, sizeof number);
    return body_len > 8 ? msg_resize(msg, body_len) : msg;
}

/* As the journal does when it has the record. */
static void write(struct shelf *shelf, struct msg *msg, bool counted)
{
    msg->stored_at = shelf->at;
    shelf->at += msg_stored_octets(msg);
    if (counted) {
        ledger_add(&shelf->ledger, msg->stored_at, msg_stored_octets(msg));
    }
}

static void fill(struct shelf *shelf, uint64_t count, uint32_t body_len)
{
    for (uint64_t i = 0; i < count; i++) {
        struct msg *msg = sized(i, body_len, true);
        queue_push(shelf->kept, msg);
        write(shelf, msg, true);
        msg_unref(msg);
    }
}

/* Takes one and is done with it. */
static struct delivery use(struct shelf *shelf, struct queue *queue)
{
    struct delivery delivery;
    cr_assert(queue_take(queue, &delivery));
    if (queue_counts(queue, delivery.msg)) {
        ledger_drop(&shelf->ledger, delivery.msg->stored_at, msg_stored_octets(delivery.msg));
    }
    msg_unref(delivery.msg);
    return delivery;
}

Test(residency, counts_what_is_ready_and_each_message_once)
{
    struct shelf shelf;
    shelf_init(&shelf);
    struct msg *msg = sized(1, 500, false);
    queue_push(shelf.kept, msg);
    queue_push(shelf.transient, msg);
    queue_push(shelf.transient, msg);
    cr_assert_eq(shelf.residency.bytes, msg_size(msg));
    use(&shelf, shelf.transient);
    use(&shelf, shelf.kept);
    cr_assert_eq(shelf.residency.bytes, msg_size(msg));
    use(&shelf, shelf.transient);
    cr_assert_eq(shelf.residency.bytes, 0);
    msg_unref(msg);
    shelf_finish(&shelf);
}

Test(residency, what_is_written_goes_oldest_first_and_comes_back_as_a_stub)
{
    struct shelf shelf;
    shelf_init(&shelf);
    fill(&shelf, 5000, 200);
    uint64_t before = shelf.residency.bytes;
    uint64_t gone = residency_evict(&shelf.residency, before / 2, shelf.at);
    cr_assert(gone >= 2500 && gone < 2500 + 1100);
    cr_assert_leq(shelf.residency.bytes, before / 2);
    cr_assert_eq(shelf.ledger.live, 5000, "what is in the journal is counted as before");
    for (uint64_t i = 0; i < 5000; i++) {
        struct delivery delivery;
        cr_assert(queue_take(shelf.kept, &delivery));
        cr_assert_eq(delivery.position, i + 1);
        cr_assert_eq(delivery.msg->stub, i < gone);
        cr_assert_eq(delivery.msg->body_len, 200);
        cr_assert_eq(delivery.msg->stored_at, 1000 + i * msg_stored_octets(delivery.msg));
        ledger_drop(&shelf.ledger, delivery.msg->stored_at, msg_stored_octets(delivery.msg));
        msg_unref(delivery.msg);
    }
    shelf_finish(&shelf);
}

Test(residency, nothing_goes_before_it_is_written)
{
    struct shelf shelf;
    shelf_init(&shelf);
    fill(&shelf, 100, 5000);
    cr_assert_eq(residency_evict(&shelf.residency, 0, 999), 0);
    uint64_t octets = stored_octets(5000, 3);
    cr_assert_eq(residency_evict(&shelf.residency, 0, 1000 + 9 * octets), 10);
    cr_assert_eq(residency_evict(&shelf.residency, 0, 1000 + 9 * octets), 0);
    cr_assert_eq(residency_evict(&shelf.residency, 0, shelf.at), 90);
    cr_assert_eq(shelf.residency.bytes, 0);
    shelf_finish(&shelf);
}

Test(residency, nothing_goes_while_there_is_room)
{
    struct shelf shelf;
    shelf_init(&shelf);
    fill(&shelf, 1000, 100);
    cr_assert_eq(residency_evict(&shelf.residency, shelf.residency.bytes, shelf.at), 0);
    shelf_finish(&shelf);
}

Test(residency, a_little_that_is_still_growing_stays)
{
    struct shelf shelf;
    shelf_init(&shelf);
    fill(&shelf, 3, 100);
    cr_assert_eq(residency_evict(&shelf.residency, 0, shelf.at), 0);
    fill(&shelf, 23, 100);
    cr_assert_eq(residency_evict(&shelf.residency, 0, shelf.at), 26);
    shelf_finish(&shelf);
}

Test(residency, a_spilled_message_is_in_the_ledger_once_only_the_journal_has_it)
{
    struct shelf shelf;
    shelf_init(&shelf);
    for (uint64_t i = 0; i < 1000; i++) {
        struct msg *msg = sized(i, 100, i % 2);
        queue_push(shelf.transient, msg);
        msg_unref(msg);
    }
    cr_assert_eq(residency_evict(&shelf.residency, 0, shelf.at), 0);
    struct msg *found[1000];
    size_t count, spilled = 0;
    for (; (count = residency_unstored(&shelf.residency, found, 10)) > 0; spilled += count) {
        for (size_t i = 0; i < count; i++) {
            write(&shelf, found[i], false);
        }
    }
    cr_assert_eq(spilled, 1000);
    cr_assert_eq(shelf.ledger.live, 0);
    cr_assert_eq(residency_evict(&shelf.residency, 0, shelf.at), 1000);
    cr_assert_eq(shelf.ledger.live, 1000);
    cr_assert_eq(shelf.residency.bytes, 0);
    for (int i = 0; i < 400; i++) {
        use(&shelf, shelf.transient);
    }
    cr_assert_eq(shelf.ledger.live, 600);
    struct purged purged = {0};
    cr_assert_eq(queue_purge(shelf.transient, &purged), 600);
    cr_assert_eq(purged.run_count, 0, "the journal was told of a queue that it does not know");
    purged_finish(&purged);
    shelf_finish(&shelf);
}

Test(residency, content_stays_if_its_record_is_gone)
{
    struct shelf shelf;
    shelf_init(&shelf);
    struct msg *msg = sized(1, 9000, true);
    queue_push(shelf.transient, msg);
    write(&shelf, msg, false); // another queue had it, which is done with it
    ledger_open(&shelf.ledger, 20000);
    ledger_close(&shelf.ledger, 1000);
    cr_assert_eq(residency_evict(&shelf.residency, 0, 30000), 0);
    struct msg *found;
    cr_assert_eq(residency_unstored(&shelf.residency, &found, 1), 1);
    cr_assert_eq(found, msg);
    shelf.at = 24000;
    write(&shelf, msg, false);
    cr_assert_eq(residency_evict(&shelf.residency, 0, 30000), 1);
    cr_assert_eq(ledger_find(&shelf.ledger, 24000)->live, 1);
    msg_unref(msg);
    shelf_finish(&shelf);
}

Test(residency, persistent_and_transient_ones_may_take_turns)
{
    struct shelf shelf;
    shelf_init(&shelf);
    for (uint64_t i = 0; i < 4000; i++) {
        struct msg *msg = sized(i, 100, i % 3 == 0);
        queue_push_until(shelf.kept, msg, i % 5 == 0 ? i : QUEUE_NEVER);
        if (msg->persistent) {
            write(&shelf, msg, true);
        }
        msg_unref(msg);
    }
    uint64_t gone = 0;
    for (int i = 0; i < 50; i++) {
        gone += residency_evict(&shelf.residency, 0, shelf.at);
    }
    cr_assert_eq(gone, 1334);
    for (uint64_t i = 0; i < 4000; i++) {
        struct delivery delivery;
        cr_assert_eq(queue_expires_next(shelf.kept), i % 5 == 0 ? i : QUEUE_NEVER);
        cr_assert(queue_take(shelf.kept, &delivery));
        cr_assert_eq(delivery.expires, i % 5 == 0 ? i : QUEUE_NEVER);
        cr_assert_eq(delivery.msg->stub, i % 3 == 0);
        queue_requeue(shelf.kept, &delivery);
        use(&shelf, shelf.kept);
    }
    shelf_finish(&shelf);
}

/* Their lengths do not fit a slot. */
Test(residency, enormous_properties_stay_in_memory)
{
    struct shelf shelf;
    shelf_init(&shelf);
    uint8_t *properties = calloc(1, 1 << 24);
    struct msg_parts parts = {.properties = {properties, 1 << 24}, .persistent = true};
    struct msg *msg = msg_new(&parts);
    queue_push(shelf.kept, msg);
    write(&shelf, msg, true);
    fill(&shelf, 100, 100);
    cr_assert_eq(residency_evict(&shelf.residency, 0, shelf.at), 100);
    cr_assert_eq(shelf.residency.bytes, msg_size(msg));
    struct delivery delivery = use(&shelf, shelf.kept);
    cr_assert_eq(delivery.msg, msg);
    msg_unref(msg);
    free(properties);
    shelf_finish(&shelf);
}

Test(residency, costs_little_when_nothing_can_go)
{
    struct shelf shelf;
    shelf_init(&shelf);
    for (uint64_t i = 0; i < 100000; i++) {
        struct msg *msg = sized(i, 8, false);
        queue_push(shelf.transient, msg);
        msg_unref(msg);
    }
    for (int i = 0; i < 100000; i++) { // looking at all of them each time would take minutes
        cr_assert_eq(residency_evict(&shelf.residency, 0, shelf.at), 0);
    }
    shelf_finish(&shelf);
}

Test(residency, a_short_queue_takes_a_new_message_into_account_after_it_was_put_aside)
{
    struct shelf shelf;
    shelf_init(&shelf);
    for (uint64_t i = 0; i < 26; i++) { // fills the first chunk
        struct msg *msg = sized(i, 1000, false);
        queue_push(shelf.kept, msg);
        msg_unref(msg);
    }
    cr_assert_eq(residency_evict(&shelf.residency, 0, shelf.at), 0);
    for (int i = 0; i < 26; i++) {
        use(&shelf, shelf.kept);
    }
    fill(&shelf, 20, 1000);
    cr_assert_eq(residency_evict(&shelf.residency, 0, shelf.at), 20);
    shelf_finish(&shelf);
}

static struct queue_extent extent_of(const struct queue *queue)
{
    struct queue_extent extent = {.paged = 0};
    queue_survey(queue, &extent);
    return extent;
}

Test(residency, a_survey_counts_what_has_gone_wherever_it_stands)
{
    struct shelf shelf;
    struct delivery first, second;
    shelf_init(&shelf);
    fill(&shelf, 100, 5000);
    cr_assert_eq(extent_of(shelf.kept).paged, 0);
    cr_assert_not_null(extent_of(shelf.kept).head);
    residency_evict(&shelf.residency, 0, 1000 + 9 * stored_octets(5000, 3));
    cr_assert_eq(extent_of(shelf.kept).paged, 10);
    cr_assert_eq(extent_of(shelf.kept).paged_bytes, 50000);
    cr_assert_null(extent_of(shelf.kept).head, "it is in the journal only");
    cr_assert(queue_take(shelf.kept, &first) && queue_take(shelf.kept, &second));
    cr_assert_eq(extent_of(shelf.kept).paged, 8);
    queue_requeue(shelf.kept, &second);
    cr_assert_eq(extent_of(shelf.kept).paged, 9);
    cr_assert_eq(extent_of(shelf.kept).paged_bytes, 45000);
    cr_assert_eq(extent_of(shelf.kept).returned, 1);
    queue_requeue(shelf.kept, &first);
    cr_assert_eq(use(&shelf, shelf.kept).position, 1);
    for (int i = 1; i < 10; i++) {
        use(&shelf, shelf.kept);
    }
    cr_assert_eq(extent_of(shelf.kept).paged + extent_of(shelf.kept).paged_bytes, 0);
    cr_assert_not_null(extent_of(shelf.kept).head);
    cr_assert_eq(extent_of(shelf.kept).made, 100);
    shelf_finish(&shelf);
}

Test(residency, a_survey_counts_what_was_restored_until_it_is_dropped)
{
    struct shelf shelf;
    uint64_t bytes = 0;
    shelf_init(&shelf);
    for (uint64_t i = 0; i < 50; i++) {
        struct stored stored = {.position = i + 1,
                                .at = 1000 + 64 * i,
                                .expires = QUEUE_NEVER,
                                .body_len = 5,
                                .rest_len = 3,
                                .persistent = true};
        cr_assert_eq(queue_restore(shelf.kept, &stored), QUEUE_RESTORE_ADDED);
    }
    cr_assert_eq(queue_forget(shelf.kept, &(struct run){11, 10}, &bytes), 10);
    cr_assert_eq(extent_of(shelf.kept).paged, 40);
    cr_assert_eq(extent_of(shelf.kept).paged_bytes, 200);
    queue_restored(shelf.kept);
    cr_assert_eq(extent_of(shelf.kept).paged, 40);
    queue_purge(shelf.kept, NULL);
    cr_assert_eq(extent_of(shelf.kept).paged + extent_of(shelf.kept).paged_bytes, 0);
    shelf_finish(&shelf);
}

Test(residency, a_survey_tells_what_a_queue_takes)
{
    struct shelf shelf;
    shelf_init(&shelf);
    uint64_t empty = extent_of(shelf.kept).octets;
    cr_assert_gt(empty, 0);
    fill(&shelf, 10000, 100);
    uint64_t places = extent_of(shelf.kept).octets - empty;
    cr_assert(places > 10000 * 8 && places < 10000 * 9);
    residency_evict(&shelf.residency, 0, shelf.at);
    places = extent_of(shelf.kept).octets - empty;
    cr_assert(places > 10000 * 16 && places < 10000 * 17);
    shelf_finish(&shelf);
}
