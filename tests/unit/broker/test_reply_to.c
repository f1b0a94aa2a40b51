#include "broker/view.h"
#include "tests/unit/broker/story.h"

#define PSEUDO SLICE("amq.rabbitmq.reply-to")

static void listen_on(struct story *story, uint32_t conn, uint16_t number, const char *tag)
{
    DO(story, conn, number, basic_consume, .queue = PSEUDO, .consumer_tag = str(tag),
       .no_ack = true, .no_wait = true);
}

/* Sends a request and reads it at the other end; returns where the answer is to go. */
static struct slice request(struct story *story, uint32_t conn, uint16_t number)
{
    story_queue(story, "requests");
    PUBLISH(story, conn, number, .routing_key = SLICE("requests"), .body = SLICE("ask"),
            .properties = PROPERTIES(story, .reply_to = PSEUDO, .correlation_id = SLICE("7")));
    DO(story, 3, 1, basic_get, .queue = SLICE("requests"), .no_ack = true);
    return bytes_slice(&story->generated);
}

Test(reply_to, brings_the_answer_to_the_channel_that_asked)
{
    struct story *story = story_new();
    DO(story, 2, 4, basic_consume, .queue = PSEUDO, .consumer_tag = SLICE("c"), .no_ack = true);
    struct slice address = request(story, 2, 4);
    PUBLISH(story, 3, 1, .routing_key = address, .body = SLICE("answer"),
            .properties = PROPERTIES(story, .correlation_id = SLICE("7")));
    TOLD(story, "basic_consume_ok 2/4 consumer_tag=c\n"
                "get 3/1 #1 ask {correlation_id=7 reply_to=amq.rabbitmq.reply-to.*}, 0 left\n"
                "deliver 2/4 #1 c answer {correlation_id=7}\n");
    COUNTED(story, messages_unsettled, 0);
    struct totals_view totals = view_totals(story->broker);
    cr_expect_eq(totals.messages.out.deliver_no_ack, 1); // though no queue has delivered it
    cr_expect_eq(totals.queues[QUEUE_CLASSIC].out.deliver_no_ack, 0);
    story_free(story);
}

Test(reply_to, has_a_tag_of_its_own_if_it_is_given_none)
{
    struct story *story = story_new();
    DO(story, 1, 1, basic_consume, .queue = PSEUDO, .no_ack = true);
    TOLD(story, "basic_consume_ok 1/1 consumer_tag=amq.ctag-*\n");
    story_free(story);
}

Test(reply_to, refuses_what_makes_no_sense)
{
    struct story *story = story_new();
    DO(story, 1, 1, basic_consume, .queue = PSEUDO);
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"),
            .properties = PROPERTIES(story, .reply_to = PSEUDO));
    listen_on(story, 1, 1, "c");
    DO(story, 1, 1, basic_consume, .queue = PSEUDO, .no_ack = true);
    DO(story, 1, 1, basic_consume, .queue = PSEUDO, .consumer_tag = SLICE("c"), .no_ack = true);
    story_queue(story, "q");
    DO(story, 1, 1, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("c"));
    DO(story, 1, 1, basic_get, .queue = PSEUDO);
    TOLD(story, "refuse 406 reply consumer cannot acknowledge\n"
                "refuse 406 fast reply consumer does not exist\n"
                "refuse 406 reply consumer already set\n"
                "refuse 530 attempt to reuse consumer tag 'c'\n"
                "refuse 530 attempt to reuse consumer tag 'c'\n"
                "refuse 404 no queue 'amq.rabbitmq.reply-to' in vhost '/'\n");
    story_free(story);
}

Test(reply_to, says_cannot_acknowledge_also_where_one_is_set_already)
{
    struct story *story = story_new();
    listen_on(story, 1, 1, "c");
    DO(story, 1, 1, basic_consume, .queue = PSEUDO);
    TOLD(story, "refuse 406 reply consumer cannot acknowledge\n");
    story_free(story);
}

Test(reply_to, can_be_looked_up_by_declaring_its_name)
{
    struct story *story = story_new();
    listen_on(story, 2, 1, "c");
    struct slice address = request(story, 2, 1);
    DO(story, 3, 1, queue_declare, .queue = address, .passive = true);
    DO(story, 3, 1, queue_declare, .queue = PSEUDO, .passive = true);
    story_close_channel(story, 2, 1);
    DO(story, 3, 1, queue_declare, .queue = address, .passive = true);
    TOLD(story,
         "get 3/1 #1 ask {correlation_id=7 reply_to=amq.rabbitmq.reply-to.*}, 0 left\n"
         "queue_declare_ok 3/1 queue=amq.rabbitmq.reply-to.* message_count=0 consumer_count=1\n"
         "queue_declare_ok 3/1 queue=amq.rabbitmq.reply-to message_count=0 consumer_count=1\n"
         "refuse 404 no queue 'amq.rabbitmq.reply-to.*' in vhost '/'\n");
    story_free(story);
}

Test(reply_to, drops_the_answer_when_nobody_listens_any_more)
{
    struct story *story = story_new();
    listen_on(story, 2, 1, "c");
    struct slice address = request(story, 2, 1);
    DO(story, 2, 1, basic_cancel, .consumer_tag = SLICE("c"));
    PUBLISH(story, 3, 1, .routing_key = address, .body = SLICE("late"));
    PUBLISH(story, 3, 1, .routing_key = address, .body = SLICE("late"), .mandatory = true);
    TOLD(story, "get 3/1 #1 ask {correlation_id=7 reply_to=amq.rabbitmq.reply-to.*}, 0 left\n"
                "basic_cancel_ok 2/1 consumer_tag=c\n"
                "return 3/1 late\n");
    listen_on(story, 2, 1, "again");
    PUBLISH(story, 3, 1, .routing_key = address, .body = SLICE("late"));
    TOLD(story, "");
    story_free(story);
}

/* RabbitMQ documents it: the address is no queue, so nothing was routed. */
Test(reply_to, a_mandatory_answer_is_delivered_and_returned)
{
    struct story *story = story_new();
    listen_on(story, 2, 1, "c");
    struct slice address = request(story, 2, 1);
    story_was(story, story_text(story));
    DO(story, 3, 1, confirm_select, .no_wait = true);
    PUBLISH(story, 3, 1, .routing_key = address, .body = SLICE("answer"), .mandatory = true);
    TOLD(story, "deliver 2/1 #1 c answer\n"
                "return 3/1 answer\n"
                "confirm 3/1 #1\n");
    story_free(story);
}

Test(reply_to, an_answer_that_names_its_address_twice_comes_once)
{
    struct story *story = story_new();
    char copies[64] = "A:";
    listen_on(story, 2, 1, "c");
    struct slice address = request(story, 2, 1);
    story_was(story, story_text(story));
    memcpy(copies + 2, address.ptr, address.len);
    PUBLISH(story, 3, 1, .routing_key = address, .body = SLICE("answer"),
            .properties = PROPERTIES(story, .headers = story_table(story, "CC", copies, NULL)));
    TOLD(story, "deliver 2/1 #1 c answer {headers=(CC)}\n");
    story_free(story);
}

Test(reply_to, an_answer_may_go_to_queues_as_well)
{
    struct story *story = story_new();
    listen_on(story, 2, 1, "c");
    struct slice address = request(story, 2, 1);
    story_was(story, story_text(story));
    PUBLISH(story, 3, 1, .routing_key = address, .body = SLICE("answer"), .mandatory = true,
            .properties =
                PROPERTIES(story, .headers = story_table(story, "BCC", "A:requests", NULL)));
    DO(story, 3, 1, basic_get, .queue = SLICE("requests"));
    TOLD(story, "deliver 2/1 #1 c answer {headers=()}\n"
                "get 3/1 #2 answer {headers=()}, 0 left\n");
    story_free(story);
}

Test(reply_to, answers_do_not_wait_for_a_commit)
{
    struct story *story = story_new();
    listen_on(story, 2, 1, "c");
    struct slice address = request(story, 2, 1);
    story_was(story, story_text(story));
    DO(story, 3, 1, tx_select);
    PUBLISH(story, 3, 1, .routing_key = address, .body = SLICE("answer"));
    DO(story, 3, 1, tx_rollback);
    TOLD(story, "tx_select_ok 3/1\n"
                "deliver 2/1 #1 c answer\n"
                "tx_rollback_ok 3/1\n");
    story_free(story);
}

Test(reply_to, a_client_that_does_not_read_loses_answers_in_the_end)
{
    struct story *story = story_new();
    listen_on(story, 2, 1, "c");
    struct slice address = request(story, 2, 1);
    story_window(story, 2, 0);
    story_was(story, story_text(story));
    PUBLISH(story, 3, 1, .routing_key = address, .body = SLICE("a"));
    TOLD(story, "deliver 2/1 #1 c a\n");
    story_window(story, 2, -100 * 1024 * 1024);
    PUBLISH(story, 3, 1, .routing_key = address, .body = SLICE("b"));
    TOLD(story, "");
    story_free(story);
}
