#include "tests/unit/broker/story.h"

#include <stdio.h>

#include "amqp/table.h"
#include "broker/policy.h"
#include "queue/msg.h"
#include "tests/unit/broker/shelf.h"

#define FIRST(queue, reason)                                                                       \
    "x-first-death-exchange: x-first-death-queue:" queue " x-first-death-reason:" reason
#define A_EXPIRED FIRST("a", "expired")
#define P_MAXLEN FIRST("p", "maxlen")
#define Q_EXPIRED FIRST("q", "expired")
#define Q_REJECTED FIRST("q", "rejected")

static void get(struct story *story, const char *queue)
{
    DO(story, 1, 2, basic_get, .queue = str(queue), .no_ack = true);
}

/* Takes all from the first queue and rejects them, silently. */
static void reject_all(struct story *story, const char *queue)
{
    for (bool more = true; more;) {
        DO(story, 4, 1, basic_get, .queue = str(queue));
        more = strstr(story_text(story), "get 4/1") && !strstr(story_text(story), " 0 left");
        story_was(story, story_text(story));
    }
    DO(story, 4, 1, basic_nack, .multiple = true);
}

/* Whatever came to pass, nothing is left and nothing is counted. */
static void end(struct story *story)
{
    TOLD(story, "");
    COUNTED(story, messages_ready, 0);
    COUNTED(story, messages_unsettled, 0);
    COUNTED(story, message_bytes, 0);
    story_free(story);
}

Test(dead_letter, of_a_reject_goes_to_the_exchange_with_the_key_it_came_with)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-dead-letter-exchange", "S:amq.direct");
    story_queue(story, "d");
    story_bind(story, "amq.direct", "d", "k");
    story_bind(story, "amq.topic", "q", "#");
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.topic"), .routing_key = SLICE("k"),
            .body = SLICE("m"));
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.topic"), .routing_key = SLICE("other"),
            .body = SLICE("n"));
    reject_all(story, "q");
    get(story, "d");
    TOLD(story, "get 1/2 #1 m via amq.direct/k {headers=(x-death:[q rejected 1 amq.topic/k] "
                "x-first-death-exchange:amq.topic x-first-death-queue:q "
                "x-first-death-reason:rejected)}, 0 left\n");
    end(story);
}

Test(dead_letter, has_the_key_of_the_queue_if_that_has_one)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-dead-letter-exchange", "S:amq.direct", "x-dead-letter-routing-key", "S:x");
    story_queue(story, "d");
    story_bind(story, "amq.direct", "d", "x");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("m"),
            .properties = PROPERTIES(story, .headers = story_table(story, "CC", "A:c", NULL)));
    story_bind(story, "amq.direct", "d", "c");
    reject_all(story, "q");
    get(story, "d");
    TOLD(story, "get 1/2 #1 m via amq.direct/x {headers=(x-death:[q rejected 1 /q,c] " Q_REJECTED
                ")}, 0 left\n");
    end(story);
}

Test(dead_letter, is_routed_by_its_copies_too)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-dead-letter-exchange", "S:amq.direct");
    story_queue(story, "d");
    story_queue(story, "e");
    story_bind(story, "amq.direct", "d", "q");
    story_bind(story, "amq.direct", "e", "c");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("m"),
            .properties = PROPERTIES(story, .headers = story_table(story, "CC", "A:c", NULL)));
    reject_all(story, "q");
    get(story, "d");
    get(story, "e");
    TOLD(story, "get 1/2 #1 m via amq.direct/q {headers=(CC x-death:[q rejected 1 /q,c] " Q_REJECTED
                ")}, 0 left\n"
                "get 1/2 #2 m via amq.direct/q {headers=(CC x-death:[q "
                "rejected 1 /q,c] " Q_REJECTED ")}, 0 left\n");
    end(story);
}

Test(dead_letter, keeps_its_properties_but_the_expiration)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-dead-letter-exchange", "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("m"),
            .properties =
                PROPERTIES(story, .content_type = SLICE("text/plain"), .priority = 9,
                           .correlation_id = SLICE("c"), .expiration = SLICE("50"),
                           .message_id = SLICE("i"), .timestamp = 17, .user_id = SLICE("guest"),
                           .headers = story_table(story, "z", "I:1", "a", "S:b", NULL)));
    reject_all(story, "q");
    story_wait(story, 1000); // and does not expire where it is now
    get(story, "d");
    TOLD(story, "get 1/2 #1 m {content_type=text/plain headers=(a:b x-death:[q rejected 1 /q "
                "50] " Q_REJECTED " z) priority=9 correlation_id=c message_id=i "
                "timestamp=17 user_id=guest}, 0 left\n");
    end(story);
}

Test(dead_letter, has_the_time_of_its_death_in_seconds)
{
    struct story *story = story_new();
    struct field_value value;
    struct amqp_properties properties;
    QUEUE(story, "q", "x-message-ttl", "I:0", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    broker_set_time(story->broker, 123456, 1700000000);
    story_send(story, "q", "m");
    struct amqp_basic_get args = {.queue = SLICE("d"), .no_ack = true};
    broker_basic_get(story_channel(story, 1, 1), &args, &story->fx);
    cr_assert_eq(story->fx.count, 1);
    cr_assert(properties_decode(msg_properties(story->fx.items[0].msg), &properties));
    cr_assert(table_get(properties.headers, SLICE("x-death"), &value));
    struct wire_reader r = wire_reader_of(value.bytes);
    cr_assert(array_next(&r, &value));
    cr_assert(table_get(value.bytes, SLICE("time"), &value));
    cr_assert_eq(value.type, 'T');
    cr_assert_eq(value.integer, 1700000000);
    effects_clear(&story->fx);
    end(story);
}

Test(dead_letter, without_an_exchange_or_a_route_is_dropped)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-dead-letter-exchange", "S:dlx");
    DO(story, 1, 1, confirm_select, .no_wait = true);
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .body = SLICE("a"), .mandatory = true);
    reject_all(story, "q");
    story_exchange(story, "dlx", "fanout"); // from now on it is there, with nothing bound
    story_send(story, "q", "b");
    reject_all(story, "q");
    story_queue(story, "d");
    story_bind(story, "dlx", "d", "");
    story_send(story, "q", "c");
    reject_all(story, "q");
    get(story, "d");
    TOLD(story,
         "get 1/2 #1 c via dlx/q {headers=(x-death:[q rejected 1 /q] " Q_REJECTED ")}, 0 left\n");
    end(story);
}

Test(dead_letter, is_not_made_by_ack_requeue_purge_or_delete)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-dead-letter-exchange", "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    story_send(story, "q", "a b c d");
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    DO(story, 1, 2, basic_get, .queue = SLICE("q"));
    story_ack(story, 1, 2, 1);
    DO(story, 1, 2, basic_reject, .delivery_tag = 2, .requeue = true);
    DO(story, 1, 1, queue_purge, .queue = SLICE("q"), .no_wait = true);
    story_send(story, "q", "e");
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    DO(story, 1, 2, basic_reject, .delivery_tag = 3); // its queue is gone
    story_was(story, story_text(story));
    get(story, "d");
    TOLD(story, "basic_get_empty 1/2 cluster_id=\n");
    end(story);
}

Test(dead_letter, many_keep_the_order_of_their_queue)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-dead-letter-exchange", "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    char body[24];
    for (int i = 0; i < 500; i++) {
        snprintf(body, sizeof body, "m%d", i);
        story_send(story, "q", body);
    }
    reject_all(story, "q");
    COUNTED(story, messages_ready, 500);
    for (int i = 0; i < 500; i++) {
        get(story, "d");
        snprintf(body, sizeof body, " m%d ", i);
        cr_assert(strstr(story_text(story), body), "%s is not in %s", body, story_text(story));
        story_was(story, story_text(story));
    }
    end(story);
}

Test(dead_letter, is_first_delivered_where_it_goes)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-dead-letter-exchange", "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    story_consume(story, 1, 2, "q", "c");
    story_send(story, "q", "a");
    DO(story, 1, 2, basic_nack, .delivery_tag = 1, .requeue = true);
    story_consume(story, 1, 2, "d", "e");
    DO(story, 1, 2, basic_nack, .delivery_tag = 2);
    story_ack(story, 1, 2, 3);
    TOLD(story, "deliver 1/2 #1 c a\n"
                "deliver 1/2 #2 redelivered c a\n"
                "deliver 1/2 #3 e a {headers=(x-death:[q rejected 1 /q] " Q_REJECTED ")}\n");
    end(story);
}

/* a expires into b, b is too short, c rejects into d. */
static struct story *chain(const struct broker_options *options)
{
    struct story *story = story_new_with(options);
    QUEUE(story, "a", "x-message-ttl", "I:10", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:b");
    QUEUE(story, "b", "x-max-length", "I:0", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:c");
    QUEUE(story, "c", "x-dead-letter-exchange", "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    return story;
}

Test(dead_letter, goes_on_from_queue_to_queue)
{
    struct story *story = chain(&story_options);
    story_send(story, "a", "m");
    story_wait(story, 10);
    reject_all(story, "c");
    get(story, "d");
    TOLD(
        story,
        "get 1/2 #1 m {headers=(x-death:[c rejected 1 /c, b maxlen 1 /b, a expired 1 /a] " A_EXPIRED
        ")}, 0 left\n");
    end(story);
}

Test(dead_letter, is_stored_by_the_journal_where_it_goes_and_settled_where_it_was)
{
    struct story *story = chain(&story_durable);
    struct slice persistent = PROPERTIES(story, .delivery_mode = 2);
    PUBLISH(story, 1, 1, .routing_key = SLICE("a"), .body = SLICE("m"), .properties = persistent);
    TOLD(story, "store queue 1 #1 until 1000010 m {delivery_mode=2}, after 8\n");
    story_wait(story, 10);
    TOLD(story, "store queue 2 #1 m {headers=(x-death:[a expired 1 /a] " A_EXPIRED
                ") delivery_mode=2}, more, after 9\n"
                "settle queue 1 #1, more\n"
                "group_end, after 10\n"
                "store queue 3 #1 m {headers=(x-death:[b maxlen 1 /b, a expired 1 "
                "/a] " A_EXPIRED ") delivery_mode=2}, more, after 11\n"
                "settle queue 2 #1, more\n"
                "group_end, after 12\n");
    DO(story, 1, 2, basic_get, .queue = SLICE("c"));
    story_was(story, story_text(story));
    DO(story, 1, 2, basic_reject, .delivery_tag = 1);
    TOLD(story, "store queue 4 #1 m {headers=(x-death:[c rejected 1 /c, b maxlen 1 /b, a expired 1 "
                "/a] " A_EXPIRED ") delivery_mode=2}, more, after 14\n"
                "settle queue 3 #1, more\n"
                "group_end, after 15\n");
    DO(story, 1, 1, queue_purge, .queue = SLICE("d"), .no_wait = true);
    story_was(story, story_text(story));
    end(story);
}

Test(dead_letter, pushes_others_out_of_the_queue_that_it_goes_to)
{
    struct story *story = story_new_with(&story_durable);
    QUEUE(story, "q", "x-dead-letter-exchange", "S:", "x-dead-letter-routing-key", "S:p");
    QUEUE(story, "p", "x-max-length", "I:1", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    story_send(story, "p", "old");
    story_send(story, "q", "1 2");
    reject_all(story, "q");
    get(story, "d");
    get(story, "d");
    get(story, "p");
    TOLD(story, "get 1/2 #1 old {headers=(x-death:[p maxlen 1 /p] " P_MAXLEN ")}, 1 left\n"
                "get 1/2 #2 1 {headers=(x-death:[p maxlen 1 /p, q rejected 1 /q] " Q_REJECTED
                ")}, 0 left\n"
                "get 1/2 #3 2 {headers=(x-death:[q rejected 1 "
                "/q] " Q_REJECTED ")}, 0 left\n");
    end(story);
}

Test(dead_letter, is_refused_by_a_full_queue_without_further_ado)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-dead-letter-exchange", "S:", "x-dead-letter-routing-key", "S:p");
    QUEUE(story, "p", "x-max-length", "I:1", "x-overflow", "S:reject-publish");
    story_send(story, "q", "1 2");
    reject_all(story, "q");
    get(story, "p");
    TOLD(story, "get 1/2 #1 1 {headers=(x-death:[q rejected 1 /q] " Q_REJECTED ")}, 0 left\n");
    end(story);
}

Test(cycle, of_expiry_ends_in_the_queue_where_it_would_begin_anew)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-ttl", "I:10", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:p");
    QUEUE(story, "p", "x-message-ttl", "I:20", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:q");
    story_send(story, "q", "m");
    story_wait(story, 10);
    COUNTED(story, messages_ready, 1);
    story_wait(story, 20);
    COUNTED(story, messages_ready, 0);
    COUNTED(story, dead_letter_cycles, 1);
    end(story);
}

Test(cycle, of_limits_ends_at_once)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-max-length", "I:0", "x-dead-letter-exchange", "S:");
    QUEUE(story, "p", "x-max-length", "I:0", "x-overflow", "S:reject-publish-dlx",
          "x-dead-letter-exchange", "S:");
    story_send(story, "q", "m");
    story_send(story, "p", "m");
    COUNTED(story, dead_letter_cycles, 2);
    end(story);
}

Test(cycle, with_a_reject_goes_on_and_counts)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-dead-letter-exchange", "S:", "x-dead-letter-routing-key", "S:wait");
    QUEUE(story, "wait", "x-message-ttl", "I:10", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:q");
    story_send(story, "q", "m");
    for (int i = 0; i < 3; i++) {
        reject_all(story, "q");
        story_wait(story, 10);
    }
    get(story, "q");
    TOLD(story, "get 1/2 #1 m {headers=(x-death:[wait expired 3 /wait, q rejected 3 /q] " Q_REJECTED
                ")}, 0 left\n");
    COUNTED(story, dead_letter_cycles, 0);
    end(story);
}

Test(cycle, leaves_the_other_queues_of_the_exchange_theirs)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-ttl", "I:10", "x-dead-letter-exchange", "S:amq.fanout");
    story_queue(story, "d");
    story_bind(story, "amq.fanout", "q", "");
    story_bind(story, "amq.fanout", "d", "");
    story_send(story, "q", "m");
    story_wait(story, 10);
    get(story, "d");
    TOLD(story, "get 1/2 #1 m via amq.fanout/q {headers=(x-death:[q expired 1 /q] " Q_EXPIRED
                ")}, 0 left\n");
    COUNTED(story, dead_letter_cycles, 1);
    end(story);
}

Test(dead_letter, of_a_transaction_is_made_at_its_commit)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-dead-letter-exchange", "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    story_send(story, "q", "a");
    DO(story, 2, 1, tx_select);
    DO(story, 2, 1, basic_get, .queue = SLICE("q"));
    DO(story, 2, 1, basic_reject, .delivery_tag = 1);
    DO(story, 2, 1, tx_rollback);
    DO(story, 2, 1, basic_reject, .delivery_tag = 1);
    story_was(story, story_text(story));
    get(story, "d");
    DO(story, 2, 1, tx_commit);
    get(story, "d");
    TOLD(story, "basic_get_empty 1/2 cluster_id=\n"
                "tx_commit_ok 2/1\n"
                "get 1/2 #1 a {headers=(x-death:[q rejected 1 /q] " Q_REJECTED ")}, 0 left\n");
    end(story);
}

Test(dead_letter, many_expire_at_once_into_a_queue_that_has_a_slow_consumer)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-ttl", "I:10", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    DO(story, 1, 2, basic_qos, .prefetch_count = 7);
    story_consume(story, 1, 2, "d", "c");
    for (int i = 0; i < 1000; i++) {
        story_send(story, "q", "x");
    }
    story_wait(story, 10);
    COUNTED(story, messages_unsettled, 7);
    COUNTED(story, messages_ready, 993);
    COUNTED(story, message_bytes, 1000);
    for (uint64_t tag = 1; tag <= 1000; tag++) {
        story_ack(story, 1, 2, tag);
    }
    story_was(story, story_text(story));
    COUNTED(story, settled, 2000);
    end(story);
}

/* Its consumer leaves while what it had comes back and expires. */
Test(dead_letter, of_a_session_that_ends_reaches_others)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-message-ttl", "I:10", "x-dead-letter-exchange",
          "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    story_consume(story, 2, 1, "q", "c");
    story_consume(story, 2, 1, "d", "own");
    DO(story, 3, 1, basic_consume, .queue = SLICE("d"), .consumer_tag = SLICE("dead"),
       .no_ack = true, .no_wait = true);
    story_send(story, "q", "a b");
    story_wait(story, 10);
    story_was(story, story_text(story));
    story_close(story, 2);
    TOLD(story, "deliver 3/1 #1 dead a {headers=(x-death:[q expired 1 /q] " Q_EXPIRED ")}\n"
                "deliver 3/1 #2 dead b {headers=(x-death:[q expired 1 /q] " Q_EXPIRED ")}\n");
    end(story);
}

/* Eight queues that keep nothing and dead-letter to each other make 13,700 messages out of one. */
Test(dead_letter, messages_that_multiply_take_turns_with_everybody_else)
{
    struct story *story = story_new();
    char name[] = "q0";
    for (int i = 0; i < 8; i++) {
        name[1] = (char)('0' + i);
        struct slice queue = {(const uint8_t *)name, 2};
        DO(story, 1, 1, queue_declare, .queue = queue, .no_wait = true,
           .arguments = SLICE("\x0c"
                              "x-max-lengthI\0\0\0\0"
                              "\x16"
                              "x-dead-letter-exchangeS\0\0\0\x0a"
                              "amq.fanout"));
        DO(story, 1, 1, queue_bind, .queue = queue, .exchange = SLICE("amq.fanout"),
           .no_wait = true);
    }
    story_send(story, "q0", "a");
    cr_assert_eq(broker_deadline(story->broker), 0, "there is more to do, at once");
    int ticks = 0;
    for (; broker_deadline(story->broker) == 0; ticks++) {
        broker_tick(story->broker, &story->fx);
    }
    cr_assert_gt(ticks, 0);
    TOLD(story, "");
    COUNTED(story, messages_ready, 0);
    story_free(story);
}

/* What is not in memory is no reason to fall behind those that died later. */
Test(dead_letter, messages_without_content_keep_their_turn)
{
    enum { EARLY = 8 }; // as many as are worth dropping
    static uint8_t large[900];
    struct shelf shelf = {.count = 0};
    struct story *story = story_new_with(&story_durable);
    story->shelf = &shelf;
    memset(large, 'a', sizeof large);
    QUEUE(story, "q", "x-dead-letter-exchange", "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    struct slice persistent = PROPERTIES(story, .delivery_mode = 2);
    for (int i = 0; i < EARLY; i++) {
        PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .properties = persistent,
                .body = {large, sizeof large});
    }
    cr_assert_eq(broker_evict(story->broker, 0, UINT64_MAX), EARLY);
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .properties = persistent, .body = SLICE("b"));
    reject_all(story, "q");
    for (int i = 0; i <= EARLY; i++) {
        story_was(story, story_text(story));
        get(story, "d");
        cr_assert(strstr(story_text(story), i < EARLY ? " aa" : " b {"), "%s", story_text(story));
    }
    story_free(story);
    shelf_finish(&shelf);
}

/* Each is read from the disk, and in memory until the tick is over. */
Test(dead_letter, contents_of_many_are_asked_for_in_slices)
{
    enum { MANY = 10000 };
    struct shelf shelf = {.count = 0};
    struct story *story = story_new_with(&story_durable);
    story->shelf = &shelf;
    QUEUE(story, "q", "x-dead-letter-exchange", "S:", "x-dead-letter-routing-key", "S:d");
    story_queue(story, "d");
    struct slice persistent = PROPERTIES(story, .delivery_mode = 2);
    for (int i = 0; i < MANY; i++) {
        PUBLISH(story, 1, 1, .routing_key = SLICE("q"), .properties = persistent);
    }
    cr_assert_gt(broker_evict(story->broker, 0, UINT64_MAX), MANY / 2);
    struct policy_options shorter = {.name = SLICE("shorter"),
                                     .pattern = SLICE("^q$"),
                                     .definition = story_table(story, "max-length", "I:0", NULL)};
    struct vhost *vhost = broker_find_vhost(story->broker, SLICE("/"));
    broker_put_policy(vhost, POLICY_OF_USERS, &shorter, &story->fx);
    int ticks = 0;
    for (uint32_t count = story->fx.count; count > 0; count = story->fx.count, ticks++) {
        uint32_t asked = 0;
        for (uint32_t i = 0; i < count; i++) {
            asked += story->fx.items[i].kind == EFFECT_FETCH;
        }
        cr_assert_leq(asked, MANY / 2, "%u at once", asked);
        shelf_take(&shelf, story->broker, &story->fx);
        effects_clear(&story->fx);
        if (broker_deadline(story->broker) <= story->now_ms) {
            broker_tick(story->broker, &story->fx);
        }
    }
    cr_assert_gt(ticks, 1);
    COUNTED(story, messages_ready, MANY);
    story_free(story);
    shelf_finish(&shelf);
}
