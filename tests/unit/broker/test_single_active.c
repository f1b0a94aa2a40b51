#include "tests/unit/broker/story.h"

#define SINGLE                                                                                     \
    "\x18"                                                                                         \
    "x-single-active-consumer"                                                                     \
    "t\x01"

static struct story *begin(void)
{
    struct story *story = story_new();
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .arguments = SLICE(SINGLE),
       .no_wait = true);
    return story;
}

static void cancel(struct story *story, uint32_t conn, struct slice tag)
{
    DO(story, conn, 1, basic_cancel, .consumer_tag = tag, .no_wait = true);
}

Test(single_active, the_first_gets_all_until_it_goes)
{
    struct story *story = begin();
    story_consume(story, 1, 1, "q", "one");
    story_consume(story, 2, 1, "q", "two");
    story_send(story, "q", "a b");
    TOLD(story, "deliver 1/1 #1 one a\ndeliver 1/1 #2 one b\n");
    cancel(story, 1, SLICE("one"));
    story_send(story, "q", "c");
    TOLD(story, "deliver 2/1 #1 two c\n");
    story_free(story);
}

Test(single_active, the_turn_goes_to_the_highest_priority_then_to_the_oldest)
{
    struct story *story = begin();
    story_consume(story, 1, 1, "q", "one");
    story_consume(story, 1, 1, "q", "two");
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("high"),
       .arguments = SLICE("\x0a"
                          "x-priorityI\0\0\0\x05"),
       .no_wait = true);
    story_send(story, "q", "a");
    cancel(story, 1, SLICE("one"));
    story_send(story, "q", "b");
    cancel(story, 1, SLICE("high"));
    story_send(story, "q", "c");
    TOLD(story, "deliver 1/1 #1 one a\ndeliver 1/1 #2 high b\ndeliver 1/1 #3 two c\n");
    story_free(story);
}

Test(single_active, one_that_waits_may_go_without_a_trace)
{
    struct story *story = begin();
    story_consume(story, 1, 1, "q", "one");
    story_consume(story, 2, 1, "q", "two");
    cancel(story, 2, SLICE("two"));
    story_send(story, "q", "a");
    TOLD(story, "deliver 1/1 #1 one a\n");
    cancel(story, 1, SLICE("one"));
    story_send(story, "q", "b");
    TOLD(story, "");
    COUNTED(story, consumers, 0);
    story_free(story);
}

Test(single_active, tolerates_no_exclusive_consumer_but_basic_get)
{
    struct story *story = begin();
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"), .exclusive = true);
    TOLD(story, "basic_get_empty 1/1 cluster_id=\n"
                "refuse 403 queue 'q' in vhost '/' in exclusive use\n");
    story_free(story);
}
