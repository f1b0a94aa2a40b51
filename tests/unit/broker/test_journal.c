#include "tests/unit/broker/story.h"

/* Queue d is durable and has the id 1, queue t is not. */
static struct story *two_queues(void)
{
    struct story *story = story_new();
    story_queue(story, "d");
    DO(story, 1, 1, queue_declare, .queue = SLICE("t"), .no_wait = true);
    return story;
}

static void publish(struct story *story, const char *queue, const char *body, uint8_t mode)
{
    PUBLISH(story, 1, 1, .routing_key = str(queue), .body = str(body),
            .properties = PROPERTIES(story, .delivery_mode = mode));
}

Test(journal, stores_persistent_messages_of_durable_queues_and_nothing_else)
{
    struct story *story = two_queues();
    publish(story, "d", "both", 2);
    publish(story, "d", "transient message", 1);
    publish(story, "d", "no mode", 0);
    publish(story, "t", "transient queue", 2);
    publish(story, "d", "both", 2);
    TOLD(story, "store queue 1 #1 both {delivery_mode=2}, after 1\n"
                "store queue 1 #4 both {delivery_mode=2}, after 2\n");
    story_free(story);
}

Test(journal, an_exclusive_queue_is_not_durable_whatever_it_says)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("e"), .durable = true, .exclusive = true,
       .no_wait = true);
    publish(story, "e", "a", 2);
    TOLD(story, "");
    story_free(story);
}

Test(journal, is_told_when_a_stored_message_is_done_with)
{
    struct story *story = two_queues();
    publish(story, "d", "a", 2);
    publish(story, "d", "b", 2);
    publish(story, "d", "c", 1);
    story_was(story, story_text(story));
    DO(story, 1, 2, basic_get, .queue = SLICE("d"));
    DO(story, 1, 2, basic_get, .queue = SLICE("d"), .no_ack = true);
    DO(story, 1, 2, basic_get, .queue = SLICE("d"));
    TOLD(story, "get 1/2 #1 a {delivery_mode=2}, 2 left, after 2\n"
                "settle queue 1 #2, after 3\n"
                "get 1/2 #2 b {delivery_mode=2}, 1 left, after 3\n"
                "get 1/2 #3 c {delivery_mode=1}, 0 left, after 3\n");
    DO(story, 1, 2, basic_nack, .multiple = true, .requeue = true);
    TOLD(story, "");
    DO(story, 1, 2, basic_get, .queue = SLICE("d"));
    DO(story, 1, 2, basic_reject, .delivery_tag = 4);
    TOLD(story, "get 1/2 #4 redelivered a {delivery_mode=2}, 1 left, after 3\n"
                "settle queue 1 #1, after 4\n");
    story_free(story);
}

Test(journal, hears_of_a_message_before_its_consumer_does)
{
    struct story *story = two_queues();
    DO(story, 1, 1, basic_consume, .queue = SLICE("d"), .consumer_tag = SLICE("c"), .no_ack = true,
       .no_wait = true);
    publish(story, "d", "a", 2);
    TOLD(story, "store queue 1 #1 a {delivery_mode=2}, after 1\n"
                "settle queue 1 #1, after 2\n"
                "deliver 1/1 #1 c a {delivery_mode=2}, after 2\n");
    story_free(story);
}

Test(journal, a_confirm_waits_for_the_records_of_its_message)
{
    struct story *story = two_queues();
    story_queue(story, "d2");
    story_bind(story, "amq.fanout", "d", "");
    story_bind(story, "amq.fanout", "d2", "");
    DO(story, 1, 1, confirm_select);
    publish(story, "t", "a", 2);
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.fanout"), .body = SLICE("b"),
            .properties = PROPERTIES(story, .delivery_mode = 2));
    DO(story, 1, 1, queue_purge, .queue = SLICE("t"));
    TOLD(story, "confirm_select_ok 1/1\n"
                "confirm 1/1 #1\n"
                "store queue 1 #1 b via amq.fanout/ {delivery_mode=2}, after 1\n"
                "store queue 3 #1 b via amq.fanout/ {delivery_mode=2}, after 2\n"
                "confirm 1/1 #2, after 2\n"
                "queue_purge_ok 1/1 message_count=1, after 2\n");
    story_free(story);
}

Test(journal, hears_of_a_transaction_at_its_commit_and_before_the_client_does)
{
    struct story *story = two_queues();
    publish(story, "d", "a", 2);
    DO(story, 1, 1, tx_select);
    DO(story, 1, 1, basic_get, .queue = SLICE("d"));
    publish(story, "d", "b", 2);
    story_ack(story, 1, 1, 1);
    story_was(story, story_text(story));
    DO(story, 1, 1, tx_commit);
    TOLD(story, "store queue 1 #2 b {delivery_mode=2}, after 2\n"
                "settle queue 1 #1, after 3\n"
                "tx_commit_ok 1/1, after 3\n");
    story_free(story);
}

Test(journal, has_nothing_to_hear_of_a_queue_that_is_deleted)
{
    struct story *story = two_queues();
    publish(story, "d", "a", 2);
    DO(story, 1, 1, basic_get, .queue = SLICE("d"));
    DO(story, 1, 1, queue_delete, .queue = SLICE("d"), .no_wait = true);
    story_was(story, story_text(story));
    story_ack(story, 1, 1, 1);
    TOLD(story, "");
    COUNTED(story, settled, 1);
    story_free(story);
}

Test(journal, a_queue_that_is_declared_again_has_another_id)
{
    struct story *story = two_queues();
    DO(story, 1, 1, queue_delete, .queue = SLICE("d"), .no_wait = true);
    story_queue(story, "d");
    publish(story, "d", "a", 2);
    TOLD(story, "store queue 3 #1 a {delivery_mode=2}, after 1\n");
    story_free(story);
}
