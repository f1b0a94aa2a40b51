#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "broker/recovery.h"
#include "broker/snapshot.h"
#include "broker/storage.h"
#include "tests/unit/broker/describe.h"
#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

/* Whatever happens to a broker: another one that is told of it by the journal is the same. */

enum { STEPS = 400, QUEUES = 8, BLOCKS_MAX = 4096 };

struct world {
    struct story *story;
    struct shelf shelf;
    uint64_t seed;
    uint64_t names;
    // A snapshot that is being taken, or has been.
    struct snapshot *snapshot;
    uint64_t snapshot_position;
    struct block {
        uint8_t type;
        struct bytes payload;
    } blocks[BLOCKS_MAX];
    size_t block_count;
    bool snapshot_whole;
};

static uint64_t below(struct world *world, uint64_t limit)
{
    world->seed = world->seed * 6364136223846793005U + 1442695040888963407U;
    return (world->seed >> 33) % limit;
}

static const char *const queue_names[QUEUES] = {"plain",  "levels", "short",   "dying",
                                                "quorum", "auto",   "passing", "mine"};

static void declare(struct world *world, uint64_t which)
{
    struct story *story = world->story;
    struct slice name = str(queue_names[which]);
    switch (which) {
    case 0:
        QUEUE(story, "plain", NULL);
        break;
    case 1:
        QUEUE(story, "levels", "x-max-priority", "I:3", "x-dead-letter-exchange",
              "S:", "x-dead-letter-routing-key", "S:plain");
        break;
    case 2:
        QUEUE(story, "short", "x-max-length", "I:3", "x-dead-letter-exchange", "S:x");
        break;
    case 3:
        QUEUE(story, "dying", "x-message-ttl", "I:30", "x-dead-letter-exchange",
              "S:", "x-dead-letter-routing-key", "S:levels");
        break;
    case 4:
        QUEUE(story, "quorum", "x-queue-type", "S:quorum", "x-delayed-retry-type", "S:failed",
              "x-delayed-retry-min", "I:20", "x-delayed-retry-max", "I:70");
        break;
    case 5:
        DO(story, 1, 1, queue_declare, .queue = name, .durable = true, .auto_delete = true,
           .arguments = story_table(story, "x-expires", "I:200", NULL), .no_wait = true);
        break;
    case 6:
        DO(story, 1, 1, queue_declare, .queue = name, .no_wait = true);
        break;
    default:
        DO(story, 1, 1, queue_declare, .queue = name, .durable = true, .exclusive = true,
           .no_wait = true);
    }
}

static void declare_late(struct story *story)
{
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("late"), .type = SLICE("x-delayed-message"),
       .durable = true, .no_wait = true,
       .arguments = story_table(story, "x-delayed-type", "S:topic", NULL));
}

static void topology(struct world *world)
{
    struct story *story = world->story;
    uint64_t which = below(world, QUEUES);
    const char *queue = queue_names[which];
    const char *exchange = below(world, 2) ? "x" : "y";
    switch (below(world, 14)) {
    case 12:
        DO(story, 1, 1, exchange_delete, .exchange = SLICE("late"), .no_wait = true);
        break;
    case 13:
        declare_late(story);
        story_bind(story, "late", queue, "#");
        break;
    case 0:
        DO(story, 1, 1, queue_delete, .queue = str(queue), .no_wait = true);
        story_close_channel(story, 1, 1); // it may have been refused
        break;
    case 1:
        DO(story, 1, 1, exchange_delete, .exchange = str(exchange), .no_wait = true);
        break;
    case 2:
    case 3:
        DO(story, 1, 1, exchange_declare, .exchange = str(exchange), .type = SLICE("topic"),
           .durable = true, .auto_delete = exchange[0] == 'y', .no_wait = true);
        break;
    case 4:
        DO(story, 1, 1, exchange_bind, .source = SLICE("y"), .destination = SLICE("x"),
           .routing_key = SLICE("#"), .no_wait = true);
        break;
    case 5:
        DO(story, 1, 1, queue_unbind, .queue = str(queue), .exchange = str(exchange),
           .routing_key = SLICE("#"));
        break;
    case 6:
    case 7:
        story_bind(story, exchange, queue, "#");
        break;
    default:
        declare(world, which);
    }
}

static void publish(struct world *world)
{
    struct story *story = world->story;
    char body[24], expiration[8];
    snprintf(body, sizeof body, "m%" PRIu64, ++world->names);
    snprintf(expiration, sizeof expiration, "%d", (int)below(world, 60));
    bool expires = below(world, 6) == 0;
    bool exchange = below(world, 3) == 0;
    uint16_t number = (uint16_t)(1 + below(world, 3));
    PUBLISH(story, 1, number,
            .exchange = exchange ? (below(world, 2) ? SLICE("x") : SLICE("y")) : SLICE(""),
            .routing_key = str(queue_names[below(world, QUEUES)]), .body = str(body),
            .properties = PROPERTIES(story, .delivery_mode = below(world, 4) ? 2 : 1,
                                     .priority = (uint8_t)below(world, 5),
                                     .expiration = expires ? str(expiration) : (struct slice){0}));
}

/* To an exchange that holds it back, if it is there. */
static void publish_late(struct world *world)
{
    struct story *story = world->story;
    char body[24], delay[8];
    declare_late(story);
    snprintf(body, sizeof body, "l%" PRIu64, ++world->names);
    snprintf(delay, sizeof delay, "I:%d", (int)below(world, 200));
    PUBLISH(story, 1, (uint16_t)(1 + below(world, 3)), .exchange = SLICE("late"),
            .routing_key = str(queue_names[below(world, QUEUES)]), .body = str(body),
            .properties = PROPERTIES(story, .delivery_mode = below(world, 4) ? 2 : 1,
                                     .headers = story_table(story, "x-delay", delay, NULL)));
}

static void settle(struct world *world)
{
    struct story *story = world->story;
    uint16_t number = (uint16_t)(1 + below(world, 3));
    if (below(world, 4) == 0) {
        DO(story, 1, number, basic_nack, .multiple = true, .requeue = below(world, 2) == 0);
    } else {
        uint64_t tag = 1 + below(world, 20);
        switch (below(world, 4)) {
        case 0:
            DO(story, 1, number, basic_reject, .delivery_tag = tag);
            break;
        case 1:
            DO(story, 1, number, basic_reject, .delivery_tag = tag, .requeue = true);
            break;
        default:
            DO(story, 1, number, basic_ack, .delivery_tag = tag, .multiple = below(world, 2) == 0);
        }
    }
}

static void consume(struct world *world)
{
    struct story *story = world->story;
    uint16_t number = (uint16_t)(1 + below(world, 3));
    struct slice queue = str(queue_names[below(world, QUEUES)]);
    switch (below(world, 6)) {
    case 0:
        DO(story, 1, number, basic_qos, .prefetch_count = (uint16_t)(1 + below(world, 4)));
        DO(story, 1, number, basic_consume, .queue = queue, .consumer_tag = SLICE("c"),
           .no_wait = true);
        break;
    case 1:
        DO(story, 1, number, basic_consume, .queue = queue, .consumer_tag = SLICE("n"),
           .no_ack = true, .no_wait = true);
        break;
    case 2:
    case 3:
        DO(story, 1, number, basic_cancel,
           .consumer_tag = below(world, 2) ? SLICE("c") : SLICE("n"), .no_wait = true);
        break;
    default:
        DO(story, 1, number, basic_get, .queue = queue, .no_ack = below(world, 4) == 0);
    }
}

static void take_slice(struct world *world)
{
    uint8_t type;
    struct bytes block = {0};
    if (!snapshot_next(world->snapshot, &block, &type)) {
        snapshot_free(world->snapshot);
        world->snapshot = NULL;
        world->snapshot_whole = true;
        bytes_finish(&block);
        return;
    }
    cr_assert_lt(world->block_count, BLOCKS_MAX);
    world->blocks[world->block_count++] = (struct block){type, block};
}

static void begin_snapshot(struct world *world)
{
    if (!world->snapshot && !world->snapshot_whole) {
        world->snapshot_position = shelf_end(&world->shelf);
        world->snapshot = snapshot_new(world->story->broker, world->snapshot_position);
    }
}

static void keep_house(struct world *world)
{
    struct story *story = world->story;
    uint64_t end = shelf_end(&world->shelf);
    switch (below(world, 5)) {
    case 0:
        broker_evict(story->broker, 0, end);
        break;
    case 1:
        shelf_compact(&world->shelf, story->broker, 0, below(world, end + 1));
        break;
    case 2:
        begin_snapshot(world);
        break;
    case 3:
        DO(story, 1, 1, queue_purge, .queue = str(queue_names[below(world, QUEUES)]),
           .no_wait = true);
        break;
    default:
        story_wait(story, below(world, 40));
    }
}

/* The ledger counts each place that needs a record, where that is, and no other. */
static void check_ledger(struct broker *broker)
{
    struct broker_places places = {0};
    struct ledger *ledger = broker_ledger(broker);
    broker_collect(broker, 0, UINT64_MAX, &places);
    size_t next = 0;
    for (size_t i = 0; i < ledger->count; i++) {
        uint64_t live = 0;
        for (; next < places.count && places.items[next].place.at < ledger->segments[i].end;
             next++) {
            live++;
        }
        cr_assert_eq(ledger->segments[i].live, live,
                     "segment %zu counts %" PRIu64 ", and has %" PRIu64, i,
                     ledger->segments[i].live, live);
    }
    cr_assert_eq(ledger->live, places.count);
    cr_assert_eq(ledger->elsewhere, 0);
    cr_assert((ledger->octets == 0) == (places.count == 0));
    broker_places_finish(&places);
}

/* A refusal closes the channel, as it does in life. */
static void step(struct world *world)
{
    struct story *story = world->story;
    switch (below(world, 12)) {
    case 0:
    case 1:
        topology(world);
        break;
    case 2:
        consume(world);
        consume(world);
        break;
    case 3:
    case 4:
    case 5:
        settle(world);
        break;
    case 6:
        DO(story, 1, 3, tx_select);
        DO(story, 1, 3, tx_commit);
        break;
    case 7:
        keep_house(world);
        break;
    case 8:
        if (below(world, 10) == 0) {
            story_close(story, 1);
        }
        break;
    case 9:
        publish_late(world);
        publish_late(world);
        break;
    default:
        publish(world);
        publish(world);
    }
    check_ledger(story->broker);
    story->text.len = 0;
    if (world->snapshot && below(world, 3) == 0) {
        take_slice(world);
    }
}

/* Everybody leaves, and what does not last goes. */
static void end(struct world *world)
{
    struct story *story = world->story;
    while (world->snapshot) {
        take_slice(world);
    }
    story_close(story, 1);
    story_wait(story, 0);
    DO(story, 2, 1, queue_delete, .queue = SLICE("passing"), .no_wait = true);
    story_close(story, 2);
    story->text.len = 0;
}

/* Its time is 0, so that nothing has expired: what has in the one, but is behind a transient
 * message there, would be the first in the other and go. */
static struct broker *begin_other(const struct world *world, size_t count)
{
    struct broker *broker = broker_new(&story_durable);
    shelf_open(&world->shelf, broker, count);
    return broker;
}

static void expect_same(struct world *world, struct broker *other, const char *how)
{
    struct effects fx = {0};
    broker_restored(other, &fx);
    for (uint32_t i = 0; i < fx.count; i++) {
        const struct effect *e = &fx.items[i];
        cr_expect(false, "%s: %s of queue %" PRIu64 " #%" PRIu64 " type %u", how,
                  effect_name((enum effect_kind)e->kind), e->queue, e->number, e->channel);
    }
    effects_free(&fx);
    check_ledger(other);
    char *here = describe(world->story->broker);
    char *there = describe(other);
    cr_assert(strcmp(here, there) == 0, "%s: it was\n%s\nand is\n%s", how, here, there);
    free(here);
    free(there);
}

/* Takes one message of the queue. False if there is none. Tells its body, and whether it came as
 * redelivered. */
static bool take(struct channel *channel, const struct shelf *shelf, const char *queue, char *body,
                 bool *redelivered)
{
    struct effects fx = {0};
    bool found = false;
    struct amqp_basic_get get = {.queue = str(queue), .no_ack = true};
    cr_assert_eq(broker_basic_get(channel, &get, &fx), AMQP_OK);
    for (uint32_t i = 0; i < fx.count; i++) {
        const struct effect *e = &fx.items[i];
        if (e->kind == EFFECT_GET) {
            struct msg *msg = e->msg->stub ? shelf_load(shelf, e->msg->stored_at) : msg_ref(e->msg);
            struct slice text = msg_body(msg);
            snprintf(body, 32, "%.*s/%u", (int)text.len, (const char *)text.ptr, msg->priority);
            *redelivered = e->flags & EFFECT_REDELIVERED;
            found = true;
            msg_unref(msg);
        }
    }
    effects_free(&fx);
    return found;
}

static struct channel *open_channel(struct broker *broker, struct session **session)
{
    struct effects fx = {0};
    struct session_options options = {.conn = 7, .user = SLICE("guest"), .vhost = SLICE("/")};
    cr_assert_eq(broker_open_session(broker, &options, session, &fx), AMQP_OK);
    effects_free(&fx);
    return channel_open(*session, 1);
}

static bool exists(struct channel *channel, const char *queue)
{
    struct effects fx = {0};
    struct amqp_queue_declare declare = {.queue = str(queue), .passive = true, .no_wait = true};
    bool found = broker_queue_declare(channel, &declare, &fx) == AMQP_OK;
    effects_free(&fx);
    return found;
}

/* The messages that last come out of both in the same order. */
static void expect_same_order(struct world *world, struct broker *other)
{
    struct session *mine, *theirs;
    struct channel *here = open_channel(world->story->broker, &mine);
    struct channel *there = open_channel(other, &theirs);
    for (int i = 0; i < QUEUES; i++) {
        char body[32], other_body[32];
        bool redelivered, other_redelivered;
        cr_assert_eq(exists(here, queue_names[i]), exists(there, queue_names[i]));
        if (!exists(here, queue_names[i])) {
            continue;
        }
        while (take(there, &world->shelf, queue_names[i], other_body, &other_redelivered)) {
            do { // others were transient
                cr_assert(take(here, &world->shelf, queue_names[i], body, &redelivered),
                          "no %s in %s", other_body, queue_names[i]);
            } while (strcmp(body, other_body) != 0);
            cr_assert(!redelivered || other_redelivered, "%s had been handed out", body);
        }
    }
    struct effects fx = {0};
    session_close(mine, &fx);
    session_close(theirs, &fx);
    effects_free(&fx);
}

static void check_replays(struct world *world)
{
    struct broker *again = begin_other(world, world->shelf.count);
    shelf_play(&world->shelf, again, 0, world->shelf.count);
    shelf_play(&world->shelf, again, 0, world->shelf.count);
    expect_same(world, again, "played twice");
    broker_free(again);
    if (world->snapshot_whole) {
        struct broker *other = begin_other(world, world->shelf.count);
        for (size_t i = 0; i < world->block_count; i++) {
            struct outcome outcome = {.type = world->blocks[i].type,
                                      .payload = bytes_slice(&world->blocks[i].payload)};
            cr_assert(broker_apply(other, &outcome));
        }
        shelf_play(&world->shelf, other, world->snapshot_position, world->shelf.count);
        expect_same(world, other, "from a snapshot");
        broker_free(other);
    }
}

/* Wherever the journal ends, what there is of it makes a broker. */
static void check_prefixes(struct world *world)
{
    for (int i = 0; i < 5; i++) {
        size_t count = below(world, world->shelf.count + 1);
        struct broker *other = begin_other(world, count);
        struct effects fx = {0};
        shelf_play(&world->shelf, other, 0, count);
        broker_restored(other, &fx);
        effects_free(&fx);
        broker_free(other);
    }
}

static void run(uint64_t seed)
{
    struct world *world = memory_new(sizeof *world);
    world->seed = seed;
    world->story = story_new_on(&story_durable, &world->shelf);
    for (int i = 0; i < STEPS; i++) {
        step(world);
    }
    end(world);
    check_replays(world);
    check_prefixes(world);
    struct broker *other = begin_other(world, world->shelf.count);
    shelf_play(&world->shelf, other, 0, world->shelf.count);
    expect_same(world, other, "played");
    broker_set_time(other, world->story->now_ms, 0);
    expect_same_order(world, other);
    broker_free(other);
    story_free(world->story);
    for (size_t i = 0; i < world->block_count; i++) {
        bytes_finish(&world->blocks[i].payload);
    }
    shelf_finish(&world->shelf);
    free(world);
}

Test(recovery_random, a_broker_that_is_told_of_everything_is_the_same)
{
    const char *given = getenv("LEVERET_SEED");
    uint64_t first = given ? strtoull(given, NULL, 10) : 1;
    for (uint64_t seed = first; seed < first + (given ? 1 : 100); seed++) {
        fprintf(stderr, "seed %" PRIu64 "\n", seed);
        run(seed);
    }
}
