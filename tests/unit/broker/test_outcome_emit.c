#include "tests/unit/broker/story.h"

/* Queue d is durable and has the id 1, queue t is not. Numbers begin after those of the virtual
 * host, the user, its permission and d: with 5. */
static struct story *two_queues(void)
{
    struct story *story = story_new_with(&story_durable);
    story_queue(story, "d");
    DO(story, 1, 1, queue_declare, .queue = SLICE("t"), .no_wait = true);
    return story;
}

static void publish(struct story *story, const char *queue, const char *body, uint8_t mode)
{
    PUBLISH(story, 1, 1, .routing_key = str(queue), .body = str(body),
            .properties = PROPERTIES(story, .delivery_mode = mode));
}

static void forget(struct story *story)
{
    story_was(story, story_text(story));
}

Test(outcome_emit, stores_persistent_messages_of_durable_queues_and_nothing_else)
{
    struct story *story = two_queues();
    publish(story, "d", "both", 2);
    publish(story, "d", "transient message", 1);
    publish(story, "d", "no mode", 0);
    publish(story, "t", "transient queue", 2);
    publish(story, "d", "both", 2);
    TOLD(story, "store queue 1 #1 both {delivery_mode=2}, after 5\n"
                "store queue 1 #4 both {delivery_mode=2}, after 6\n");
    story_free(story);
}

Test(outcome_emit, a_quorum_queue_stores_every_message)
{
    struct story *story = story_new_with(&story_durable);
    QUEUE(story, "q", "x-queue-type", "S:quorum");
    publish(story, "q", "a", 1);
    TOLD(story, "store queue 1 #260 a {delivery_mode=1}, after 5\n");
    story_free(story);
}

Test(outcome_emit, nothing_at_all_without_a_journal)
{
    struct story *story = story_new();
    story->tells_topology = true;
    story_queue(story, "d");
    story_bind(story, "amq.fanout", "d", "");
    publish(story, "d", "a", 2);
    DO(story, 1, 1, queue_purge, .queue = SLICE("d"), .no_wait = true);
    DO(story, 1, 1, queue_delete, .queue = SLICE("d"), .no_wait = true);
    TOLD(story, "");
    story_free(story);
}

Test(outcome_emit, an_exclusive_queue_is_not_durable_whatever_it_says)
{
    struct story *story = story_new_with(&story_durable);
    story_session(story, 1);
    forget(story);
    story->tells_topology = true;
    DO(story, 1, 1, queue_declare, .queue = SLICE("e"), .durable = true, .exclusive = true,
       .no_wait = true);
    story_bind(story, "amq.fanout", "e", "");
    publish(story, "e", "a", 2);
    story_close(story, 1);
    TOLD(story, "");
    story_free(story);
}

Test(outcome_emit, what_passes_to_a_consumer_that_does_not_acknowledge_is_not_stored)
{
    struct story *story = two_queues();
    DO(story, 1, 1, basic_consume, .queue = SLICE("d"), .consumer_tag = SLICE("c"), .no_ack = true,
       .no_wait = true);
    publish(story, "d", "a", 2);
    TOLD(story, "deliver 1/1 #1 c a {delivery_mode=2}\n");
    COUNTED(story, settled, 0);
    story_free(story);
}

Test(outcome_emit, what_passes_to_a_consumer_that_acknowledges_is_stored_as_handed_out)
{
    struct story *story = two_queues();
    story_consume(story, 1, 1, "d", "c");
    publish(story, "d", "a", 2);
    story_ack(story, 1, 1, 1);
    TOLD(story, "store queue 1 #1 passed a {delivery_mode=2}, after 5\n"
                "deliver 1/1 #1 c a {delivery_mode=2}\n"
                "settle queue 1 #1\n");
    story_free(story);
}

Test(outcome_emit, a_confirm_depends_on_its_record)
{
    struct story *story = two_queues();
    story_queue(story, "d2");
    story_bind(story, "amq.fanout", "d", "");
    story_bind(story, "amq.fanout", "d2", "");
    DO(story, 1, 1, confirm_select);
    publish(story, "t", "a", 2);
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.fanout"), .body = SLICE("b"),
            .properties = PROPERTIES(story, .delivery_mode = 2));
    publish(story, "t", "c", 2);
    TOLD(story, "confirm_select_ok 1/1\n"
                "confirm 1/1 #1\n"
                "store queue 1 #1 b via amq.fanout/ {delivery_mode=2}, after 8\n"
                "store queue 3 #1 b via amq.fanout/ {delivery_mode=2}, after 9\n"
                "confirm 1/1 #2, after 9\n"
                "confirm 1/1 #3\n");
    story_free(story);
}

Test(outcome_emit, a_transaction_is_one_group_and_its_answer_depends_on_the_end)
{
    struct story *story = two_queues();
    DO(story, 1, 1, tx_select);
    story_consume(story, 1, 1, "d", "c");
    publish(story, "d", "a", 2);
    DO(story, 1, 1, tx_commit);
    forget(story);
    publish(story, "d", "b", 2);
    story_ack(story, 1, 1, 1);
    TOLD(story, "");
    DO(story, 1, 1, tx_commit);
    TOLD(story, "store queue 1 #2 passed b {delivery_mode=2}, more, after 6\n"
                "deliver 1/1 #2 c b {delivery_mode=2}\n"
                "settle queue 1 #1, more\n"
                "group_end, after 7\n"
                "tx_commit_ok 1/1, after 7\n");
    story_ack(story, 1, 1, 2);
    DO(story, 1, 1, tx_commit);
    TOLD(story, "settle queue 1 #2, more\n"
                "group_end, after 8\n"
                "tx_commit_ok 1/1, after 8\n");
    DO(story, 1, 1, tx_commit);
    TOLD(story, "tx_commit_ok 1/1\n");
    story_free(story);
}

Test(outcome_emit, a_transaction_of_one_message_is_no_group)
{
    struct story *story = two_queues();
    DO(story, 1, 1, tx_select);
    publish(story, "d", "a", 2);
    DO(story, 1, 1, tx_commit);
    TOLD(story, "tx_select_ok 1/1\n"
                "store queue 1 #1 a {delivery_mode=2}, after 5\n"
                "tx_commit_ok 1/1, after 5\n");
    story_free(story);
}

Test(outcome_emit, a_queue_that_is_deleted_takes_its_messages_along)
{
    struct story *story = two_queues();
    story_queue(story, "q");
    story_consume(story, 1, 1, "d", "c");
    publish(story, "d", "a", 2);
    forget(story);
    story->tells_topology = true;
    DO(story, 1, 1, queue_delete, .queue = SLICE("d"));
    TOLD(story, "topology queue_delete id=1, after 7\n"
                "cancel 1/1 c\n"
                "queue_delete_ok 1/1 message_count=0, after 7\n");
    story_ack(story, 1, 1, 1);
    TOLD(story, "settle queue 1 #1\n"); // it was not written as yet, but counts once it is
    COUNTED(story, settled, 1);
    story_free(story);
}

Test(outcome_emit, a_queue_that_is_declared_again_has_another_id)
{
    struct story *story = two_queues();
    DO(story, 1, 1, queue_delete, .queue = SLICE("d"), .no_wait = true);
    story_queue(story, "d");
    publish(story, "d", "a", 2);
    TOLD(story, "store queue 3 #1 a {delivery_mode=2}, after 7\n");
    story_free(story);
}

Test(outcome_emit, tells_of_what_is_declared_once_and_of_what_lasts_only)
{
    struct story *story = story_new_with(&story_durable);
    story->tells_topology = true;
    for (int i = 0; i < 2; i++) {
        DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true,
           .arguments = story_table(story, "x-max-length", "I:5", NULL));
        DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("topic"),
           .durable = true, .auto_delete = true);
        DO(story, 1, 1, queue_bind, .queue = SLICE("q"), .exchange = SLICE("x"),
           .routing_key = SLICE("k"));
    }
    TOLD(story,
         "topology queue_put id=1 vhost=/ name=q kind=0 arguments=(x-max-length), after 4\n"
         "queue_declare_ok 1/1 queue=q message_count=0 consumer_count=0, after 4\n"
         "topology exchange_declared vhost=/ name=x type=topic auto_delete user=guest, after 5\n"
         "exchange_declare_ok 1/1, after 5\n"
         "topology binding_put vhost=/ source=x queue=1 exchange= key=k, after 6\n"
         "queue_bind_ok 1/1, after 6\n"
         "queue_declare_ok 1/1 queue=q message_count=0 consumer_count=0, after 6\n"
         "exchange_declare_ok 1/1, after 6\n"
         "queue_bind_ok 1/1, after 6\n");
    DO(story, 1, 1, queue_declare, .queue = SLICE("t"), .no_wait = true);
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("y"), .type = SLICE("direct"),
       .no_wait = true);
    story_bind(story, "x", "t", "k");
    story_bind(story, "y", "q", "k");
    TOLD(story, "");
    story_free(story);
}

Test(outcome_emit, tells_of_what_goes_because_something_else_went)
{
    struct story *story = story_new_with(&story_durable);
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("x"), .type = SLICE("fanout"),
       .durable = true, .auto_delete = true, .no_wait = true);
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("y"), .type = SLICE("fanout"),
       .durable = true, .auto_delete = true, .no_wait = true);
    DO(story, 1, 1, exchange_bind, .source = SLICE("x"), .destination = SLICE("y"),
       .no_wait = true);
    DO(story, 1, 1, queue_declare, .queue = SLICE("a"), .durable = true, .auto_delete = true,
       .no_wait = true);
    story_bind(story, "y", "a", "");
    QUEUE(story, "e", "x-expires", "I:50");
    story_bind(story, "amq.fanout", "e", "");
    story_consume(story, 1, 1, "a", "c");
    story->tells_topology = true;
    DO(story, 1, 1, basic_cancel, .consumer_tag = SLICE("c"));
    TOLD(story, "topology queue_delete id=1, after 11\n"
                "topology exchange_delete vhost=/ name=x, after 12\n"
                "topology exchange_delete vhost=/ name=y, after 13\n"
                "basic_cancel_ok 1/1 consumer_tag=c\n");
    DO(story, 1, 1, queue_unbind, .queue = SLICE("e"), .exchange = SLICE("amq.fanout"));
    TOLD(story,
         "topology binding_delete vhost=/ source=amq.fanout queue=2 exchange= key=, after 14\n"
         "queue_unbind_ok 1/1, after 14\n");
    story_wait(story, 50);
    TOLD(story, "topology queue_delete id=2, after 15\n");
    story_free(story);
}

Test(outcome_emit, tells_of_users_and_what_they_may_do)
{
    struct story *story = story_new_with(&story_durable);
    struct topic_permission topic = {SLICE("x"), SLICE("{username}.*"), SLICE(".*")};
    story->tells_topology = true;
    broker_add_vhost(story->broker, SLICE("v"), &story->fx);
    broker_add_vhost(story->broker, SLICE("v"), &story->fx);
    broker_put_user(story->broker,
                    &(struct user){.name = SLICE("u"),
                                   .password_hash = SLICE("12345"),
                                   .hashing = HASHING_MD5,
                                   .tags = SLICE("t")},
                    &story->fx);
    broker_set_topic_permission(story->broker, SLICE("u"), SLICE("/"), &topic, &story->fx);
    story_permit(story, "u", "c", "w", "r");
    story_permit(story, "nobody", "c", "w", "r");
    TOLD(story, "topology vhost_put name=v, after 4\n"
                "topology user_put name=u password_hash=12345 hashing=2 tags=t, after 5\n"
                "topology topic_permission_put user=u vhost=/ exchange=x write={username}.* "
                "read=.*, after 6\n"
                "topology permission_put user=u vhost=/ configure=c write=w read=r, after 7\n"
                "refuse 404 no user 'nobody'\n");
    story_free(story);
}
