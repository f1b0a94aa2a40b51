#include <stdlib.h>

#include "base/blob.h"
#include "queue/msg.h"
#include "tests/unit/broker/story.h"

/* The core against a naive model of AMQP, under random operations of several connections with two
 * channels each. Bodies are numbers that grow, so the order of a queue is that of its numbers. */
enum { CONNS = 3, CHANNELS = 2, QUEUES = 3, TAGS = 3, MESSAGES = 4000 };
enum where { NOWHERE, READY, OUT, DONE };

struct place {
    uint32_t conn;
    uint16_t number;
    int consumer; // 0..TAGS-1; -1: basic.get, or a consumer that is gone
};

struct message {
    enum where where;
    int queue;
    bool handed_out; // before: it is redelivered from then on
    uint64_t tag;
    struct place place;
};

struct subscription {
    bool on;
    bool no_ack;
    int queue;
    uint16_t prefetch;
};

struct model_channel {
    uint64_t tag_last;
    uint16_t prefetch_next;
    struct subscription subscriptions[TAGS];
};

struct model {
    struct story *story;
    struct message messages[MESSAGES];
    uint32_t published;
    struct model_channel channels[CONNS + 1][CHANNELS + 1];
    bool shut[CONNS + 1]; // its window
    uint64_t state;
};

static const char *const queue_names[QUEUES] = {"a", "b", "c"};
static const char *const tag_names[TAGS] = {"x", "y", "z"};

static uint64_t dice(struct model *model, uint64_t sides)
{
    model->state = model->state * 6364136223846793005u + 1442695040888963407u;
    return (model->state >> 33) % sides;
}

static struct model_channel *channel_of(struct model *model, const struct place *place)
{
    return &model->channels[place->conn][place->number];
}

static bool on_channel(const struct message *message, const struct place *place)
{
    return message->where == OUT && message->place.conn == place->conn &&
           message->place.number == place->number;
}

static uint32_t count_out(const struct model *model, const struct place *place)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < model->published; i++) {
        count += on_channel(&model->messages[i], place) &&
                 model->messages[i].place.consumer == place->consumer;
    }
    return count;
}

static uint32_t first_ready(const struct model *model, int queue)
{
    uint32_t i = 0;
    while (i < model->published &&
           (model->messages[i].where != READY || model->messages[i].queue != queue)) {
        i++;
    }
    return i;
}

static int consumer_named(struct slice tag)
{
    for (int i = 0; i < TAGS; i++) {
        if (slice_eq(tag, str(tag_names[i]))) {
            return i;
        }
    }
    cr_assert_fail("a delivery to no consumer");
    return -1;
}

static bool can_take(const struct model *model, const struct place *place)
{
    const struct model_channel *channel = &model->channels[place->conn][place->number];
    const struct subscription *s = &channel->subscriptions[place->consumer];
    bool room = s->no_ack || s->prefetch == 0 || count_out(model, place) < s->prefetch;
    return s->on && !model->shut[place->conn] && room;
}

/* A message has left its queue for this place. */
static void hand_out(struct model *model, const struct effect *e, struct place place, bool no_ack,
                     int queue)
{
    uint32_t number;
    cr_assert_eq(msg_body(e->msg).len, sizeof number);
    memcpy(&number, msg_body(e->msg).ptr, sizeof number);
    struct message *message = &model->messages[number];
    cr_assert_eq(message->where, READY, "message %u is not there to be taken", number);
    cr_assert_eq(message->queue, queue);
    cr_assert_eq(number, first_ready(model, queue), "message %u is out of turn", number);
    cr_assert_eq((e->flags & EFFECT_REDELIVERED) != 0, message->handed_out);
    cr_assert_eq(e->number, ++channel_of(model, &place)->tag_last);
    message->handed_out = true;
    message->where = no_ack ? DONE : OUT;
    message->place = place;
    message->tag = e->number;
}

static void see_delivery(struct model *model, const struct effect *e)
{
    struct place place = {e->conn, e->channel, consumer_named(blob_slice(e->blob))};
    cr_assert(can_take(model, &place), "a consumer gets more than it can take");
    const struct subscription *s = &channel_of(model, &place)->subscriptions[place.consumer];
    hand_out(model, e, place, s->no_ack, s->queue);
}

static void see_deliveries(struct model *model)
{
    struct effects *fx = &model->story->fx;
    for (uint32_t i = 0; i < fx->count; i++) {
        if (fx->items[i].kind == EFFECT_DELIVER) {
            see_delivery(model, &fx->items[i]);
        }
    }
    effects_clear(fx);
}

static void settle(struct message *message, bool requeue)
{
    message->where = requeue ? READY : DONE;
}

static void requeue_channel(struct model *model, const struct place *place)
{
    for (uint32_t i = 0; i < model->published; i++) {
        if (on_channel(&model->messages[i], place)) {
            settle(&model->messages[i], true);
        }
    }
}

static void end_subscription(struct model *model, const struct place *place)
{
    for (uint32_t i = 0; i < model->published; i++) {
        struct message *message = &model->messages[i];
        if (on_channel(message, place) && message->place.consumer == place->consumer) {
            message->place.consumer = -1;
        }
    }
    channel_of(model, place)->subscriptions[place->consumer].on = false;
}

static void do_publish(struct model *model, struct channel *channel)
{
    uint32_t number = model->published;
    int queue = (int)dice(model, QUEUES);
    if (number == MESSAGES) {
        return;
    }
    model->messages[model->published++] = (struct message){.where = READY, .queue = queue};
    struct publish publish = {.routing_key = str(queue_names[queue]),
                              .properties = SLICE("\0\0"),
                              .body = {(const uint8_t *)&number, sizeof number}};
    cr_assert_eq(broker_publish(channel, &publish, &model->story->fx), AMQP_OK);
}

static void do_get(struct model *model, struct channel *channel, struct place place)
{
    struct effects *fx = &model->story->fx;
    int queue = (int)dice(model, QUEUES);
    struct amqp_basic_get args = {.queue = str(queue_names[queue]), .no_ack = dice(model, 2)};
    bool any = first_ready(model, queue) < model->published;
    cr_assert_eq(broker_basic_get(channel, &args, fx), AMQP_OK);
    cr_assert_eq(fx->count, 1);
    cr_assert_eq(fx->items[0].kind, any ? EFFECT_GET : EFFECT_REPLY);
    if (any) {
        place.consumer = -1;
        hand_out(model, &fx->items[0], place, args.no_ack, queue);
    }
}

static void do_consume(struct model *model, struct channel *channel, struct place place)
{
    struct subscription *s = &channel_of(model, &place)->subscriptions[place.consumer];
    if (s->on) {
        return;
    }
    *s = (struct subscription){.on = true,
                               .no_ack = dice(model, 3) == 0,
                               .queue = (int)dice(model, QUEUES),
                               .prefetch = channel_of(model, &place)->prefetch_next};
    struct amqp_basic_consume args = {.queue = str(queue_names[s->queue]),
                                      .consumer_tag = str(tag_names[place.consumer]),
                                      .no_ack = s->no_ack};
    cr_assert_eq(broker_basic_consume(channel, &args, &model->story->fx), AMQP_OK);
}

static void do_cancel(struct model *model, struct channel *channel, struct place place)
{
    end_subscription(model, &place);
    struct amqp_basic_cancel args = {.consumer_tag = str(tag_names[place.consumer])};
    cr_assert_eq(broker_basic_cancel(channel, &args, &model->story->fx), AMQP_OK);
}

/* Any tag near those that are out, known or not. */
static void do_settle(struct model *model, struct channel *channel, struct place place)
{
    uint64_t tag = channel_of(model, &place)->tag_last + 1 - dice(model, 12);
    bool multiple = dice(model, 3) == 0, requeue = dice(model, 2), known = false;
    for (uint32_t i = 0; i < model->published; i++) {
        known |= on_channel(&model->messages[i], &place) && model->messages[i].tag == tag;
    }
    bool all = multiple && tag == 0;
    for (uint32_t i = 0; (known || all) && i < model->published; i++) {
        struct message *message = &model->messages[i];
        if (on_channel(message, &place) &&
            (all || message->tag == tag || (multiple && message->tag < tag))) {
            settle(message, requeue);
        }
    }
    struct amqp_basic_nack args = {.delivery_tag = tag, .multiple = multiple, .requeue = requeue};
    enum amqp_reply reply = broker_basic_nack(channel, &args, &model->story->fx);
    cr_assert_eq(reply, known || all ? AMQP_OK : AMQP_PRECONDITION_FAILED);
}

static void do_recover(struct model *model, struct channel *channel, struct place place)
{
    requeue_channel(model, &place);
    struct amqp_basic_recover args = {.requeue = true};
    cr_assert_eq(broker_basic_recover(channel, &args, &model->story->fx), AMQP_OK);
}

static void do_close(struct model *model, struct channel *channel, struct place place)
{
    requeue_channel(model, &place);
    *channel_of(model, &place) = (struct model_channel){0};
    channel_close(channel, &model->story->fx);
    model->story->channels[place.conn][place.number] = NULL;
}

static void do_window(struct model *model, uint32_t conn)
{
    model->shut[conn] = dice(model, 3) == 0;
    session_set_window(story_session(model->story, conn), model->shut[conn] ? 0 : INT64_MAX / 2,
                       &model->story->fx);
}

static void do_purge(struct model *model, struct channel *channel)
{
    int queue = (int)dice(model, QUEUES);
    for (uint32_t i = 0; i < model->published; i++) {
        struct message *message = &model->messages[i];
        if (message->where == READY && message->queue == queue) {
            message->where = DONE;
        }
    }
    struct amqp_queue_purge args = {.queue = str(queue_names[queue])};
    cr_assert_eq(broker_queue_purge(channel, &args, &model->story->fx), AMQP_OK);
}

static void step(struct model *model)
{
    struct place place = {.conn = 1 + (uint32_t)dice(model, CONNS),
                          .number = 1 + (uint16_t)dice(model, CHANNELS),
                          .consumer = (int)dice(model, TAGS)};
    struct channel *channel = story_channel(model->story, place.conn, place.number);
    uint64_t what = dice(model, 100);
    if (what < 40) {
        do_publish(model, channel);
    } else if (what < 45) {
        do_get(model, channel, place);
    } else if (what < 52) {
        do_consume(model, channel, place);
    } else if (what < 56) {
        do_cancel(model, channel, place);
    } else if (what < 90) {
        do_settle(model, channel, place);
    } else if (what < 92) {
        do_recover(model, channel, place);
    } else if (what < 94) {
        do_close(model, channel, place);
    } else if (what < 96) {
        do_window(model, place.conn);
    } else if (what < 97) {
        do_purge(model, channel);
    } else {
        struct amqp_basic_qos args = {.prefetch_count = (uint16_t)dice(model, 4)};
        channel_of(model, &place)->prefetch_next = args.prefetch_count;
        cr_assert_eq(broker_basic_qos(channel, &args, &model->story->fx), AMQP_OK);
    }
    see_deliveries(model);
}

/* Nobody waits who could be served, and the counters are right. */
static void check(struct model *model)
{
    uint32_t ready = 0, out = 0, consumers = 0;
    for (uint32_t i = 0; i < model->published; i++) {
        ready += model->messages[i].where == READY;
        out += model->messages[i].where == OUT;
    }
    for (uint32_t conn = 1; conn <= CONNS; conn++) {
        for (int i = 0; i < CHANNELS * TAGS; i++) {
            struct place place = {conn, (uint16_t)(1 + i / TAGS), i % TAGS};
            const struct subscription *s = &channel_of(model, &place)->subscriptions[i % TAGS];
            consumers += s->on;
            cr_assert(!can_take(model, &place) || first_ready(model, s->queue) == model->published,
                      "a message waits though a consumer could take it");
        }
    }
    COUNTED(model->story, messages_ready, ready);
    COUNTED(model->story, messages_unsettled, out);
    COUNTED(model->story, consumers, consumers);
    COUNTED(model->story, published, model->published);
}

/* Everybody goes, having been given nothing more. */
static void close_all(struct model *model)
{
    struct story *story = model->story;
    for (uint32_t conn = 1; conn <= CONNS; conn++) {
        session_set_window(story_session(story, conn), 0, &story->fx);
    }
    for (uint32_t conn = 1; conn <= CONNS; conn++) {
        for (uint16_t number = 1; number <= CHANNELS; number++) {
            struct place place = {.conn = conn, .number = number};
            requeue_channel(model, &place);
            *channel_of(model, &place) = (struct model_channel){0};
        }
        story_close(story, conn);
    }
    TOLD(story, "");
}

/* What is left comes out in order, and that is all. */
static void drain(struct model *model)
{
    struct effects *fx = &model->story->fx;
    struct place place = {.conn = 1, .number = 1, .consumer = -1};
    for (int queue = 0; queue < QUEUES; queue++) {
        while (first_ready(model, queue) < model->published) {
            struct amqp_basic_get args = {.queue = str(queue_names[queue]), .no_ack = true};
            broker_basic_get(story_channel(model->story, 1, 1), &args, fx);
            cr_assert_eq(fx->items[0].kind, EFFECT_GET);
            hand_out(model, &fx->items[0], place, true, queue);
            effects_clear(fx);
        }
    }
    COUNTED(model->story, messages_ready, 0);
    COUNTED(model->story, messages_unsettled, 0);
}

static void play(uint64_t seed)
{
    struct model *model = calloc(1, sizeof *model);
    model->story = story_new();
    model->state = seed;
    for (int i = 0; i < QUEUES; i++) {
        story_queue(model->story, queue_names[i]);
    }
    for (int i = 0; i < 1500; i++) {
        step(model);
        check(model);
    }
    cr_assert_gt(broker_counters(model->story->broker)->settled, 200);
    close_all(model);
    drain(model);
    story_free(model->story);
    free(model);
}

Test(random, operations_lose_nothing_and_keep_every_queue_in_order)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        play(seed);
    }
}
