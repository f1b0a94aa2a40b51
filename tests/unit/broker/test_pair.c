#include "broker/pair.h"

#include "broker/tally.h"
#include "broker/view_pair.h"
#include "tests/unit/broker/story.h"

/* The pair of a kind that an object has with another; exchange and queue are NULL if they are none
 * of the two. Nothing if there is none. */
static struct pair_view pick(const struct pair_view *views, size_t count,
                             const struct pair_view *like)
{
    for (size_t i = 0; i < count; i++) {
        if (views[i].kind == like->kind && slice_eq(views[i].exchange, like->exchange) &&
            slice_eq(views[i].queue, like->queue)) {
            return views[i];
        }
    }
    return (struct pair_view){.serial = 0};
}

static struct pair_view of_channel(struct story *story, uint32_t conn, uint16_t number,
                                   const struct pair_view *like)
{
    size_t count;
    struct arena arena = {0};
    struct pair_query query = {
        .of = PAIRS_OF_CHANNEL, .kind = like->kind, .channel = {.conn = conn, .number = number}};
    struct pair_view *views = view_pairs(story->broker, &query, &arena, &count);
    struct pair_view found = pick(views, count, like);
    arena_finish(&arena);
    return found;
}

static struct publish_counts published(struct story *story, uint32_t conn, const char *exchange)
{
    struct pair_view like = {.kind = PAIR_CHANNEL_EXCHANGE, .exchange = str(exchange)};
    return of_channel(story, conn, 1, &like).in;
}

static struct delivery_counts delivered(struct story *story, uint32_t conn, const char *queue)
{
    struct pair_view like = {.kind = PAIR_CHANNEL_QUEUE, .queue = str(queue)};
    return of_channel(story, conn, 1, &like).out;
}

/* How much went from exchange to queue, as the queue knows it; the exchange must agree. */
static uint64_t routed(struct story *story, const char *exchange, const char *queue)
{
    size_t count;
    struct arena arena = {0};
    struct pair_query query = {
        .of = PAIRS_OF_QUEUE, .kind = PAIR_EXCHANGE_QUEUE, .vhost = SLICE("/"), .name = str(queue)};
    struct pair_view like = {
        .kind = PAIR_EXCHANGE_QUEUE, .exchange = str(exchange), .queue = str(queue)};
    struct pair_view *views = view_pairs(story->broker, &query, &arena, &count);
    uint64_t publish = pick(views, count, &like).in.publish;
    query.of = PAIRS_OF_EXCHANGE;
    query.name = str(exchange);
    views = view_pairs(story->broker, &query, &arena, &count);
    cr_expect_eq(pick(views, count, &like).in.publish, publish);
    arena_finish(&arena);
    return publish;
}

/* How many there are of a kind, empty ones, too. */
static size_t pairs(struct story *story, enum pair_kind kind)
{
    struct view_scope all = {.arena = NULL};
    struct view_walk *walk = view_walk_new(story->broker, &all);
    struct pair_view view;
    size_t count = 0;
    while (view_walk_pair(walk, &view)) {
        count += view.kind == kind;
    }
    view_walk_free(walk);
    return count;
}

static size_t all_pairs(struct story *story)
{
    size_t count = 0;
    for (int kind = 0; kind < PAIR_KINDS; kind++) {
        count += pairs(story, (enum pair_kind)kind);
    }
    return count;
}

Test(pair, of_channel_and_exchange_counts_what_is_published_there)
{
    struct story *story = story_new();
    story_queue(story, "a");
    story_exchange(story, "x", "fanout");
    story_bind(story, "x", "a", "");
    for (int i = 0; i < 3; i++) { // the first one routes, the others go by what it found
        PUBLISH(story, 1, 1, .exchange = SLICE("x"));
    }
    PUBLISH(story, 1, 1, .routing_key = SLICE("a"));
    PUBLISH(story, 2, 1, .exchange = SLICE("x"));
    cr_expect_eq(published(story, 1, "x").publish, 3);
    cr_expect_eq(published(story, 1, "").publish, 1);
    cr_expect_eq(published(story, 2, "x").publish, 1);
    cr_expect_eq(published(story, 2, "").publish, 0);
    story_free(story);
}

Test(pair, of_channel_and_exchange_counts_what_became_of_it)
{
    struct story *story = story_new();
    QUEUE(story, "full", "x-max-length", "I:1", "x-overflow", "S:reject-publish");
    story_exchange(story, "x", "fanout");
    DO(story, 1, 1, confirm_select, .no_wait = true);
    PUBLISH(story, 1, 1, .exchange = SLICE("x"));
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .mandatory = true);
    PUBLISH(story, 1, 1, .exchange = SLICE("x"), .mandatory = true);
    PUBLISH(story, 1, 1, .routing_key = SLICE("full"));
    PUBLISH(story, 1, 1, .routing_key = SLICE("full"));
    cr_expect_eq(published(story, 1, "x").drop_unroutable, 1);
    cr_expect_eq(published(story, 1, "x").return_unroutable, 2);
    cr_expect_eq(published(story, 1, "x").confirm, 3);
    cr_expect_eq(published(story, 1, "").confirm, 1);
    cr_expect_eq(published(story, 1, "").drop_unroutable, 0);
    story_free(story);
}

Test(pair, of_exchange_and_queue_counts_the_messages_of_all_channels)
{
    struct story *story = story_new();
    story_queue(story, "a");
    story_queue(story, "b");
    story_exchange(story, "x", "fanout");
    story_exchange(story, "y", "fanout");
    story_bind(story, "x", "a", "");
    story_bind(story, "x", "b", "");
    story_bind(story, "y", "a", "");
    PUBLISH(story, 1, 1, .exchange = SLICE("x"));
    PUBLISH(story, 2, 1, .exchange = SLICE("x"));
    PUBLISH(story, 2, 1, .exchange = SLICE("y"));
    PUBLISH(story, 2, 1, .routing_key = SLICE("b"));
    cr_expect_eq(routed(story, "x", "a"), 2);
    cr_expect_eq(routed(story, "x", "b"), 2);
    cr_expect_eq(routed(story, "y", "a"), 1);
    cr_expect_eq(routed(story, "y", "b"), 0);
    cr_expect_eq(routed(story, "", "b"), 1);
    cr_expect_eq(pairs(story, PAIR_CHANNEL_ROUTE), 6);
    cr_expect_eq(pairs(story, PAIR_EXCHANGE_QUEUE), 4);
    story_free(story);
}

Test(pair, of_channel_and_queue_counts_deliveries_and_acks)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_queue(story, "other");
    story_consume(story, 2, 1, "q", "t");
    DO(story, 2, 1, basic_consume, .queue = SLICE("other"), .no_ack = true, .no_wait = true);
    story_send(story, "q", "a b c");
    story_send(story, "other", "d");
    story_ack(story, 2, 1, 1);
    DO(story, 2, 1, basic_nack, .delivery_tag = 2, .requeue = true);
    struct delivery_counts out = delivered(story, 2, "q");
    cr_expect_eq(out.deliver, 4);
    cr_expect_eq(out.redeliver, 1);
    cr_expect_eq(out.ack, 1);
    cr_expect_eq(out.deliver_no_ack, 0);
    cr_expect_eq(delivered(story, 2, "other").deliver_no_ack, 1);
    cr_expect_eq(delivered(story, 1, "q").deliver, 0);
    story_free(story);
}

Test(pair, of_channel_and_queue_counts_gets)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 2, 1, basic_get, .queue = SLICE("q"));
    story_send(story, "q", "a b");
    DO(story, 2, 1, basic_get, .queue = SLICE("q"));
    DO(story, 2, 1, basic_reject, .delivery_tag = 1, .requeue = true);
    DO(story, 2, 1, basic_get, .queue = SLICE("q"));
    story_ack(story, 2, 1, 2);
    DO(story, 2, 1, basic_get, .queue = SLICE("q"), .no_ack = true);
    struct delivery_counts out = delivered(story, 2, "q");
    cr_expect_eq(out.get, 2);
    cr_expect_eq(out.get_no_ack, 1);
    cr_expect_eq(out.get_empty, 1);
    cr_expect_eq(out.redeliver, 1);
    cr_expect_eq(out.ack, 1);
    story_free(story);
}

Test(pair, counts_an_ack_that_comes_after_its_consumer_was_cancelled)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 2, 1, "q", "t");
    story_send(story, "q", "a");
    DO(story, 2, 1, basic_cancel, .consumer_tag = SLICE("t"), .no_wait = true);
    story_ack(story, 2, 1, 1);
    cr_expect_eq(delivered(story, 2, "q").ack, 1);
    story_free(story);
}

Test(pair, counts_a_transaction_at_its_commit)
{
    struct story *story = story_new();
    story_queue(story, "q");
    DO(story, 1, 1, tx_select);
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"));
    cr_expect_eq(published(story, 1, "").publish, 0);
    DO(story, 1, 1, tx_rollback);
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"));
    PUBLISH(story, 1, 1, .routing_key = SLICE("nobody"), .mandatory = true);
    DO(story, 1, 1, tx_commit);
    DO(story, 1, 1, basic_get, .queue = SLICE("q"));
    story_ack(story, 1, 1, 1);
    cr_expect_eq(delivered(story, 1, "q").ack, 0);
    DO(story, 1, 1, tx_commit);
    cr_expect_eq(published(story, 1, "").publish, 2);
    cr_expect_eq(published(story, 1, "").return_unroutable, 1);
    cr_expect_eq(routed(story, "", "q"), 1);
    cr_expect_eq(delivered(story, 1, "q").ack, 1);
    story_free(story);
}

Test(pair, goes_with_its_channel_and_what_was_routed_stays)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 2, 1, "q", "t");
    PUBLISH(story, 3, 1, .routing_key = SLICE("q"));
    PUBLISH(story, 1, 1, .routing_key = SLICE("q"));
    story_ack(story, 2, 1, 1);
    story_close_channel(story, 2, 1);
    story_close_channel(story, 3, 1);
    cr_expect_eq(pairs(story, PAIR_CHANNEL_QUEUE), 0);
    cr_expect_eq(pairs(story, PAIR_CHANNEL_EXCHANGE), 1);
    cr_expect_eq(pairs(story, PAIR_CHANNEL_ROUTE), 1);
    cr_expect_eq(routed(story, "", "q"), 2);
    story_free(story);
}

Test(pair, goes_with_its_queue_and_the_channel_keeps_its_counts)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_consume(story, 2, 1, "q", "t");
    PUBLISH(story, 2, 1, .routing_key = SLICE("q"));
    DO(story, 1, 1, queue_delete, .queue = SLICE("q"), .no_wait = true);
    cr_expect_eq(pairs(story, PAIR_CHANNEL_QUEUE), 0);
    cr_expect_eq(pairs(story, PAIR_CHANNEL_ROUTE), 0);
    cr_expect_eq(pairs(story, PAIR_EXCHANGE_QUEUE), 0);
    story_ack(story, 2, 1, 1); // the queue goes with its last unsettled message
    cr_expect_eq(pairs(story, PAIR_CHANNEL_QUEUE), 0);
    struct message_counts counts = tally_channel(story_channel(story, 2, 1));
    cr_expect_eq(counts.out.deliver, 1);
    cr_expect_eq(counts.out.ack, 1);
    cr_expect_eq(counts.in.publish, 1);
    story_queue(story, "q");
    PUBLISH(story, 2, 1, .routing_key = SLICE("q"));
    cr_expect_eq(routed(story, "", "q"), 1);
    story_free(story);
}

Test(pair, goes_with_its_exchange_and_the_channel_keeps_its_counts)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_exchange(story, "x", "fanout");
    story_bind(story, "x", "q", "");
    PUBLISH(story, 2, 1, .exchange = SLICE("x"));
    DO(story, 1, 1, exchange_delete, .exchange = SLICE("x"), .no_wait = true);
    cr_expect_eq(all_pairs(story), 0);
    cr_expect_eq(tally_channel(story_channel(story, 2, 1)).in.publish, 1);
    story_exchange(story, "x", "fanout");
    story_bind(story, "x", "q", "");
    PUBLISH(story, 2, 1, .exchange = SLICE("x"));
    cr_expect_eq(published(story, 2, "x").publish, 1);
    cr_expect_eq(routed(story, "x", "q"), 1);
    story_free(story);
}

Test(pair, counts_a_commit_to_an_exchange_that_has_gone_with_the_channel_alone)
{
    struct story *story = story_new();
    story_queue(story, "q");
    story_exchange(story, "x", "fanout");
    story_bind(story, "x", "q", "");
    DO(story, 1, 1, tx_select);
    PUBLISH(story, 1, 1, .exchange = SLICE("x"));
    DO(story, 2, 1, exchange_delete, .exchange = SLICE("x"), .no_wait = true);
    DO(story, 1, 1, tx_commit);
    cr_expect_eq(tally_channel(story_channel(story, 1, 1)).in.publish, 1);
    cr_expect_eq(pairs(story, PAIR_EXCHANGE_QUEUE), 0);
    story_free(story);
}

Test(pair, is_not_made_with_a_store_of_delayed_messages)
{
    struct story *story = story_new();
    DO(story, 1, 1, exchange_declare, .exchange = SLICE("late"), .type = SLICE("x-delayed-message"),
       .arguments = story_table(story, "x-delayed-type", "S:fanout", NULL), .no_wait = true);
    PUBLISH(story, 1, 1, .exchange = SLICE("late"),
            .properties = PROPERTIES(story, .flags = PROPERTY_headers,
                                     .headers = story_table(story, "x-delay", "I:1000", NULL)));
    cr_expect_eq(published(story, 1, "late").publish, 1);
    cr_expect_eq(pairs(story, PAIR_EXCHANGE_QUEUE), 0);
    story_free(story);
}

/* "q" and a number. */
static struct slice nth(struct text *name, uint64_t number)
{
    text_clear(name);
    text_format(name, "q%u", number);
    return text_slice(name);
}

Test(pair, is_one_of_a_bounded_number)
{
    struct story *story = story_new();
    struct text name;
    story_exchange(story, "x", "fanout");
    for (uint64_t i = 0; i < PAIRS_OF_ONE_MAX + 3; i++) {
        DO(story, 1, 1, queue_declare, .queue = nth(&name, i), .no_wait = true);
        DO(story, 1, 1, queue_bind, .queue = nth(&name, i), .exchange = SLICE("x"),
           .no_wait = true);
    }
    PUBLISH(story, 1, 1, .exchange = SLICE("x"));
    PUBLISH(story, 1, 1, .exchange = SLICE("x"));
    for (uint64_t i = 0; i < PAIRS_OF_ONE_MAX + 3; i++) {
        DO(story, 1, 1, basic_get, .queue = nth(&name, i), .no_ack = true);
    }
    cr_expect_eq(pairs(story, PAIR_EXCHANGE_QUEUE), PAIRS_OF_ONE_MAX);
    cr_expect_eq(pairs(story, PAIR_CHANNEL_ROUTE), PAIRS_OF_ONE_MAX);
    cr_expect_eq(pairs(story, PAIR_CHANNEL_QUEUE), PAIRS_OF_ONE_MAX - 1); // and one with x
    cr_expect_eq(published(story, 1, "x").publish, 2);
    cr_expect_eq(routed(story, "x", "q0"), 2);
    cr_expect_eq(tally_channel(story_channel(story, 1, 1)).out.get_no_ack, PAIRS_OF_ONE_MAX + 3);
    DO(story, 1, 1, queue_delete, .queue = SLICE("q0"), .no_wait = true); // makes room
    DO(story, 1, 1, basic_get, .queue = nth(&name, PAIRS_OF_ONE_MAX + 1), .no_ack = true);
    cr_expect_eq(delivered(story, 1, "q10001").get_no_ack, 1);
    story_free(story);
}
