#include "tests/unit/broker/story.h"

/* A queue with four messages, all of them out with consumer c of 1/1. */
static struct story *four_out(void)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 1, 1, "q", "c");
    story_send(story, "q", "a b d e");
    TOLD(story, "deliver 1/1 #1 c a\n"
                "deliver 1/1 #2 c b\n"
                "deliver 1/1 #3 c d\n"
                "deliver 1/1 #4 c e\n");
    return story;
}

Test(ack, settles_one_or_all_up_to_one_or_all)
{
    struct story *story = four_out();
    story_ack(story, 1, 1, 2);
    COUNTED(story, messages_unsettled, 3);
    DO(story, 1, 1, basic_ack, .delivery_tag = 3, .multiple = true);
    COUNTED(story, messages_unsettled, 1);
    DO(story, 1, 1, basic_ack, .delivery_tag = 0, .multiple = true);
    COUNTED(story, messages_unsettled, 0);
    DO(story, 1, 1, basic_ack, .delivery_tag = 0, .multiple = true);
    COUNTED(story, settled, 4);
    TOLD(story, "");
    story_free(story);
}

Test(ack, of_a_tag_that_is_not_out_is_refused)
{
    struct story *story = four_out();
    story_ack(story, 1, 1, 2);
    story_ack(story, 1, 1, 2);
    story_ack(story, 1, 1, 5);
    story_ack(story, 1, 1, 0);
    DO(story, 1, 1, basic_ack, .delivery_tag = 2, .multiple = true);
    DO(story, 1, 1, basic_ack, .delivery_tag = 5, .multiple = true);
    DO(story, 1, 1, basic_nack, .delivery_tag = 9, .multiple = true, .requeue = true);
    DO(story, 1, 1, basic_reject, .delivery_tag = 9);
    story_ack(story, 1, 2, 1);
    TOLD(story, "refuse 406 unknown delivery tag 2\n"
                "refuse 406 unknown delivery tag 5\n"
                "refuse 406 unknown delivery tag 0\n"
                "refuse 406 unknown delivery tag 2\n"
                "refuse 406 unknown delivery tag 5\n"
                "refuse 406 unknown delivery tag 9\n"
                "refuse 406 unknown delivery tag 9\n"
                "refuse 406 unknown delivery tag 1\n");
    COUNTED(story, messages_unsettled, 3);
    story_free(story);
}

Test(reject, drops_or_requeues)
{
    struct story *story = four_out();
    DO(story, 1, 1, basic_reject, .delivery_tag = 1);
    DO(story, 1, 1, basic_nack, .delivery_tag = 3, .multiple = true);
    COUNTED(story, messages_unsettled, 1);
    COUNTED(story, settled, 3);
    DO(story, 1, 1, basic_reject, .delivery_tag = 4, .requeue = true);
    TOLD(story, "deliver 1/1 #5 redelivered c e\n");
    COUNTED(story, settled, 3);
    story_free(story);
}

Test(nack, of_all_requeues_in_the_order_of_the_queue)
{
    struct story *story = four_out();
    DO(story, 1, 1, basic_cancel, .consumer_tag = SLICE("c"), .no_wait = true);
    story_send(story, "q", "f");
    DO(story, 1, 1, basic_nack, .delivery_tag = 3, .requeue = true);
    DO(story, 1, 1, basic_nack, .multiple = true, .requeue = true);
    COUNTED(story, messages_ready, 5);
    story_consume(story, 2, 1, "q", "d");
    TOLD(story, "deliver 2/1 #1 redelivered d a\n"
                "deliver 2/1 #2 redelivered d b\n"
                "deliver 2/1 #3 redelivered d d\n"
                "deliver 2/1 #4 redelivered d e\n"
                "deliver 2/1 #5 d f\n");
    story_free(story);
}

Test(nack, of_several_requeues_all_before_any_goes_out_again)
{
    struct story *story = four_out();
    DO(story, 1, 1, basic_nack, .delivery_tag = 4, .requeue = true);
    DO(story, 1, 1, basic_nack, .delivery_tag = 3, .multiple = true, .requeue = true);
    TOLD(story, "deliver 1/1 #5 redelivered c e\n"
                "deliver 1/1 #6 redelivered c a\n"
                "deliver 1/1 #7 redelivered c b\n"
                "deliver 1/1 #8 redelivered c d\n");
    story_free(story);
}

Test(requeue, goes_to_whoever_has_the_turn)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, basic_qos, .prefetch_count = 1);
    DO(story, 2, 1, basic_qos, .prefetch_count = 1);
    story_consume(story, 1, 1, "q", "a");
    story_send(story, "q", "1");
    story_consume(story, 2, 1, "q", "b");
    DO(story, 1, 1, basic_reject, .delivery_tag = 1, .requeue = true);
    TOLD(story, "basic_qos_ok 1/1\n"
                "basic_qos_ok 2/1\n"
                "deliver 1/1 #1 a 1\n"
                "deliver 2/1 #1 redelivered b 1\n");
    story_free(story);
}

Test(recover, says_so_and_then_gives_all_again)
{
    struct story *story = four_out();
    story_ack(story, 1, 1, 2);
    DO(story, 1, 1, basic_recover, .requeue = true);
    TOLD(story, "basic_recover_ok 1/1\n"
                "deliver 1/1 #5 redelivered c a\n"
                "deliver 1/1 #6 redelivered c d\n"
                "deliver 1/1 #7 redelivered c e\n");
    DO(story, 1, 1, basic_recover_async, .requeue = true);
    TOLD(story, "deliver 1/1 #8 redelivered c a\n"
                "deliver 1/1 #9 redelivered c d\n"
                "deliver 1/1 #10 redelivered c e\n");
    DO(story, 1, 1, basic_recover);
    DO(story, 1, 1, basic_recover_async);
    TOLD(story, "refuse 540 requeue=false\n"
                "refuse 540 requeue=false\n");
    DO(story, 1, 3, basic_recover, .requeue = true);
    TOLD(story, "basic_recover_ok 1/3\n");
    story_free(story);
}

Test(settle, what_basic_get_took_like_the_rest)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "a b d");
    for (int i = 0; i < 3; i++) {
        DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    }
    DO(story, 1, 1, basic_nack, .delivery_tag = 2, .multiple = true, .requeue = true);
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    TOLD(story, "get 1/1 #1 a, 2 left\n"
                "get 1/1 #2 b, 1 left\n"
                "get 1/1 #3 d, 0 left\n"
                "get 1/1 #4 redelivered a, 1 left\n");
    story_free(story);
}

Test(settle, several_queues_at_once)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_queue(story, "p");
    DO(story, 1, 1, basic_qos, .prefetch_count = 1);
    story_consume(story, 1, 1, "q", "cq");
    story_consume(story, 1, 1, "p", "cp");
    story_send(story, "q", "1 2");
    story_send(story, "p", "3 4");
    DO(story, 1, 1, basic_ack, .multiple = true);
    TOLD(story, "basic_qos_ok 1/1\n"
                "deliver 1/1 #1 cq 1\n"
                "deliver 1/1 #2 cp 3\n"
                "deliver 1/1 #3 cq 2\n"
                "deliver 1/1 #4 cp 4\n");
    story_free(story);
}
