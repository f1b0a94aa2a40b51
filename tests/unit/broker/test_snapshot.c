#include "broker/snapshot.h"

#include "base/bytes.h"
#include "broker/outcome.h"
#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

static struct story *begin(struct shelf *shelf)
{
    struct story *story = story_new_with(&story_durable);
    story->shelf = shelf;
    return story;
}

static void publish(struct story *story, uint8_t delivery_mode, uint8_t priority)
{
    PUBLISH(story, 1, 1, .exchange = SLICE(""), .routing_key = SLICE("q"), .body = SLICE("m"),
            .properties = PROPERTIES(story, .flags = PROPERTY_delivery_mode | PROPERTY_priority,
                                     .delivery_mode = delivery_mode, .priority = priority));
}

/* How many messages a broker has that knows nothing but the snapshot. */
static uint64_t ready_after(struct story *story, struct shelf *shelf)
{
    struct broker *broker = broker_new(&story_durable);
    struct effects fx = {0};
    struct bytes block = {0};
    uint8_t type;
    shelf_open(shelf, broker, shelf->count);
    struct snapshot *snapshot = snapshot_new(story->broker, shelf_end(shelf));
    while (snapshot_next(snapshot, &block, &type)) {
        struct outcome outcome = {.type = type, .payload = bytes_slice(&block)};
        cr_assert(broker_apply(broker, &outcome));
    }
    broker_restored(broker, &fx);
    uint64_t ready = broker_counters(broker)->messages_ready;
    snapshot_free(snapshot);
    bytes_finish(&block);
    effects_free(&fx);
    broker_free(broker);
    return ready;
}

static void end(struct story *story, struct shelf *shelf)
{
    story_free(story);
    shelf_finish(shelf);
}

Test(snapshot, has_what_is_behind_many_messages_that_do_not_last)
{
    struct shelf shelf = {0};
    struct story *story = begin(&shelf);
    story_queue(story, "q");
    for (int i = 0; i < 1000; i++) {
        publish(story, 1, 0);
    }
    publish(story, 2, 0);
    cr_expect_eq(ready_after(story, &shelf), 1);
    end(story, &shelf);
}

Test(snapshot, has_all_priorities_though_there_is_nothing_of_some)
{
    struct shelf shelf = {0};
    struct story *story = begin(&shelf);
    QUEUE(story, "q", "x-max-priority", "I:5");
    publish(story, 2, 1);
    DO(story, 1, 2, basic_get, .queue = SLICE("q"), .no_ack = true);
    publish(story, 2, 3);
    publish(story, 2, 5);
    cr_expect_eq(ready_after(story, &shelf), 2);
    end(story, &shelf);
}
