#include <stdio.h>

#include "tests/unit/broker/story.h"

static uint64_t dice(uint64_t *state, uint64_t sides)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (*state >> 33) % sides;
}

static struct slice one_of(uint64_t *state, const char *const *words, uint64_t count)
{
    return str(words[dice(state, count)]);
}

/* One of anything that a client can do, sensible or not. */
static void anything(struct story *story, uint64_t *state)
{
    static const char *const queues[] = {"q", "p", "amq.no", "", "x"};
    static const char *const exchanges[] = {"amq.topic", "amq.fanout", "x", "y", "", "nope"};
    static const char *const keys[] = {"q", "p", "a.b", "a.#", "#", ""};
    static const char *const types[] = {"direct", "topic", "fanout", "headers", "zork"};
    static const char *const tags[] = {"one", "two", ""};
    uint32_t conn = 1 + (uint32_t)dice(state, 3);
    uint16_t number = 1 + (uint16_t)dice(state, 2);
    bool a = dice(state, 2), b = dice(state, 4) == 0;
    struct slice queue = one_of(state, queues, 5), exchange = one_of(state, exchanges, 6);
    struct slice key = one_of(state, keys, 6), tag = one_of(state, tags, 3);
    switch (dice(state, 24)) {
    case 0:
        DO(story, conn, number, queue_declare, .queue = queue, .durable = a, .exclusive = b);
        break;
    case 1:
        DO(story, conn, number, queue_declare, .queue = queue, .auto_delete = b, .passive = a);
        break;
    case 2:
        DO(story, conn, number, exchange_declare, .exchange = exchange,
           .type = one_of(state, types, 5), .durable = true, .auto_delete = b);
        break;
    case 3:
        DO(story, conn, number, queue_bind, .queue = queue, .exchange = exchange,
           .routing_key = key);
        break;
    case 4:
        DO(story, conn, number, exchange_bind, .destination = one_of(state, exchanges, 6),
           .source = exchange, .routing_key = key);
        break;
    case 5:
        DO(story, conn, number, queue_unbind, .queue = queue, .exchange = exchange,
           .routing_key = key);
        break;
    case 6:
        DO(story, conn, number, basic_qos, .prefetch_count = (uint16_t)dice(state, 4), .global = b);
        break;
    case 7:
    case 8:
        DO(story, conn, number, basic_consume, .queue = queue, .consumer_tag = tag, .no_ack = b);
        break;
    case 9:
        DO(story, conn, number, basic_cancel, .consumer_tag = tag);
        break;
    case 10:
        DO(story, conn, number, basic_get, .queue = queue, .no_ack = b);
        break;
    case 11:
    case 12:
        DO(story, conn, number, basic_ack, .delivery_tag = dice(state, 20), .multiple = a);
        break;
    case 13:
        DO(story, conn, number, basic_nack, .delivery_tag = dice(state, 20), .multiple = b,
           .requeue = a);
        break;
    case 14:
        DO(story, conn, number, basic_recover, .requeue = true);
        break;
    case 15:
        story_window(story, conn, b ? 0 : 1000);
        break;
    case 16:
        if (b) {
            story_close(story, conn);
        } else {
            story_close_channel(story, conn, number);
        }
        break;
    case 17:
        if (b) {
            DO(story, conn, number, tx_select);
        } else {
            DO(story, conn, number, tx_commit);
        }
        break;
    case 18:
        if (b) {
            DO(story, conn, number, confirm_select);
        } else {
            DO(story, conn, number, tx_rollback);
        }
        break;
    case 19:
        if (b) {
            DO(story, conn, number, queue_delete, .queue = queue);
        } else {
            DO(story, conn, number, queue_purge, .queue = queue);
        }
        break;
    default:
        PUBLISH(story, conn, number, .exchange = exchange, .routing_key = key, .body = tag,
                .mandatory = a, .properties = PROPERTIES(story, .delivery_mode = b ? 2 : 1));
    }
}

Test(broker, tells_the_same_story_for_the_same_calls_beside_any_other_broker)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct story *one = story_new(), *two = story_new(), *other = story_new();
        uint64_t state_one = seed, state_two = seed, state_other = seed + 100;
        one->verbatim = two->verbatim = true;
        for (int step = 0; step < 1500; step++) {
            anything(one, &state_one);
            anything(other, &state_other);
        }
        for (int step = 0; step < 1500; step++) {
            anything(two, &state_two);
        }
        cr_assert_gt(one->text.len, 20000);
        cr_assert(slice_eq(bytes_slice(&one->text), bytes_slice(&two->text)), "seed %llu",
                  (unsigned long long)seed);
        story_free(one);
        story_free(two);
        story_free(other);
    }
}

Test(broker, two_in_a_process_know_nothing_of_each_other)
{
    struct story *one = story_new(), *two = story_new();
    story_queue(one, "q");
    story_send(one, "q", "a");
    DO(two, 1, 1, queue_declare, .queue = SLICE("q"), .passive = true);
    TOLD(two, "refuse 404 no queue 'q' in vhost '/'\n");
    story_queue(two, "q");
    DO(two, 1, 1, basic_get, .queue = SLICE("q"));
    TOLD(two, "basic_get_empty 1/1 cluster_id=\n");
    COUNTED(one, messages_ready, 1);
    COUNTED(two, messages_ready, 0);
    story_free(one);
    story_free(two);
}

Test(broker, counts_what_is_there_and_comes_back_to_zero)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "a b d e");
    story_consume(story, 2, 1, "q", "c");
    DO(story, 2, 1, basic_ack, .delivery_tag = 2, .multiple = true);
    COUNTED(story, connections, 2);
    COUNTED(story, channels, 2);
    COUNTED(story, consumers, 1);
    COUNTED(story, queues, 1);
    COUNTED(story, messages_unsettled, 2);
    COUNTED(story, messages_ready, 0);
    COUNTED(story, published, 4);
    COUNTED(story, delivered, 4);
    COUNTED(story, settled, 2);
    story_close(story, 2);
    COUNTED(story, messages_unsettled, 0);
    COUNTED(story, messages_ready, 2);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    story_close(story, 1);
    COUNTED(story, connections, 0);
    COUNTED(story, channels, 0);
    COUNTED(story, consumers, 0);
    COUNTED(story, queues, 0);
    COUNTED(story, messages_ready, 0);
    story_free(story);
}

Test(broker, of_nothing_is_freed_like_any_other)
{
    broker_free(NULL);
    broker_free(broker_new(&story_options));
}
