#include "tests/unit/broker/story.h"

/* User u may configure what begins with c, write what begins with w, read what begins with r; on
 * connection 2. Queues and exchanges by any name are there. */
static struct story *limited(void)
{
    struct story *story = story_new();
    broker_put_user(story->broker, &(struct user){.name = SLICE("u")}, &story->fx);
    story_permit(story, "u", "^c", "^w", "^r");
    story_open(story,
               &(struct session_options){.conn = 2, .user = SLICE("u"), .vhost = SLICE("/")});
    static const char *const names[] = {"c", "w", "r", "x"};
    for (int i = 0; i < 4; i++) {
        story_queue(story, names[i]);
        story_exchange(story, names[i], "topic");
    }
    return story;
}

static void publish(struct story *story, const char *exchange, const char *key)
{
    PUBLISH(story, 2, 1, .exchange = str(exchange), .routing_key = str(key), .body = SLICE("m"));
}

#define REFUSED(right, what, name)                                                                 \
    "refuse 403 " right " access to " what " '" name "' in vhost '/' refused for user 'u'\n"

Test(permission, to_configure_is_for_declaring_and_deleting)
{
    struct story *story = limited();
    DO(story, 2, 1, queue_declare, .queue = SLICE("x"), .durable = true);
    DO(story, 2, 1, queue_declare, .queue = SLICE("new"));
    DO(story, 2, 1, queue_declare, .exclusive = true);
    DO(story, 2, 1, queue_delete, .queue = SLICE("w"));
    DO(story, 2, 1, queue_delete, .queue = SLICE("not there"));
    TOLD(story, REFUSED("configure", "queue", "x") REFUSED("configure", "queue", "new")
                    REFUSED("configure", "queue", "amq.gen-*") REFUSED("configure", "queue", "w")
                        REFUSED("configure", "queue", "not there"));
    DO(story, 2, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("topic"));
    DO(story, 2, 1, exchange_delete, .exchange = SLICE("r"));
    TOLD(story, REFUSED("configure", "exchange", "x") REFUSED("configure", "exchange", "r"));
    DO(story, 2, 1, queue_delete, .queue = SLICE("c"), .no_wait = true);
    DO(story, 2, 1, exchange_delete, .exchange = SLICE("c"), .no_wait = true);
    TOLD(story, "");
    COUNTED(story, queues, 3);
    story_free(story);
}

Test(permission, to_write_is_for_publishing)
{
    struct story *story = limited();
    publish(story, "x", "k");
    publish(story, "", "w");
    publish(story, "not there", "k");
    publish(story, "w not there", "k");
    publish(story, "w", "k");
    TOLD(story, REFUSED("write", "exchange", "x") REFUSED("write", "exchange", "amq.default")
                    REFUSED("write", "exchange",
                            "not there") "refuse 404 no exchange 'w not there' in vhost '/'\n");
    COUNTED(story, published, 1);
    story_free(story);
}

Test(permission, to_read_is_for_taking)
{
    struct story *story = limited();
    DO(story, 2, 1, basic_consume, .queue = SLICE("x"));
    DO(story, 2, 1, basic_get, .queue = SLICE("w"));
    DO(story, 2, 1, queue_purge, .queue = SLICE("c"));
    DO(story, 2, 1, basic_get, .queue = SLICE("not there"));
    DO(story, 2, 1, basic_get, .queue = SLICE("r"));
    TOLD(story,
         REFUSED("read", "queue", "x") REFUSED("read", "queue", "w") REFUSED("read", "queue", "c")
             REFUSED("read", "queue", "not there") "basic_get_empty 2/1 cluster_id=\n");
    story_free(story);
}

Test(permission, to_bind_is_to_write_one_end_and_read_the_other)
{
    struct story *story = limited();
    DO(story, 2, 1, queue_bind, .queue = SLICE("x"), .exchange = SLICE("r"));
    DO(story, 2, 1, queue_bind, .queue = SLICE("w"), .exchange = SLICE("x"));
    DO(story, 2, 1, queue_unbind, .queue = SLICE("x"), .exchange = SLICE("r"));
    DO(story, 2, 1, queue_unbind, .queue = SLICE("w"), .exchange = SLICE("x"));
    TOLD(story, REFUSED("write", "queue", "x") REFUSED("read", "exchange", "x")
                    REFUSED("write", "queue", "x") REFUSED("read", "exchange", "x"));
    DO(story, 2, 1, exchange_bind, .destination = SLICE("x"), .source = SLICE("r"));
    DO(story, 2, 1, exchange_bind, .destination = SLICE("w"), .source = SLICE("x"));
    DO(story, 2, 1, exchange_unbind, .destination = SLICE("x"), .source = SLICE("r"));
    TOLD(story, REFUSED("write", "exchange", "x") REFUSED("read", "exchange", "x")
                    REFUSED("write", "exchange", "x"));
    DO(story, 2, 1, queue_bind, .queue = SLICE("w"), .exchange = SLICE("r"), .no_wait = true);
    DO(story, 2, 1, exchange_bind, .destination = SLICE("w"), .source = SLICE("r"),
       .no_wait = true);
    TOLD(story, "");
    story_free(story);
}

Test(permission, to_tie_a_queue_or_exchange_to_another_is_checked_at_both_ends)
{
    struct story *story = limited();
    struct slice to_x = story_table(story, "x-dead-letter-exchange", "S:x", NULL);
    DO(story, 2, 1, queue_declare, .queue = SLICE("cq"), .arguments = to_x);
    TOLD(story, REFUSED("read", "queue", "cq"));
    story_permit(story, "u", "^c", "^w", "^[rc]");
    DO(story, 2, 1, queue_declare, .queue = SLICE("cq"), .arguments = to_x);
    TOLD(story, REFUSED("write", "exchange", "x"));
    DO(story, 2, 1, queue_declare, .queue = SLICE("cq"), .no_wait = true,
       .arguments = story_table(story, "x-dead-letter-exchange", "S:w", NULL));
    TOLD(story, "");
    DO(story, 2, 1, exchange_declare, .exchange = SLICE("cx"), .type = SLICE("topic"),
       .arguments = story_table(story, "alternate-exchange", "S:x", NULL));
    TOLD(story, REFUSED("write", "exchange", "x"));
    story_permit(story, "u", "^c", "^w", "^r");
    DO(story, 2, 1, exchange_declare, .exchange = SLICE("cx"), .type = SLICE("topic"),
       .arguments = story_table(story, "alternate-exchange", "S:w", NULL));
    TOLD(story, REFUSED("read", "exchange", "cx"));
    story_free(story);
}

Test(permission, any_one_right_lets_a_passive_declare_look)
{
    struct story *story = limited();
    static const char *const names[] = {"c", "w", "r"};
    for (int i = 0; i < 3; i++) {
        DO(story, 2, 1, queue_declare, .queue = str(names[i]), .passive = true, .no_wait = true);
        DO(story, 2, 1, exchange_declare, .exchange = str(names[i]), .passive = true,
           .no_wait = true);
    }
    TOLD(story, "");
    DO(story, 2, 1, queue_declare, .queue = SLICE("x"), .passive = true);
    DO(story, 2, 1, exchange_declare, .exchange = SLICE("x"), .passive = true);
    TOLD(story, REFUSED("configure", "queue", "x") REFUSED("configure", "exchange", "x"));
    story_free(story);
}

Test(permission, is_not_asked_of_what_a_channel_has_already)
{
    struct story *story = limited();
    DO(story, 2, 1, basic_consume, .queue = SLICE("r"), .consumer_tag = SLICE("t"),
       .no_wait = true);
    story_permit(story, "u", "", "", "");
    story_send(story, "r", "a b");
    DO(story, 2, 1, basic_nack, .delivery_tag = 1, .requeue = true);
    DO(story, 2, 1, basic_ack, .multiple = true);
    DO(story, 2, 1, basic_cancel, .consumer_tag = SLICE("t"));
    TOLD(story, "deliver 2/1 #1 t a\n"
                "deliver 2/1 #2 t b\n"
                "deliver 2/1 #3 redelivered t a\n"
                "basic_cancel_ok 2/1 consumer_tag=t\n");
    story_free(story);
}

Test(permission, that_changes_holds_at_once_even_for_remembered_routes)
{
    struct story *story = limited();
    publish(story, "w", "k");
    publish(story, "w", "k");
    story_permit(story, "u", "^c", "^x", "^r");
    publish(story, "w", "k");
    publish(story, "x", "k");
    story_permit(story, "u", "^c", "^w", "^r");
    publish(story, "w", "k");
    publish(story, "x", "k");
    TOLD(story, REFUSED("write", "exchange", "w") REFUSED("write", "exchange", "x"));
    COUNTED(story, published, 4);
    story_free(story);
}

Test(permission, is_remembered_for_the_right_question)
{
    struct story *story = limited();
    story_permit(story, "u", "^a$", "^b$", "^d$");
    for (int round = 0; round < 3; round++) {
        DO(story, 2, 1, queue_declare, .queue = SLICE("a"), .no_wait = true);
        publish(story, "b", "k");
        DO(story, 2, 1, basic_get, .queue = SLICE("a"));
        DO(story, 2, 1, queue_declare, .queue = SLICE("b"));
        DO(story, 2, 1, basic_get, .queue = SLICE("d"));
        publish(story, "a", "k");
        TOLD(story,
             "refuse 404 no exchange 'b' in vhost '/'\n" REFUSED("read", "queue", "a") REFUSED(
                 "configure", "queue",
                 "b") "refuse 404 no queue 'd' in vhost '/'\n" REFUSED("write", "exchange", "a"));
    }
    story_free(story);
}

Test(permission, expressions_match_anywhere_unless_anchored)
{
    struct story *story = limited();
    story_permit(story, "u", "mid", "^$", "");
    DO(story, 2, 1, queue_declare, .queue = SLICE("a mid b"), .no_wait = true);
    TOLD(story, "");
    DO(story, 2, 1, queue_declare, .queue = SLICE("Mid"));
    publish(story, "w", "k");
    DO(story, 2, 1, basic_get, .queue = SLICE("r"));
    TOLD(story, REFUSED("configure", "queue", "Mid") REFUSED("write", "exchange", "w")
                    REFUSED("read", "queue", "r"));
    story_permit(story, "u", "^(one|two)-[0-9]+$", ".*", ".*");
    DO(story, 2, 1, queue_declare, .queue = SLICE("two-17"), .no_wait = true);
    DO(story, 2, 1, queue_declare, .queue = SLICE("two-17b"));
    TOLD(story, REFUSED("configure", "queue", "two-17b"));
    story_free(story);
}

Test(permission, a_costly_expression_is_cut_short_and_refuses)
{
    struct story *story = limited();
    story_permit(story, "u", "^(a+)+$", "", "");
    DO(story, 2, 1, queue_declare, .queue = SLICE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"));
    TOLD(story, REFUSED("configure", "queue", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"));
    story_free(story);
}

Test(permission, is_set_for_users_and_virtual_hosts_that_exist_with_valid_expressions)
{
    struct story *story = limited();
    struct permission permission = {SLICE("^c"), SLICE("("), SLICE("^r")};
    struct text *why = &story->fx.error;
    cr_assert_eq(
        broker_set_permission(story->broker, SLICE("nobody"), SLICE("/"), &permission, &story->fx),
        AMQP_NOT_FOUND);
    cr_assert_str_eq(why->ptr, "no user 'nobody'");
    cr_assert_eq(
        broker_set_permission(story->broker, SLICE("u"), SLICE("nope"), &permission, &story->fx),
        AMQP_NOT_FOUND);
    cr_assert_str_eq(why->ptr, "no vhost 'nope'");
    cr_assert_eq(
        broker_set_permission(story->broker, SLICE("u"), SLICE("/"), &permission, &story->fx),
        AMQP_PRECONDITION_FAILED);
    cr_assert(slice_starts(text_slice(why), SLICE("invalid regexp '(': ")));
    publish(story, "w", "k");
    TOLD(story, "");
    story_free(story);
}

static void permit_topic(struct story *story, const char *write, const char *read)
{
    struct topic_permission permission = {SLICE("w"), str(write), str(read)};
    cr_assert_eq(
        broker_set_topic_permission(story->broker, SLICE("u"), SLICE("/"), &permission, &story->fx),
        AMQP_OK);
}

#define TOPIC(right, key)                                                                          \
    "refuse 403 " right " access to topic '" key "' in exchange 'w' in vhost '/' refused for "     \
    "user 'u'\n"

Test(topic_permission, limits_the_keys_that_are_published)
{
    struct story *story = limited();
    publish(story, "w", "anything");
    permit_topic(story, "^{username}\\.", ".*");
    publish(story, "w", "anything");
    publish(story, "w", "u.mine");
    publish(story, "w", "u.mine");
    publish(story, "w", "v.mine");
    permit_topic(story, "^{vhost}$", ".*");
    publish(story, "w", "u.mine");
    publish(story, "w", "/");
    TOLD(story, TOPIC("write", "anything") TOPIC("write", "v.mine") TOPIC("write", "u.mine"));
    story_permit(story, "u", ".*", ".*", ".*");
    publish(story, "x", "anything");
    publish(story, "amq.direct", "anything");
    TOLD(story, "");
    story_free(story);
}

Test(topic_permission, limits_the_keys_that_are_bound)
{
    struct story *story = limited();
    story_permit(story, "u", ".*", ".*", ".*");
    permit_topic(story, ".*", "^a\\.");
    DO(story, 2, 1, queue_bind, .queue = SLICE("x"), .exchange = SLICE("w"),
       .routing_key = SLICE("#"));
    DO(story, 2, 1, queue_bind, .queue = SLICE("x"), .exchange = SLICE("w"),
       .routing_key = SLICE("a.*"), .no_wait = true);
    DO(story, 2, 1, exchange_bind, .destination = SLICE("x"), .source = SLICE("w"),
       .routing_key = SLICE("b.*"));
    TOLD(story, TOPIC("read", "#") TOPIC("read", "b.*"));
    story_free(story);
}
