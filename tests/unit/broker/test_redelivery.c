#include "broker/outcome.h"
#include "broker/snapshot.h"
#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

static void get(struct story *story, const char *queue)
{
    DO(story, 1, 2, basic_get, .queue = str(queue));
}

static void nack(struct story *story, uint64_t tag)
{
    DO(story, 1, 2, basic_nack, .delivery_tag = tag, .requeue = true);
}

#define QUORUM(story, name, ...) QUEUE(story, name, "x-queue-type", "S:quorum", __VA_ARGS__)

#define Q_LIMIT                                                                                    \
    "{headers=(x-death:[q delivery_limit 1 /q] x-first-death-exchange: x-first-death-queue:q "     \
    "x-first-death-reason:delivery_limit)}"

Test(delivery_limit, tells_how_often_it_was_in_vain)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-queue-type", "S:quorum");
    story_send(story, "q", "a");
    for (uint64_t tag = 1; tag <= 3; tag++) {
        get(story, "q");
        nack(story, tag);
    }
    TOLD(story, "get 1/2 #1 a, 0 left\n"
                "get 1/2 #2 redelivered failed 1 a, 0 left\n"
                "get 1/2 #3 redelivered failed 2 a, 0 left\n");
    story_free(story);
}

Test(delivery_limit, ends_what_comes_back_too_often)
{
    struct story *story = story_new();
    QUORUM(story, "q", "x-delivery-limit", "I:2");
    story_send(story, "q", "a");
    for (uint64_t tag = 1; tag <= 3; tag++) {
        get(story, "q");
        nack(story, tag);
    }
    get(story, "q");
    TOLD(story, "get 1/2 #1 a, 0 left\n"
                "get 1/2 #2 redelivered failed 1 a, 0 left\n"
                "get 1/2 #3 redelivered failed 2 a, 0 left\n"
                "basic_get_empty 1/2 cluster_id=\n");
    COUNTED(story, messages_ready, 0);
    COUNTED(story, settled, 1);
    story_free(story);
}

Test(delivery_limit, of_a_quorum_queue_is_twenty)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-queue-type", "S:quorum");
    QUORUM(story, "p", "x-delivery-limit", "I:-1");
    story_send(story, "q", "a");
    story_send(story, "p", "b");
    for (uint64_t tag = 1; tag <= 42; tag += 2) {
        get(story, "q");
        get(story, "p");
        nack(story, tag);
        nack(story, tag + 1);
    }
    story_was(story, story_text(story));
    get(story, "q");
    get(story, "p");
    TOLD(story, "basic_get_empty 1/2 cluster_id=\n"
                "get 1/2 #43 redelivered failed 21 b, 0 left\n");
    story_free(story);
}

Test(delivery_limit, dead_letters_with_its_reason)
{
    struct story *story = story_new();
    QUORUM(story, "q", "x-delivery-limit", "I:0", "x-dead-letter-exchange",
           "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    story_consume(story, 3, 1, "d", "dead");
    story_send(story, "q", "a");
    get(story, "q");
    nack(story, 1);
    TOLD(story, "get 1/2 #1 a, 0 left\n"
                "deliver 3/1 #1 dead a " Q_LIMIT "\n");
    story_free(story);
}

Test(delivery_limit, counts_what_a_channel_leaves_behind)
{
    struct story *story = story_new();
    QUORUM(story, "q", "x-delivery-limit", "I:1");
    story_send(story, "q", "a");
    story_consume(story, 2, 1, "q", "c");
    story_close_channel(story, 2, 1);
    story_consume(story, 3, 1, "q", "c");
    story_close(story, 3);
    get(story, "q");
    TOLD(story, "deliver 2/1 #1 c a\n"
                "deliver 3/1 #1 redelivered failed 1 c a\n"
                "basic_get_empty 1/2 cluster_id=\n");
    story_free(story);
}

Test(delivery_limit, is_nothing_to_a_classic_queue_without_one)
{
    struct story *story = story_new();
    story_queue(story, "q");
    QUEUE(story, "l", "x-delivery-limit", "I:1");
    story_send(story, "q", "a");
    story_send(story, "l", "b");
    get(story, "q");
    get(story, "l");
    nack(story, 1);
    nack(story, 2);
    get(story, "q");
    get(story, "l");
    nack(story, 4);
    get(story, "l");
    TOLD(story, "get 1/2 #1 a, 0 left\n"
                "get 1/2 #2 b, 0 left\n"
                "get 1/2 #3 redelivered a, 0 left\n"
                "get 1/2 #4 redelivered failed 1 b, 0 left\n"
                "basic_get_empty 1/2 cluster_id=\n");
    story_free(story);
}

Test(delivery_limit, counts_each_message_for_itself_also_by_priority)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-max-priority", "I:3", "x-delivery-limit", "I:5");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("low"));
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("high"),
            .properties = PROPERTIES(story, .flags = PROPERTY_priority, .priority = 2));
    get(story, "q");
    nack(story, 1);
    get(story, "q");
    get(story, "q");
    DO(story, 1, 2, basic_nack, .delivery_tag = 3, .multiple = true, .requeue = true);
    get(story, "q");
    get(story, "q");
    TOLD(story, "get 1/2 #1 high {priority=2}, 1 left\n"
                "get 1/2 #2 redelivered failed 1 high {priority=2}, 1 left\n"
                "get 1/2 #3 low, 0 left\n"
                "get 1/2 #4 redelivered failed 2 high {priority=2}, 1 left\n"
                "get 1/2 #5 redelivered failed 1 low, 0 left\n");
    story_free(story);
}

Test(delivery_limit, forgets_what_is_done_with)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-queue-type", "S:quorum");
    story_send(story, "q", "a b");
    get(story, "q");
    get(story, "q");
    nack(story, 1);
    nack(story, 2);
    DO(story, 1, 1, queue_purge, .queue = SLICE("q"), .no_wait = true);
    story_send(story, "q", "c");
    get(story, "q");
    nack(story, 3);
    get(story, "q");
    story_ack(story, 1, 2, 4);
    TOLD(story, "get 1/2 #1 a, 1 left\n"
                "get 1/2 #2 b, 0 left\n"
                "get 1/2 #3 c, 0 left\n"
                "get 1/2 #4 redelivered failed 1 c, 0 left\n");
    story_free(story);
}

Test(delivery_limit, in_a_transaction_counts_at_its_commit)
{
    struct story *story = story_new();
    QUORUM(story, "q", "x-delivery-limit", "I:0");
    story_send(story, "q", "a");
    DO(story, 1, 2, tx_select);
    get(story, "q");
    nack(story, 1);
    DO(story, 1, 2, tx_rollback);
    nack(story, 1);
    DO(story, 1, 2, tx_commit);
    get(story, "q");
    TOLD(story, "tx_select_ok 1/2\n"
                "get 1/2 #1 a, 0 left\n"
                "tx_rollback_ok 1/2\n"
                "tx_commit_ok 1/2\n"
                "basic_get_empty 1/2 cluster_id=\n");
    story_free(story);
}

/* --- What a start knows. --- */

static struct story *begin(struct shelf *shelf)
{
    struct story *story = story_new_with(&story_durable);
    story->shelf = shelf;
    return story;
}

static void publish(struct story *story, const char *queue, uint8_t delivery_mode)
{
    PUBLISH(story, 1, 1, .routing_key = str(queue), .body = SLICE("m"),
            .properties =
                PROPERTIES(story, .flags = PROPERTY_delivery_mode, .delivery_mode = delivery_mode));
}

/* The broker of another story starts from a snapshot of this one's, if `whole`, or from all records
 * but the snapshot. Sessions of the first end without a word to the journal. */
static struct story *start(struct story *story, struct shelf *shelf, bool whole)
{
    struct story *next = story_new_with(&story_durable);
    struct bytes block = {0};
    uint8_t type;
    shelf_open(shelf, next->broker, shelf->count);
    struct snapshot *snapshot = snapshot_new(story->broker, shelf_end(shelf));
    while (whole && snapshot_next(snapshot, &block, &type)) {
        struct outcome outcome = {.type = type, .payload = bytes_slice(&block)};
        cr_assert(broker_apply(next->broker, &outcome));
    }
    if (!whole) {
        shelf_play(shelf, next->broker, 0, shelf->count);
    }
    broker_restored(next->broker, &next->fx);
    snapshot_free(snapshot);
    bytes_finish(&block);
    next->shelf = shelf;
    return next;
}

static void counts_after_start(bool whole)
{
    struct shelf shelf = {0};
    struct story *story = begin(&shelf);
    QUORUM(story, "q", "x-delivery-limit", "I:3");
    QUEUE(story, "p", "x-max-priority", "I:3", "x-delivery-limit", "I:5");
    publish(story, "q", 1);
    publish(story, "q", 1);
    publish(story, "p", 2);
    for (uint64_t tag = 1; tag <= 6; tag += 2) {
        get(story, "q");
        get(story, "p");
        nack(story, tag);
        nack(story, tag + 1);
    }
    get(story, "q"); // the fourth time for the first, and nobody says what came of it
    get(story, "q");
    story_ack(story, 1, 2, 8);
    struct story *next = start(story, &shelf, whole);
    get(next, "q");
    nack(next, 1);
    get(next, "q");
    get(next, "p");
    TOLD(next, "get 1/2 #1 redelivered failed 3 m {delivery_mode=1}, 0 left\n"
               "settle queue 1 #260\n"
               "basic_get_empty 1/2 cluster_id=\n"
               "get 1/2 #2 redelivered failed 3 m {delivery_mode=2}, 0 left\n");
    story_free(next);
    story_free(story);
    shelf_finish(&shelf);
}

Test(delivery_limit, survives_a_start_from_the_journal)
{
    counts_after_start(false);
}

Test(delivery_limit, survives_a_start_from_a_checkpoint)
{
    counts_after_start(true);
}

Test(delivery_limit, tells_the_journal_of_what_lasts)
{
    struct shelf shelf = {0};
    struct story *story = begin(&shelf);
    QUEUE(story, "q", "x-delivery-limit", "I:3");
    publish(story, "q", 1);
    publish(story, "q", 2);
    story_was(story, story_text(story));
    get(story, "q");
    get(story, "q");
    nack(story, 1);
    nack(story, 2);
    TOLD(story, "get 1/2 #1 m {delivery_mode=1}, 1 left\n"
                "mark queue 1 #2, after 6\n"
                "get 1/2 #2 m {delivery_mode=2}, 0 left, after 6\n"
                "attempts queue 1 #2 failed 1\n");
    story_free(story);
    shelf_finish(&shelf);
}
