#include "broker/tally.h"

#include "broker/death.h"
#include "broker/view_pair.h"
#include "broker/view_walk.h"
#include "tests/unit/broker/story.h"

static struct queue_counts queue_counts_of(struct story *story, const char *name)
{
    struct arena arena = {0};
    struct queue_view view;
    struct view_scope scope = {.vhost = SLICE("/"), .arena = &arena};
    cr_assert(view_queue(story->broker, &scope, str(name), &view));
    arena_finish(&arena);
    return view.counts;
}

static struct exchange_counts exchange_counts_of(struct story *story, const char *name)
{
    struct arena arena = {0};
    struct exchange_view view;
    struct view_scope scope = {.vhost = SLICE("/"), .arena = &arena};
    cr_assert(view_exchange(story->broker, &scope, str(name), &view));
    arena_finish(&arena);
    return view.counts;
}

static struct message_counts vhost_counts_of(struct story *story)
{
    struct arena arena = {0};
    struct vhost_view view;
    cr_assert(view_vhost(story->broker, SLICE("/"), &arena, &view));
    arena_finish(&arena);
    return view.counts;
}

static struct message_counts channel_counts_of(struct story *story, uint32_t conn, uint16_t number)
{
    return tally_channel(story_channel(story, conn, number));
}

Test(counts, of_a_publish_are_with_channel_exchange_and_queues)
{
    struct story *story = story_new();
    story_queue(story, "a");
    story_queue(story, "b");
    story_exchange(story, "x", "fanout");
    story_bind(story, "x", "a", "");
    story_bind(story, "x", "b", "");
    for (int i = 0; i < 3; i++) { // the first one routes, the others go by what it found
        PUBLISH(story, 1, 1, .exchange = SLICE("x"));
    }
    PUBLISH(story, 1, 1, .routing_key = SLICE("a"));
    cr_expect_eq(channel_counts_of(story, 1, 1).in.publish, 4);
    cr_expect_eq(exchange_counts_of(story, "x").publish_in, 3);
    cr_expect_eq(exchange_counts_of(story, "x").publish_out, 6);
    cr_expect_eq(exchange_counts_of(story, "").publish_in, 1);
    cr_expect_eq(exchange_counts_of(story, "").publish_out, 1);
    cr_expect_eq(queue_counts_of(story, "a").publish, 4);
    cr_expect_eq(queue_counts_of(story, "b").publish, 3);
    story_free(story);
}

Test(counts, of_what_goes_nowhere_tell_returned_from_dropped)
{
    struct story *story = story_new();
    for (int i = 0; i < 2; i++) {
        PUBLISH(story, 1, 1, .routing_key = SLICE("nobody"));
        PUBLISH(story, 1, 1, .routing_key = SLICE("nobody"), .mandatory = true);
        PUBLISH(story, 1, 1, .routing_key = SLICE("no"), .mandatory = true);
    }
    struct publish_counts in = channel_counts_of(story, 1, 1).in;
    cr_expect_eq(in.publish, 6);
    cr_expect_eq(in.return_unroutable, 4);
    cr_expect_eq(in.drop_unroutable, 2);
    cr_expect_eq(exchange_counts_of(story, "").publish_in, 6);
    cr_expect_eq(exchange_counts_of(story, "").publish_out, 0);
    story_free(story);
}

Test(counts, of_confirms_leave_out_what_was_refused)
{
    struct story *story = story_new();
    QUEUE(story, "full", "x-max-length", "I:1", "x-overflow", "S:reject-publish");
    PUBLISH(story, 1, 1, .routing_key = SLICE("full"));
    DO(story, 1, 1, confirm_select, .no_wait = true);
    PUBLISH(story, 1, 1, .routing_key = SLICE("full"));
    PUBLISH(story, 1, 1, .routing_key = SLICE("nobody"));
    struct publish_counts in = channel_counts_of(story, 1, 1).in;
    cr_expect_eq(in.publish, 3);
    cr_expect_eq(in.received_confirm, 2);
    cr_expect_eq(in.confirm, 1);
    story_free(story);
}

Test(counts, of_deliveries_are_with_the_channel_that_got_them)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 2, 1, "q", "t");
    story_send(story, "q", "a b");
    story_ack(story, 2, 1, 1);
    DO(story, 2, 1, basic_cancel, .consumer_tag = SLICE("t"), .no_wait = true);
    DO(story, 2, 1, basic_nack, .delivery_tag = 2, .requeue = true);
    DO(story, 3, 1, basic_consume, .queue = SLICE("q"), .consumer_tag = SLICE("u"), .no_ack = true,
       .no_wait = true);
    struct delivery_counts queue = queue_counts_of(story, "q").out;
    cr_expect_eq(queue.deliver, 2);
    cr_expect_eq(queue.ack, 1);
    cr_expect_eq(queue.redeliver, 1);
    cr_expect_eq(queue.deliver_no_ack, 1);
    cr_expect_eq(delivery_counts_all(&queue), 3);
    cr_expect_eq(channel_counts_of(story, 2, 1).out.deliver, 2);
    cr_expect_eq(channel_counts_of(story, 2, 1).out.ack, 1);
    cr_expect_eq(channel_counts_of(story, 2, 1).out.redeliver, 0);
    cr_expect_eq(channel_counts_of(story, 3, 1).out.deliver_no_ack, 1);
    cr_expect_eq(channel_counts_of(story, 3, 1).out.redeliver, 1);
    story_free(story);
}

Test(counts, of_gets_tell_empty_ones_and_redelivered_ones)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    story_send(story, "q", "a");
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    DO(story, 1, 1, basic_reject, .delivery_tag = 1, .requeue = true);
    DO(story, 1, 1, basic_get, .queue = SLICE("q"), .no_ack = true);
    struct delivery_counts out = queue_counts_of(story, "q").out;
    cr_expect_eq(out.get_empty, 1);
    cr_expect_eq(out.get, 1);
    cr_expect_eq(out.get_no_ack, 1);
    cr_expect_eq(out.redeliver, 1);
    cr_expect_eq(out.ack, 0);
    struct delivery_counts channel = channel_counts_of(story, 1, 1).out;
    cr_expect_arr_eq(&channel, &out, sizeof out);
    story_free(story);
}

Test(counts, of_a_transaction_wait_for_its_commit)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, tx_select);
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"));
    PUBLISH(story, 1, 1, .routing_key = SLICE("nobody"), .mandatory = true);
    cr_expect_eq(channel_counts_of(story, 1, 1).in.publish, 0);
    DO(story, 1, 1, tx_rollback);
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"));
    PUBLISH(story, 1, 1, .routing_key = SLICE("nobody"), .mandatory = true);
    DO(story, 1, 1, tx_commit);
    cr_expect_eq(channel_counts_of(story, 1, 1).in.publish, 2);
    cr_expect_eq(channel_counts_of(story, 1, 1).in.return_unroutable, 1);
    cr_expect_eq(queue_counts_of(story, "q").publish, 1);
    cr_expect_eq(exchange_counts_of(story, "").publish_in, 2);
    cr_expect_eq(exchange_counts_of(story, "").publish_out, 1);
    story_free(story);
}

Test(counts, of_a_transaction_outlive_its_exchange)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_exchange(story, "x", "fanout");
    story_bind(story, "x", "q", "");
    DO(story, 1, 1, tx_select);
    PUBLISH(story, 1, 1, .exchange = SLICE("x"));
    DO(story, 2, 1, exchange_delete, .exchange = SLICE("x"), .no_wait = true);
    DO(story, 1, 1, tx_commit);
    cr_expect_eq(channel_counts_of(story, 1, 1).in.publish, 1);
    cr_expect_eq(queue_counts_of(story, "q").publish, 1);
    story_free(story);
}

Test(counts, of_deaths_tell_where_the_dead_went)
{
    struct story *story = story_new();
    QUEUE(story, "sends", "x-max-length", "I:1", "x-dead-letter-exchange", "S:");
    QUEUE(story, "drops", "x-max-length", "I:1");
    story_send(story, "sends", "a b c");
    story_send(story, "drops", "a b");
    cr_expect_eq(queue_counts_of(story, "sends").dead_lettered[DEATH_MAXLEN], 2);
    cr_expect_eq(queue_counts_of(story, "sends").dropped[DEATH_MAXLEN], 0);
    cr_expect_eq(queue_counts_of(story, "drops").dropped[DEATH_MAXLEN], 1);
    story_free(story);
}

Test(counts, stay_when_what_counted_is_gone)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 2, 1, "q", "t");
    PUBLISH(story, 3, 1, .routing_key = SLICE("q"));
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    struct totals_view before = view_totals(story->broker);
    cr_expect_eq(before.queues[QUEUE_CLASSIC].publish, 1);
    cr_expect_eq(before.queues[QUEUE_CLASSIC].out.deliver, 1);
    story_ack(story, 2, 1, 1); // the queue goes with its last unsettled message
    story_close(story, 2);
    story_close(story, 3);
    struct totals_view totals = view_totals(story->broker);
    cr_expect_eq(totals.queues[QUEUE_CLASSIC].publish, 1);
    cr_expect_eq(totals.queues[QUEUE_CLASSIC].out.ack, 1);
    cr_expect_eq(totals.messages.in.publish, 1);
    cr_expect_eq(totals.messages.out.deliver, 1);
    cr_expect_eq(totals.messages.out.ack, 1);
    struct message_counts vhost = vhost_counts_of(story);
    cr_expect_arr_eq(&vhost, &totals.messages, sizeof vhost);
    story_free(story);
}

Test(counts, of_a_virtual_host_stay_with_the_broker)
{
    struct story *story = story_new();
    struct permission all = {SLICE(".*"), SLICE(".*"), SLICE(".*")};
    broker_add_vhost(story->broker, SLICE("v"), &story->fx);
    broker_set_permission(story->broker, SLICE("guest"), SLICE("v"), &all, &story->fx);
    story_open(story,
               &(struct session_options){.conn = 4, .user = SLICE("guest"), .vhost = SLICE("v")});
    PUBLISH(story, 4, 1, .routing_key = SLICE("nobody"));
    cr_expect_eq(vhost_counts_of(story).in.publish, 0);
    story_close(story, 4);
    cr_assert(!broker_delete_vhost(story->broker, SLICE("v"), &story->fx));
    cr_expect_eq(view_totals(story->broker).messages.in.drop_unroutable, 1);
    story_free(story);
}

Test(churn, counts_who_comes_and_goes)
{
    struct story *story = story_new();
    story_queue(story, "q"); // opens 1/1
    story_queue(story, "q");
    DO(story, 1, 1, queue_declare, .queue = SLICE("q"), .passive = true, .no_wait = true);
    story_channel(story, 1, 2);
    story_channel(story, 2, 1);
    story_close_channel(story, 1, 2);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    story_close(story, 2);
    struct churn_counts churn = view_totals(story->broker).churn;
    cr_expect_eq(churn.connection_created, 2);
    cr_expect_eq(churn.connection_closed, 1);
    cr_expect_eq(churn.channel_created, 3);
    cr_expect_eq(churn.channel_closed, 2);
    cr_expect_eq(churn.queue_declared, 2);
    cr_expect_eq(churn.queue_created, 1);
    cr_expect_eq(churn.queue_deleted, 1);
    story_free(story);
}

Test(churn, passes_by_who_is_not_connected)
{
    struct story *story = story_new();
    struct session *session;
    struct session_options options = {
        .conn = 9, .user = SLICE("guest"), .vhost = SLICE("/"), .passing = true};
    cr_assert(!broker_open_session(story->broker, &options, &session, &story->fx));
    channel_open(session, 1);
    session_close(session, &story->fx);
    struct churn_counts churn = view_totals(story->broker).churn;
    cr_expect_eq(churn.connection_created + churn.connection_closed, 0);
    cr_expect_eq(churn.channel_created + churn.channel_closed, 0);
    story_free(story);
}

Test(totals, know_how_many_publish)
{
    struct story *story = story_new();
    story_channel(story, 1, 1);
    story_channel(story, 1, 2);
    PUBLISH(story, 1, 2, .routing_key = SLICE("nobody"));
    cr_expect_eq(view_totals(story->broker).publishers, 1);
    story_close_channel(story, 1, 2);
    cr_expect_eq(view_totals(story->broker).publishers, 0);
    story_free(story);
}

static void add_up(struct message_counts *to, const struct message_counts *more)
{
    publish_counts_add(&to->in, &more->in);
    delivery_counts_add(&to->out, &more->out);
}

static struct message_counts all_channels(struct story *story)
{
    struct view_scope all = {.arena = NULL};
    struct view_walk *walk = view_walk_new(story->broker, &all);
    struct message_counts sum = {.in = {0}};
    struct channel_view view;
    while (view_walk_channel(walk, &view)) {
        add_up(&sum, &view.counts);
    }
    view_walk_free(walk);
    return sum;
}

/* In all the ways in which a message can come in and go out. */
static void have_traffic(struct story *story)
{
    story_queue(story, "q");
    story_send(story, "q", "a b c d e");
    DO(story, 1, 2, confirm_select, .no_wait = true);
    PUBLISH(story, 1, 2, .routing_key = SLICE("q"));
    PUBLISH(story, 1, 2, .routing_key = SLICE("nobody"), .mandatory = true);
    DO(story, 1, 3, tx_select);
    PUBLISH(story, 1, 3, .routing_key = SLICE("q"));
    PUBLISH(story, 1, 3, .routing_key = SLICE("nobody"));
    DO(story, 1, 3, tx_commit);
    PUBLISH(story, 1, 3, .routing_key = SLICE("q")); // and is not committed
    DO(story, 2, 1, basic_get, .queue = SLICE("q"));
    DO(story, 2, 1, basic_get, .queue = SLICE("q"), .no_ack = true);
    DO(story, 2, 1, basic_reject, .delivery_tag = 1, .requeue = true);
    story_consume(story, 2, 2, "q", "t");
    story_ack(story, 2, 2, 1);
    DO(story, 2, 1, basic_get, .queue = SLICE("q"));
    DO(story, 2, 3, basic_consume, .queue = SLICE("q"), .no_ack = true, .no_wait = true);
}

Test(sums, are_what_channels_have_counted)
{
    struct story *story = story_new();
    have_traffic(story);
    struct message_counts sum = all_channels(story);
    struct totals_view totals = view_totals(story->broker);
    struct message_counts vhost = vhost_counts_of(story);
    cr_assert_eq(sum.in.publish, 9);
    cr_assert_gt(sum.out.redeliver, 0);
    cr_expect_arr_eq(&totals.messages, &sum, sizeof sum);
    cr_expect_arr_eq(&vhost, &sum, sizeof sum);
    cr_expect_eq(totals.publishers, 3);
    story_free(story);
}

Test(sums, are_what_queues_have_counted)
{
    struct story *story = story_new();
    have_traffic(story);
    struct queue_counts queue = queue_counts_of(story, "q");
    struct totals_view totals = view_totals(story->broker);
    cr_expect_arr_eq(&totals.queues[QUEUE_CLASSIC], &queue, sizeof queue);
    story_free(story);
}

Test(sums, are_what_pairs_have_counted)
{
    struct story *story = story_new();
    struct view_scope all = {.arena = NULL};
    struct message_counts sum = {.in = {0}};
    uint64_t by_channels = 0, by_all = 0;
    have_traffic(story);
    struct view_walk *walk = view_walk_new(story->broker, &all);
    struct pair_view view;
    while (view_walk_pair(walk, &view)) {
        if (view.kind == PAIR_CHANNEL_EXCHANGE || view.kind == PAIR_CHANNEL_QUEUE) {
            add_up(&sum, &(struct message_counts){view.in, view.out});
        }
        by_channels += view.kind == PAIR_CHANNEL_ROUTE ? view.in.publish : 0;
        by_all += view.kind == PAIR_EXCHANGE_QUEUE ? view.in.publish : 0;
    }
    view_walk_free(walk);
    struct totals_view totals = view_totals(story->broker);
    sum.in.received_confirm = totals.messages.in.received_confirm; // which no pair counts
    cr_expect_arr_eq(&totals.messages, &sum, sizeof sum);
    cr_expect_eq(by_channels, totals.queues[QUEUE_CLASSIC].publish);
    cr_expect_eq(by_all, totals.queues[QUEUE_CLASSIC].publish);
    story_free(story);
}
