#include "broker/view_session.h"
#include "tests/unit/broker/story.h"

Test(channel_close, gives_what_is_out_back_in_order)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 2, 1, "q", "c");
    story_send(story, "q", "a b d e");
    story_ack(story, 2, 1, 2);
    story_close_channel(story, 2, 1);
    COUNTED(story, messages_ready, 3);
    COUNTED(story, consumers, 0);
    story_consume(story, 1, 1, "q", "next");
    TOLD(story, "deliver 2/1 #1 c a\n"
                "deliver 2/1 #2 c b\n"
                "deliver 2/1 #3 c d\n"
                "deliver 2/1 #4 c e\n"
                "deliver 1/1 #1 redelivered next a\n"
                "deliver 1/1 #2 redelivered next d\n"
                "deliver 1/1 #3 redelivered next e\n");
    story_free(story);
}

Test(channel_close, hands_what_it_gives_back_to_those_who_wait)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 2, 1, "q", "c");
    story_send(story, "q", "a b");
    story_consume(story, 1, 1, "q", "next");
    story_close_channel(story, 2, 1);
    TOLD(story, "deliver 2/1 #1 c a\n"
                "deliver 2/1 #2 c b\n"
                "deliver 1/1 #1 redelivered next a\n"
                "deliver 1/1 #2 redelivered next b\n");
    story_free(story);
}

Test(channel_close, drops_an_open_transaction_and_its_acknowledgements)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_send(story, "q", "a b");
    DO(story, 2, 1, tx_select);
    DO(story, 2, 1, basic_get, .queue = SLICE("q"));
    DO(story, 2, 1, basic_get, .queue = SLICE("q"));
    story_ack(story, 2, 1, 1);
    PUBLISH(story, 2, 1, .routing_key = SLICE("q"), .body = SLICE("x"));
    story_close_channel(story, 2, 1);
    COUNTED(story, messages_ready, 2);
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    TOLD(story, "tx_select_ok 2/1\n"
                "get 2/1 #1 a, 1 left\n"
                "get 2/1 #2 b, 0 left\n"
                "get 1/1 #1 redelivered a, 1 left\n");
    story_free(story);
}

Test(channel, begins_anew_when_it_is_opened_again)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, basic_qos, .prefetch_count = 1);
    DO(story, 1, 1, confirm_select);
    story_close_channel(story, 1, 1);
    DO(story, 1, 1, queue_bind, .exchange = SLICE("amq.direct"));
    DO(story, 1, 1, tx_select);
    story_close_channel(story, 1, 1);
    story_send(story, "q", "a b");
    story_consume(story, 1, 1, "q", "c");
    TOLD(story, "basic_qos_ok 1/1\n"
                "confirm_select_ok 1/1\n"
                "refuse 404 no previously declared queue\n"
                "tx_select_ok 1/1\n"
                "deliver 1/1 #1 c a\n"
                "deliver 1/1 #2 c b\n");
    story_free(story);
}

Test(session, is_opened_for_users_with_permissions_in_virtual_hosts_that_exist)
{
    struct story *story = story_new();
    broker_put_user(story->broker, &(struct user){.name = SLICE("new")}, &story->fx);
    struct session_options options = {.conn = 1, .user = SLICE("guest"), .vhost = SLICE("nope")};
    story_open(story, &options);
    options.vhost = SLICE("/");
    options.user = SLICE("new");
    story_open(story, &options);
    options.user = SLICE("nobody");
    story_open(story, &options);
    TOLD(story, "refuse 530 vhost nope not found\n"
                "refuse 530 access to vhost '/' refused for user 'new'\n"
                "refuse 530 access to vhost '/' refused for user 'nobody'\n");
    COUNTED(story, connections, 0);
    story_permit(story, "new", "", "", "");
    options.user = SLICE("new");
    story_open(story, &options);
    TOLD(story, "");
    COUNTED(story, connections, 1);
    story_free(story);
}

Test(session, sees_its_own_virtual_host_only)
{
    struct story *story = story_new();
    broker_add_vhost(story->broker, SLICE("other"), &story->fx);
    struct permission all = {SLICE(".*"), SLICE(".*"), SLICE(".*")};
    broker_set_permission(story->broker, SLICE("guest"), SLICE("other"), &all, &story->fx);
    story_open(story, &(struct session_options){
                          .conn = 2, .user = SLICE("guest"), .vhost = SLICE("other")});
    story_queue(story, "q");
    DO(story, 2, 1, queue_declare, .queue = SLICE("q"), .passive = true);
    DO(story, 2, 1, queue_declare, .queue = SLICE("q"), .no_wait = true);
    PUBLISH(story, 2, 1, .routing_key = SLICE("q"), .body = SLICE("a"));
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .passive = true);
    TOLD(story, "refuse 404 no queue 'q' in vhost 'other'\n"
                "queue_declare_ok 1/1 queue=q message_count=0 consumer_count=0\n");
    story_free(story);
}

Test(session_close, ends_all_of_it_and_gives_back_in_order)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 2, 1, basic_qos, .prefetch_count = 2);
    DO(story, 2, 2, basic_qos, .prefetch_count = 2);
    story_consume(story, 2, 1, "q", "a");
    story_consume(story, 2, 2, "q", "b");
    story_send(story, "q", "1 2 3 4 5");
    story_was(story, story_text(story));
    story_close(story, 2);
    COUNTED(story, messages_ready, 5);
    COUNTED(story, channels, 1);
    story_consume(story, 1, 1, "q", "c");
    TOLD(story, "deliver 1/1 #1 redelivered c 1\n"
                "deliver 1/1 #2 redelivered c 2\n"
                "deliver 1/1 #3 redelivered c 3\n"
                "deliver 1/1 #4 redelivered c 4\n"
                "deliver 1/1 #5 c 5\n");
    story_free(story);
}

/* story_close checks that nothing at all is for the session itself. */
Test(session_close, gives_nothing_to_its_own_channels_on_the_way)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 2, 1, "q", "first");
    story_send(story, "q", "1 2");
    story_consume(story, 2, 2, "q", "second");
    story_consume(story, 3, 1, "q", "other");
    story_was(story, story_text(story));
    story_close(story, 2);
    TOLD(story, "deliver 3/1 #1 redelivered other 1\n"
                "deliver 3/1 #2 redelivered other 2\n");
    COUNTED(story, delivered, 4);
    story_free(story);
}

Test(session_close, of_one_that_waits_for_its_window_is_fine)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 2, 1, "q", "c");
    story_window(story, 2, 0);
    story_send(story, "q", "1");
    story_close(story, 2);
    COUNTED(story, messages_ready, 1);
    session_close(NULL, &story->fx);
    story_free(story);
}

static uint64_t active_ms(struct story *story, uint16_t number)
{
    struct arena arena = {0};
    struct channel_view view;
    struct channel_place place = {.conn = 1, .number = number};
    cr_assert(view_channel(story->broker, &place, &arena, &view));
    arena_finish(&arena);
    return view.active_ms;
}

Test(channel, is_active_when_it_publishes_or_delivers)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 2, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("c"), .no_ack = true,
       .no_wait = true);
    uint64_t begin = story->now_ms;
    cr_expect_eq(active_ms(story, 1), begin);
    story_wait(story, 10);
    PUBLISH(story, 1, 1, .exchange = SLICE(""), .routing_key = SLICE("q"), .body = SLICE("m"));
    TOLD(story, "deliver 1/2 #1 c m\n");
    cr_expect_eq(active_ms(story, 1), begin + 10);
    cr_expect_eq(active_ms(story, 2), begin + 10);
    story_wait(story, 10);
    cr_expect_eq(active_ms(story, 1), begin + 10);
    story_free(story);
}
