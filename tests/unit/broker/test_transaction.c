#include "tests/unit/broker/story.h"

static void publish(struct story *story, const char *queue, const char *body)
{
    PUBLISH(story, 2, 1, .routing_key = str(queue), .body = str(body));
}

/* A queue, and channel 2/1 in a transaction. */
static struct story *begun(void)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 2, 1, tx_select);
    TOLD(story, "tx_select_ok 2/1\n");
    return story;
}

Test(transaction, shows_nothing_before_the_commit_and_then_all_in_order)
{
    struct story *story = begun();
    story_queue(story, "p");
    story_consume(story, 1, 1, "q", "c");
    publish(story, "q", "a");
    publish(story, "p", "b");
    publish(story, "q", "d");
    TOLD(story, "");
    COUNTED(story, messages_ready, 0);
    DO(story, 2, 1, tx_commit);
    TOLD(story, "deliver 1/1 #1 c a\n"
                "deliver 1/1 #2 c d\n"
                "tx_commit_ok 2/1\n");
    COUNTED(story, messages_ready, 1);
    DO(story, 2, 1, tx_commit);
    TOLD(story, "tx_commit_ok 2/1\n");
    story_free(story);
}

Test(transaction, rollback_forgets_what_was_published)
{
    struct story *story = begun();
    publish(story, "q", "a");
    DO(story, 2, 1, tx_rollback);
    publish(story, "q", "b");
    DO(story, 2, 1, tx_commit);
    DO(story, 1, 1, basic_get, .queue = SLICE("q"), .no_ack = true);
    TOLD(story, "tx_rollback_ok 2/1\n"
                "tx_commit_ok 2/1\n"
                "get 1/1 #1 b, 0 left\n");
    story_free(story);
}

Test(transaction, acknowledgements_count_from_the_commit)
{
    struct story *story = begun();
    DO(story, 2, 1, basic_qos, .prefetch_count = 1);
    story_consume(story, 2, 1, "q", "c");
    story_send(story, "q", "a b");
    story_ack(story, 2, 1, 1);
    COUNTED(story, messages_unsettled, 1);
    story_ack(story, 2, 1, 1);
    TOLD(story, "basic_qos_ok 2/1\n"
                "deliver 2/1 #1 c a\n"
                "refuse 406 unknown delivery tag 1\n");
    DO(story, 2, 1, tx_commit);
    TOLD(story, "deliver 2/1 #2 c b\n"
                "tx_commit_ok 2/1\n");
    COUNTED(story, messages_unsettled, 1);
    COUNTED(story, settled, 1);
    story_free(story);
}

Test(transaction, rollback_makes_acknowledged_messages_unsettled_again)
{
    struct story *story = begun();
    story_consume(story, 2, 1, "q", "c");
    story_send(story, "q", "a b d");
    story_ack(story, 2, 1, 2);
    DO(story, 2, 1, basic_reject, .delivery_tag = 1, .requeue = true);
    DO(story, 2, 1, tx_rollback);
    COUNTED(story, messages_unsettled, 3);
    DO(story, 2, 1, basic_ack, .delivery_tag = 2, .multiple = true);
    DO(story, 2, 1, tx_commit);
    COUNTED(story, messages_unsettled, 1);
    TOLD(story, "deliver 2/1 #1 c a\n"
                "deliver 2/1 #2 c b\n"
                "deliver 2/1 #3 c d\n"
                "tx_rollback_ok 2/1\n"
                "tx_commit_ok 2/1\n");
    story_free(story);
}

Test(transaction, rejects_wait_for_the_commit_and_requeue_in_order)
{
    struct story *story = begun();
    story_consume(story, 2, 1, "q", "c");
    story_send(story, "q", "a b");
    story_was(story, story_text(story));
    DO(story, 2, 1, basic_nack, .delivery_tag = 2, .requeue = true);
    DO(story, 2, 1, basic_nack, .delivery_tag = 1, .requeue = true);
    TOLD(story, "");
    DO(story, 2, 1, tx_commit);
    TOLD(story, "deliver 2/1 #3 redelivered c a\n"
                "deliver 2/1 #4 redelivered c b\n"
                "tx_commit_ok 2/1\n");
    story_free(story);
}

Test(transaction, recover_leaves_what_is_acknowledged_in_it)
{
    struct story *story = begun();
    story_consume(story, 2, 1, "q", "c");
    story_send(story, "q", "a b");
    story_ack(story, 2, 1, 1);
    story_was(story, story_text(story));
    DO(story, 2, 1, basic_recover, .requeue = true);
    TOLD(story, "basic_recover_ok 2/1\n"
                "deliver 2/1 #3 redelivered c b\n");
    DO(story, 2, 1, tx_rollback);
    COUNTED(story, messages_unsettled, 2);
    story_free(story);
}

Test(transaction, acknowledged_messages_of_a_consumer_that_is_gone_are_settled_too)
{
    struct story *story = begun();
    DO(story, 2, 1, basic_qos, .prefetch_count = 1);
    story_consume(story, 2, 1, "q", "c");
    story_send(story, "q", "a b");
    story_ack(story, 2, 1, 1);
    DO(story, 2, 1, basic_cancel, .consumer_tag = SLICE("c"), .no_wait = true);
    DO(story, 2, 1, tx_commit);
    COUNTED(story, messages_unsettled, 0);
    story_consume(story, 2, 1, "q", "d");
    TOLD(story, "basic_qos_ok 2/1\n"
                "deliver 2/1 #1 c a\n"
                "tx_commit_ok 2/1\n"
                "deliver 2/1 #2 d b\n");
    story_free(story);
}

Test(transaction, a_message_without_a_route_comes_back_at_the_commit)
{
    struct story *story = begun();
    PUBLISH(story, 2, 1, .routing_key = SLICE("nope"), .body = SLICE("a"), .mandatory = true);
    PUBLISH(story, 2, 1, .routing_key = SLICE("nope"), .body = SLICE("b"));
    publish(story, "q", "d");
    TOLD(story, "");
    DO(story, 2, 1, tx_commit);
    TOLD(story, "return 2/1 a\n"
                "tx_commit_ok 2/1\n");
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(transaction, what_cannot_be_is_refused_at_once_and_the_rest_stays)
{
    struct story *story = begun();
    publish(story, "q", "a");
    PUBLISH(story, 2, 1, .exchange = SLICE("nope"), .body = SLICE("b"));
    TOLD(story, "refuse 404 no exchange 'nope' in vhost '/'\n");
    DO(story, 2, 1, tx_select);
    DO(story, 2, 1, tx_commit);
    TOLD(story, "tx_select_ok 2/1\ntx_commit_ok 2/1\n");
    COUNTED(story, messages_ready, 1);
    story_free(story);
}

Test(transaction, a_queue_deleted_meanwhile_gets_nothing_and_others_do)
{
    struct story *story = begun();
    story_queue(story, "p");
    story_bind(story, "amq.fanout", "q", "");
    story_bind(story, "amq.fanout", "p", "");
    PUBLISH(story, 2, 1, .exchange = SLICE("amq.fanout"), .body = SLICE("a"));
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    DO(story, 2, 1, tx_commit);
    DO(story, 1, 1, basic_get, .queue = SLICE("p"), .no_ack = true);
    TOLD(story, "tx_commit_ok 2/1\n"
                "get 1/1 #1 a via amq.fanout/, 0 left\n");
    story_free(story);
}

Test(transaction, a_mandatory_message_whose_queues_are_all_deleted_comes_back)
{
    struct story *story = begun();
    PUBLISH(story, 2, 1, .routing_key = SLICE("q"), .body = SLICE("a"), .mandatory = true);
    publish(story, "q", "b");
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    DO(story, 2, 1, tx_commit);
    TOLD(story, "return 2/1 a\n"
                "tx_commit_ok 2/1\n");
    story_free(story);
}

Test(transaction, an_exclusive_queue_that_goes_with_its_connection_gets_nothing)
{
    struct story *story = begun();
    DO(story, 3, 1, queue_declare, .queue = SLICE("e"), .exclusive = true, .no_wait = true);
    publish(story, "e", "a");
    story_close(story, 3);
    DO(story, 2, 1, tx_rollback);
    publish(story, "e", "b");
    DO(story, 2, 1, tx_commit);
    TOLD(story, "tx_rollback_ok 2/1\ntx_commit_ok 2/1\n");
    story_free(story);
}

Test(transaction, and_confirms_exclude_each_other)
{
    struct story *story = begun();
    DO(story, 2, 1, confirm_select);
    DO(story, 2, 2, confirm_select, .no_wait = true);
    DO(story, 2, 2, tx_select);
    TOLD(story, "refuse 406 cannot switch from tx to confirm mode\n"
                "refuse 406 cannot switch from confirm to tx mode\n");
    story_free(story);
}

Test(transaction, cannot_end_before_it_begins)
{
    struct story *story = story_new();
    DO(story, 1, 1, tx_commit);
    DO(story, 1, 1, tx_rollback);
    TOLD(story, "refuse 406 channel is not transactional\n"
                "refuse 406 channel is not transactional\n");
    story_free(story);
}
