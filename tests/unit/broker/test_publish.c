#include "queue/msg.h"
#include "tests/unit/broker/story.h"

static void get(struct story *story, const char *queue)
{
    DO(story, 1, 1, basic_get, .queue = str(queue), .no_ack = true);
}

static void send(struct story *story, const char *exchange, const char *key, const char *body)
{
    PUBLISH(story, 1, 1, .exchange = str(exchange), .routing_key = str(key), .body = str(body));
}

Test(publish, to_the_default_exchange_goes_to_the_queue_of_that_name)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_queue(story, "p");
    send(story, "", "q", "a");
    send(story, "", "nope", "b");
    get(story, "q");
    get(story, "p");
    TOLD(story, "get 1/1 #1 a, 0 left\n"
                "basic_get_empty 1/1 cluster_id=\n");
    COUNTED(story, published, 2);
    COUNTED(story, delivered, 1);
    story_free(story);
}

Test(publish, by_direct_fanout_and_topic)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_queue(story, "p");
    story_bind(story, "amq.direct", "q", "a");
    story_bind(story, "amq.fanout", "q", "ignored");
    story_bind(story, "amq.fanout", "p", "");
    story_bind(story, "amq.topic", "p", "a.#");
    story_consume(story, 1, 1, "q", "cq");
    story_consume(story, 1, 1, "p", "cp");
    send(story, "amq.direct", "a", "1");
    send(story, "amq.direct", "b", "2");
    send(story, "amq.fanout", "k", "3");
    send(story, "amq.topic", "a.b.c", "4");
    send(story, "amq.topic", "b", "5");
    TOLD(story, "deliver 1/1 #1 cq 1 via amq.direct/a\n"
                "deliver 1/1 #2 cq 3 via amq.fanout/k\n"
                "deliver 1/1 #3 cp 3 via amq.fanout/k\n"
                "deliver 1/1 #4 cp 4 via amq.topic/a.b.c\n");
    story_free(story);
}

Test(publish, by_headers)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, queue_bind, .queue = SLICE("q"), .exchange = SLICE("amq.match"),
       .arguments = story_table(story, "x-match", "S:any", "a", "I:1", "b", "S:z", NULL));
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.match"), .body = SLICE("yes"),
            .properties = PROPERTIES(story, .headers = story_table(story, "b", "S:z", NULL)));
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.match"), .body = SLICE("no"),
            .properties = PROPERTIES(story, .headers = story_table(story, "b", "S:y", NULL)));
    send(story, "amq.match", "", "nor this");
    get(story, "q");
    get(story, "q");
    TOLD(story, "queue_bind_ok 1/1\n"
                "get 1/1 #1 yes via amq.match/ {headers=(b:z)}, 0 left\n"
                "basic_get_empty 1/1 cluster_id=\n");
    story_free(story);
}

Test(publish, reaches_each_queue_once_however_many_ways_lead_there)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_bind(story, "amq.topic", "q", "#");
    story_bind(story, "amq.topic", "q", "a.*");
    story_exchange(story, "x", "fanout");
    story_bind(story, "x", "q", "");
    DO(story, 1, 1, exchange_bind, .source = SLICE("amq.topic"), .destination = SLICE("x"),
       .routing_key = SLICE("#"), .no_wait = true);
    DO(story, 1, 1, exchange_bind, .source = SLICE("x"), .destination = SLICE("amq.topic"),
       .no_wait = true);
    send(story, "amq.topic", "a.b", "1");
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(publish, an_alternate_exchange_takes_what_nobody_else_takes)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_queue(story, "lost");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("direct"),
       .no_wait = true, .arguments = story_table(story, "alternate-exchange", "S:later", NULL));
    story_bind(story, "x", "q", "k");
    send(story, "x", "other", "too early");
    story_exchange(story, "later", "fanout");
    story_bind(story, "later", "lost", "");
    send(story, "x", "other", "a");
    send(story, "x", "k", "b");
    get(story, "lost");
    get(story, "q");
    get(story, "lost");
    TOLD(story, "get 1/1 #1 a via x/other, 0 left\n"
                "get 1/1 #2 b via x/k, 0 left\n"
                "basic_get_empty 1/1 cluster_id=\n");
    story_free(story);
}

Test(publish, refuses_exchanges_that_are_missing_or_internal)
{
    struct story *story = story_new();
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("fanout"),
       .internal = true, .no_wait = true);
    send(story, "nope", "k", "a");
    send(story, "x", "k", "a");
    TOLD(story, "refuse 404 no exchange 'nope' in vhost '/'\n"
                "refuse 403 cannot publish to internal exchange 'x' in vhost '/'\n");
    COUNTED(story, published, 0);
    story_free(story);
}

Test(publish, reaches_an_internal_exchange_through_another)
{
    struct story *story = story_new();
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("fanout"),
       .internal = true, .no_wait = true);
    story_queue(story, "q");
    story_bind(story, "x", "q", "");
    DO(story, 1, 1, exchange_bind, .source = SLICE("amq.fanout"), .destination = SLICE("x"),
       .no_wait = true);
    send(story, "amq.fanout", "", "a");
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

/* The route to a place is remembered; every change of topology must be seen at once. */
Test(publish, sees_every_change_of_topology_at_once)
{
    struct story *story = story_new();
    story_exchange(story, "x", "direct");
    send(story, "x", "k", "1");
    story_queue(story, "q");
    send(story, "x", "k", "2");
    story_bind(story, "x", "q", "k");
    send(story, "x", "k", "3");
    send(story, "x", "k", "4");
    send(story, "x", "K", "5");
    DO(story, 1, 1, queue_unbind, .queue = SLICE("q"), .exchange = SLICE("x"),
       .routing_key = SLICE("k"));
    send(story, "x", "k", "6");
    story_bind(story, "x", "q", "k");
    send(story, "x", "k", "7");
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"));
    send(story, "x", "k", "8");
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("x"));
    send(story, "x", "k", "9");
    TOLD(story, "queue_unbind_ok 1/1\n"
                "queue_delete_ok 1/1 message_count=3\n"
                "exchange_delete_ok 1/1\n"
                "refuse 404 no exchange 'x' in vhost '/'\n");
    story_free(story);
}

Test(publish, sees_a_queue_that_is_declared_late)
{
    struct story *story = story_new();
    send(story, "", "q", "1");
    story_queue(story, "q");
    send(story, "", "q", "2");
    get(story, "q");
    TOLD(story, "get 1/1 #1 2, 0 left\n");
    story_free(story);
}

Test(publish, sees_an_alternate_exchange_that_is_declared_late)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_bind(story, "amq.fanout", "q", "");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("direct"),
       .no_wait = true, .arguments = story_table(story, "alternate-exchange", "S:y", NULL));
    send(story, "x", "k", "1");
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("y"), .type = SLICE("direct"),
       .no_wait = true,
       .arguments = story_table(story, "alternate-exchange", "S:amq.fanout", NULL));
    send(story, "x", "k", "2");
    get(story, "q");
    TOLD(story, "get 1/1 #1 2 via x/k, 0 left\n");
    story_free(story);
}

Test(publish, tells_apart_places_whose_names_run_together)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_exchange(story, "ab", "direct");
    story_exchange(story, "a", "direct");
    story_bind(story, "ab", "q", "c");
    send(story, "ab", "c", "1");
    send(story, "a", "bc", "2");
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(publish, refuses_what_is_too_large_and_takes_what_just_fits)
{
    struct story *story = story_new();
    uint8_t body[1001] = {0};
    story_queue(story, "q");
    for (int i = 0; i < 2; i++) { // with the route remembered, too
        PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = {body, 1000});
        PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = {body, 1001});
        TOLD(story, "refuse 406 message size 1001 is larger than configured max size 1000\n");
    }
    COUNTED(story, messages_ready, 2);
    struct channel *channel = story_channel(story, 1, 1);
    cr_assert_eq(broker_check_size(channel, 1000, true, &story->fx), AMQP_OK);
    cr_assert_eq(broker_check_size(channel, 1ull << 40, false, &story->fx),
                 AMQP_PRECONDITION_FAILED);
    cr_assert_eq(broker_check_size(channel, 1ull << 40, true, &story->fx), AMQP_NOT_IMPLEMENTED);
    story_free(story);
}

Test(publish, refuses_immediate)
{
    struct story *story = story_new();
    story_queue(story, "q");
    send(story, "", "q", "a");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .immediate = true);
    TOLD(story, "refuse 540 immediate=true\n");
    story_free(story);
}

Test(publish, takes_over_a_message_that_is_assembled_already)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_queue(story, "p");
    story_bind(story, "amq.fanout", "q", "");
    story_bind(story, "amq.fanout", "p", "");
    struct msg_parts parts = {
        .exchange = SLICE("amq.fanout"), .properties = SLICE("\0\0"), .body_len = 2};
    struct msg *msg = msg_new(&parts);
    memcpy(msg_body_room(msg), "hi", 2);
    struct publish publish = {.exchange = msg_exchange(msg),
                              .routing_key = msg_routing_key(msg),
                              .properties = msg_properties(msg),
                              .body = msg_body(msg),
                              .msg = msg_ref(msg)};
    story_publish(story, 1, 1, &publish);
    cr_assert_eq(msg->refs, 3, "ours and one for each queue");
    publish.exchange = SLICE("nope");
    publish.msg = msg_ref(msg);
    story_publish(story, 1, 1, &publish);
    cr_assert_eq(msg->refs, 3, "a refused message is let go");
    TOLD(story, "refuse 404 no exchange 'nope' in vhost '/'\n");
    get(story, "p");
    TOLD(story, "get 1/1 #1 hi via amq.fanout/, 0 left\n");
    msg_unref(msg);
    story_free(story);
}

Test(mandatory, a_message_without_a_route_comes_back_before_its_confirm)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, confirm_select, .no_wait = true);
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("a"), .mandatory = true);
    for (int i = 0; i < 2; i++) {
        PUBLISH(story, 1, 1, .exchange = SLICE("amq.direct"), .routing_key = SLICE("k"),
                .body = SLICE("b"), .mandatory = true);
    }
    PUBLISH(story, 1, 1, .routing_key = SLICE("nope"), .body = SLICE("c"));
    PUBLISH(story, 1, 1, .exchange = SLICE("nope"), .body = SLICE("d"), .mandatory = true);
    TOLD(story, "confirm 1/1 #1\n"
                "return 1/1 b via amq.direct/k\n"
                "confirm 1/1 #2\n"
                "return 1/1 b via amq.direct/k\n"
                "confirm 1/1 #3\n"
                "confirm 1/1 #4\n"
                "refuse 404 no exchange 'nope' in vhost '/'\n");
    story_free(story);
}

Test(confirm, numbers_what_a_channel_publishes_from_one)
{
    struct story *story = story_new();
    story_queue(story, "q");
    send(story, "", "q", "before");
    DO(story, 1, 1, confirm_select);
    DO(story, 1, 1, confirm_select);
    send(story, "", "q", "a");
    DO(story, 1, 2, confirm_select, .no_wait = true);
    PUBLISH(story, 1, 2, .routing_key = SLICE("q"));
    send(story, "", "q", "b");
    PUBLISH(story, 1, 3, .routing_key = SLICE("q"));
    TOLD(story, "confirm_select_ok 1/1\n"
                "confirm_select_ok 1/1\n"
                "confirm 1/1 #1\n"
                "confirm 1/2 #1\n"
                "confirm 1/1 #2\n");
    story_free(story);
}
