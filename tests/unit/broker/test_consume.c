#include "tests/unit/broker/story.h"

Test(consume, gets_what_is_there_and_what_comes)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "a b");
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("c"));
    story_send(story, "q", "d");
    TOLD(story, "basic_consume_ok 1/1 consumer_tag=c\n"
                "deliver 1/1 #1 c a\n"
                "deliver 1/1 #2 c b\n"
                "deliver 1/1 #3 c d\n");
    COUNTED(story, messages_unsettled, 3);
    COUNTED(story, messages_ready, 0);
    story_free(story);
}

Test(consume, without_a_tag_is_given_a_new_one_each_time)
{
    struct story *story = story_new();
    struct bytes first = {0};
    story_queue(story, "q");
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"));
    bytes_add(&first, bytes_slice(&story->generated));
    TOLD(story, "basic_consume_ok 1/1 consumer_tag=amq.ctag-*\n");
    DO(story, 1, 1, basic_consume, .queue = SLICE(""));
    TOLD(story, "basic_consume_ok 1/1 consumer_tag=amq.ctag-*\n");
    cr_assert_not(slice_eq(bytes_slice(&first), bytes_slice(&story->generated)));
    COUNTED(story, consumers, 2);
    bytes_finish(&first);
    story_free(story);
}

Test(consume, refuses_a_tag_that_the_channel_has)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 1, 1, "q", "c");
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("c"));
    TOLD(story, "refuse 530 attempt to reuse consumer tag 'c'\n");
    story_consume(story, 1, 2, "q", "c");
    DO(story, 1, 1, basic_cancel, .consumer_tag = SLICE("c"), .no_wait = true);
    story_consume(story, 1, 1, "q", "c");
    TOLD(story, "");
    COUNTED(story, consumers, 2);
    story_free(story);
}

Test(consume, exclusively_tolerates_no_other)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 1, 1, "q", "c");
    DO(story, 2, 1, basic_consume, .queue = SLICE("q"), .exclusive = true);
    TOLD(story, "refuse 403 queue 'q' in vhost '/' in exclusive use\n");
    DO(story, 1, 1, basic_cancel, .consumer_tag = SLICE("c"), .no_wait = true);
    DO(story, 2, 1, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("e"),
       .exclusive = true, .no_wait = true);
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"));
    DO(story, 2, 1, basic_consume, .queue = SLICE("q"));
    TOLD(story, "refuse 403 queue 'q' in vhost '/' in exclusive use\n"
                "refuse 403 queue 'q' in vhost '/' in exclusive use\n");
    story_close_channel(story, 2, 1);
    story_consume(story, 1, 1, "q", "c");
    TOLD(story, "");
    story_free(story);
}

Test(consume, of_a_quorum_queue_is_never_exclusive)
{
    struct story *story = story_new();
    QUEUE(story, "q", "x-queue-type", "S:quorum");
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("c"),
       .exclusive = true, .no_wait = true);
    DO(story, 2, 1, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("d"),
       .exclusive = true, .no_wait = true);
    TOLD(story, "");
    COUNTED(story, consumers, 2);
    story_free(story);
}

Test(consume, takes_the_arguments_of_streams_for_streams_alone)
{
    struct story *story = story_new();
    story_queue(story, "c");
    QUEUE(story, "q", "x-queue-type", "S:quorum");
    DO(story, 1, 1, basic_consume, .queue = SLICE("c"),
       .arguments = story_table(story, "x-stream-offset", "S:first", NULL));
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"),
       .arguments = story_table(story, "x-stream-filter", "S:a", NULL));
    TOLD(story, "refuse 406 invalid arg 'x-stream-offset' for queue 'c' in vhost '/' of queue type "
                "rabbit_classic_queue\n"
                "refuse 406 invalid arg 'x-stream-filter' for queue 'q' in vhost '/' of queue type "
                "rabbit_quorum_queue\n");
    story_free(story);
}

Test(consume, refuses_what_is_not_there_and_odd_arguments)
{
    struct story *story = story_new();
    DO(story, 1, 1, basic_consume, .queue = SLICE(""));
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"));
    story_queue(story, "q");
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"),
       .arguments = story_table(story, "x-priority", "S:high", NULL));
    TOLD(story, "refuse 404 no previously declared queue\n"
                "refuse 404 no queue 'q' in vhost '/'\n"
                "refuse 406 invalid arg 'x-priority' for queue 'q' in vhost '/': "
                "\"expected integer, got longstr\"\n");
    COUNTED(story, consumers, 0);
    story_free(story);
}

Test(consume, is_limited_in_number_by_a_setting)
{
    struct broker_options options = story_options;
    options.consumers_max = 2;
    struct story *story = story_new_with(&options);
    story_queue(story, "q");
    story_consume(story, 1, 1, "q", "a");
    story_consume(story, 1, 1, "q", "b");
    story_consume(story, 1, 2, "q", "c");
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"));
    TOLD(story, "refuse 530 reached maximum (2) of consumers per channel\n");
    story_free(story);
}

Test(consume, of_streams_and_quorum_queues_asks_for_more)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("s"), .durable = true, .no_wait = true,
       .arguments = story_table(story, "x-queue-type", "S:stream", NULL));
    DO(story, 1, 1, basic_consume, .queue = SLICE("s"));
    TOLD(story, "refuse 406 consumer prefetch count is not set for 'queue 's' in vhost '/''\n");
    DO(story, 1, 1, basic_qos, .prefetch_count = 5);
    DO(story, 1, 1, basic_consume, .queue = SLICE("s"), .no_ack = true);
    TOLD(story, "basic_qos_ok 1/1\n"
                "refuse 540 automatic acknowledgement not supported by stream queues queue 's' in "
                "vhost '/'\n");
    DO(story, 1, 1, basic_get, .queue = SLICE("s"));
    DO(story, 1, 1, queue_purge, .queue = SLICE("s"));
    TOLD(story, "refuse 540 basic.get not supported by stream queues queue 's' in vhost '/'\n"
                "refuse 540 queue.purge not supported by stream queues queue 's' in vhost '/'\n");
    DO(story, 1, 1, basic_qos, .prefetch_count = 5, .global = true);
    DO(story, 1, 1, basic_consume, .queue = SLICE("s"));
    TOLD(story, "basic_qos_ok 1/1\n"
                "refuse 540 queue 's' in vhost '/' does not support global qos\n");
    story_free(story);
}

Test(consume, without_acknowledgement_leaves_nothing_unsettled)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("c"), .no_ack = true,
       .no_wait = true);
    story_send(story, "q", "a b");
    story_ack(story, 1, 1, 1);
    TOLD(story, "deliver 1/1 #1 c a\n"
                "deliver 1/1 #2 c b\n"
                "refuse 406 unknown delivery tag 1\n");
    COUNTED(story, delivered, 2);
    COUNTED(story, messages_unsettled, 0);
    story_free(story);
}

Test(cancel, ends_deliveries_and_keeps_what_is_out)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 1, 1, "q", "c");
    story_send(story, "q", "a");
    DO(story, 1, 1, basic_cancel, .consumer_tag = SLICE("c"));
    story_send(story, "q", "b");
    TOLD(story, "deliver 1/1 #1 c a\n"
                "basic_cancel_ok 1/1 consumer_tag=c\n");
    COUNTED(story, messages_unsettled, 1);
    story_ack(story, 1, 1, 1);
    DO(story, 1, 1, basic_get, .queue = SLICE("q"), .no_ack = true);
    TOLD(story, "get 1/1 #2 b, 0 left\n");
    story_free(story);
}

Test(cancel, of_an_unknown_tag_is_fine)
{
    struct story *story = story_new();
    DO(story, 1, 1, basic_cancel, .consumer_tag = SLICE("zork"));
    DO(story, 1, 1, basic_cancel, .consumer_tag = SLICE(""));
    DO(story, 1, 1, basic_cancel, .consumer_tag = SLICE("zork"), .no_wait = true);
    TOLD(story, "basic_cancel_ok 1/1 consumer_tag=zork\n"
                "basic_cancel_ok 1/1 consumer_tag=\n");
    story_free(story);
}

Test(get, hands_out_one_message_and_says_how_many_are_left)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    story_send(story, "q", "a b c");
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    DO(story, 1, 1, basic_get, .queue = SLICE(""), .no_ack = true);
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    TOLD(story, "basic_get_empty 1/1 cluster_id=\n"
                "get 1/1 #1 a, 2 left\n"
                "get 1/1 #2 b, 1 left\n"
                "get 1/1 #3 c, 0 left\n");
    COUNTED(story, messages_unsettled, 2);
    DO(story, 1, 1, basic_get, .queue = SLICE("nope"));
    DO(story, 1, 1, basic_ack, .delivery_tag = 2);
    TOLD(story, "refuse 404 no queue 'nope' in vhost '/'\n"
                "refuse 406 unknown delivery tag 2\n");
    story_free(story);
}
