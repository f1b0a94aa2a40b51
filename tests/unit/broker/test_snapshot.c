#include "broker/snapshot.h"

#include "base/bytes.h"
#include "broker/outcome.h"
#include "broker/topology.h"
#include "broker/view.h"
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

/* A broker that knows nothing but the snapshot. */
static struct broker *restored(struct story *story, struct shelf *shelf)
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
    snapshot_free(snapshot);
    bytes_finish(&block);
    effects_free(&fx);
    return broker;
}

static uint64_t ready_after(struct story *story, struct shelf *shelf)
{
    struct broker *broker = restored(story, shelf);
    uint64_t ready = broker_counters(broker)->messages_ready;
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

static void expect_declared_by(struct broker *broker, const char *exchange, const char *user)
{
    struct arena arena = {0};
    struct exchange_view view;
    struct view_scope scope = {.vhost = SLICE("/"), .arena = &arena};
    cr_assert(view_exchange(broker, &scope, str(exchange), &view));
    cr_expect(slice_eq(view.user, str(user)), "%s: %.*s", exchange, (int)view.user.len,
              (const char *)view.user.ptr);
    arena_finish(&arena);
}

Test(snapshot, knows_who_declared_an_exchange)
{
    struct shelf shelf = {0};
    struct story *story = begin(&shelf);
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("topic"),
       .durable = true);
    expect_declared_by(story->broker, "x", "guest");
    struct broker *broker = restored(story, &shelf);
    expect_declared_by(broker, "x", "guest");
    expect_declared_by(broker, "amq.topic", "rmq-internal");
    broker_free(broker);
    struct story *again = story_new_with(&story_durable); // so do the records
    shelf_open(&shelf, again->broker, shelf.count);
    shelf_play(&shelf, again->broker, 0, shelf.count);
    expect_declared_by(again->broker, "x", "guest");
    story_free(again);
    end(story, &shelf);
}

Test(snapshot, of_old_does_not_know_who_declared_an_exchange)
{
    struct broker *broker = broker_new(&story_durable);
    struct topology entries[] = {
        {.kind = TOPOLOGY_vhost_put, .vhost_put = {.name = SLICE("/")}},
        {.kind = TOPOLOGY_exchange_put,
         .exchange_put = {.vhost = SLICE("/"), .name = SLICE("x"), .type = SLICE("fanout")}},
    };
    struct bytes payload = {0};
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        topology_encode(&entries[i], &payload);
    }
    struct outcome outcome = {OUTCOME_TOPOLOGY, bytes_slice(&payload), 0};
    cr_assert(broker_apply(broker, &outcome));
    expect_declared_by(broker, "x", "");
    bytes_finish(&payload);
    broker_free(broker);
}
