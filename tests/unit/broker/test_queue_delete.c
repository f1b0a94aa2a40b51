#include "tests/unit/broker/story.h"

Test(queue_delete, tells_how_many_ready_messages_went)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "a b c");
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"));
    TOLD(story, "get 1/1 #1 a, 2 left\n"
                "queue_delete_ok 1/1 message_count=2\n");
    COUNTED(story, queues, 0);
    COUNTED(story, messages_ready, 0);
    COUNTED(story, messages_unsettled, 1);
    story_ack(story, 1, 1, 1);
    TOLD(story, "");
    COUNTED(story, messages_unsettled, 0);
    story_free(story);
}

Test(queue_delete, of_something_that_is_not_there_is_fine)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_delete, .queue = SLICE("nope"));
    TOLD(story, "queue_delete_ok 1/1 message_count=0\n");
    DO(story, 1, 1, queue_delete, .queue = SLICE("nope"), .no_wait = true);
    TOLD(story, "");
    DO(story, 1, 1, queue_delete, .queue = SLICE("amq.rabbitmq.reply-to"));
    TOLD(story, "queue_delete_ok 1/1 message_count=0\n");
    story_free(story);
}

Test(queue_delete, if_empty_and_if_unused_keep_what_is_not)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "a");
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .if_empty = true);
    TOLD(story, "refuse 406 queue 'q' in vhost '/' not empty\n");
    story_consume(story, 1, 1, "q", "c");
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .if_unused = true);
    TOLD(story, "deliver 1/1 #1 c a\n"
                "refuse 406 queue 'q' in vhost '/' in use\n");
    DO(story, 1, 1, basic_cancel, .consumer_tag = SLICE("c"), .no_wait = true);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .if_empty = true, .if_unused = true);
    TOLD(story, "queue_delete_ok 1/1 message_count=0\n");
    story_free(story);
}

Test(queue_delete, of_a_quorum_queue_knows_no_conditions)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .durable = true, .no_wait = true,
       .arguments = story_table(story, "x-queue-type", "S:quorum", NULL));
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .if_unused = true);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .if_empty = true);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"));
    TOLD(story, "refuse 540 cannot delete queue 'q' in vhost '/'. queue.delete operations with "
                "if-unused flag set are not supported by quorum queues\n"
                "refuse 540 cannot delete queue 'q' in vhost '/'. queue.delete operations with "
                "if-empty flag set are not supported by quorum queues\n"
                "queue_delete_ok 1/1 message_count=0\n");
    story_free(story);
}

Test(queue_delete, tells_consumers_that_asked_to_be_told)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_open(story,
               &(struct session_options){.conn = 3, .user = SLICE("guest"), .vhost = SLICE("/")});
    story_consume(story, 1, 1, "q", "a");
    story_consume(story, 2, 7, "q", "b");
    story_consume(story, 3, 1, "q", "silent");
    DO(story, 1, 2, queue_delete, .queue = SLICE("q"));
    TOLD(story, "cancel 1/1 a\n"
                "cancel 2/7 b\n"
                "queue_delete_ok 1/2 message_count=0\n");
    COUNTED(story, consumers, 0);
    DO(story, 2, 7, basic_cancel, .consumer_tag = SLICE("b"));
    TOLD(story, "basic_cancel_ok 2/7 consumer_tag=b\n");
    story_free(story);
}

Test(queue_delete, leaves_nothing_to_a_queue_of_the_same_name)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_bind(story, "amq.fanout", "q", "");
    story_send(story, "q", "a b");
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    story_queue(story, "q");
    PUBLISH(story, 1, 1, .exchange = SLICE("amq.fanout"), .body = SLICE("c"));
    DO(story, 1, 1, basic_nack, .delivery_tag = 1, .requeue = true);
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    TOLD(story, "get 1/1 #1 a, 1 left\n"
                "basic_get_empty 1/1 cluster_id=\n");
    story_free(story);
}

Test(queue_purge, drops_what_is_ready_and_keeps_what_is_out)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "a b c");
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    DO(story, 1, 1, queue_purge, .queue = SLICE("q"));
    TOLD(story, "get 1/1 #1 a, 2 left\n"
                "queue_purge_ok 1/1 message_count=2\n");
    COUNTED(story, messages_ready, 0);
    DO(story, 1, 1, basic_reject, .delivery_tag = 1, .requeue = true);
    COUNTED(story, messages_ready, 1);
    DO(story, 1, 1, queue_purge, .queue = SLICE("q"), .no_wait = true);
    TOLD(story, "");
    COUNTED(story, messages_ready, 0);
    DO(story, 1, 1, queue_purge, .queue = SLICE("nope"));
    TOLD(story, "refuse 404 no queue 'nope' in vhost '/'\n");
    story_free(story);
}

static void auto_delete(struct story *story, const char *name)
{
    DO(story, 1, 1, queue_declare, .queue = str(name), .auto_delete = true, .no_wait = true);
}

Test(auto_delete_queue, goes_with_its_last_consumer_and_not_before_a_first)
{
    struct story *story = story_new();
    auto_delete(story, "q");
    story_send(story, "q", "a");
    COUNTED(story, queues, 1);
    story_consume(story, 1, 1, "q", "one");
    story_consume(story, 2, 1, "q", "two");
    DO(story, 1, 1, basic_cancel, .consumer_tag = SLICE("one"));
    COUNTED(story, queues, 1);
    DO(story, 2, 1, basic_cancel, .consumer_tag = SLICE("two"));
    COUNTED(story, queues, 0);
    story_ack(story, 1, 1, 1);
    TOLD(story, "deliver 1/1 #1 one a\n"
                "basic_cancel_ok 1/1 consumer_tag=one\n"
                "basic_cancel_ok 2/1 consumer_tag=two\n");
    story_free(story);
}

Test(auto_delete_queue, goes_when_channel_or_connection_of_its_last_consumer_closes)
{
    struct story *story = story_new();
    auto_delete(story, "q");
    story_consume(story, 2, 1, "q", "c");
    story_send(story, "q", "a");
    story_close_channel(story, 2, 1);
    COUNTED(story, queues, 0);
    auto_delete(story, "q");
    story_consume(story, 2, 1, "q", "c");
    story_close(story, 2);
    COUNTED(story, queues, 0);
    COUNTED(story, messages_unsettled, 0);
    TOLD(story, "deliver 2/1 #1 c a\n");
    story_free(story);
}
