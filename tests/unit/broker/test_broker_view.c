#include "broker/view.h"
#include "broker/view_session.h"

#include "broker/recovery.h"
#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

/* A broker with a journal, a virtual host "v" of its own, and the user u who may enter it. */
struct site {
    struct broker *broker;
    struct session *session;
    struct channel *channel;
    struct effects fx;
    struct shelf shelf;
    struct arena arena;
};

static struct broker *new_broker(void)
{
    return broker_new(&(struct broker_options){.message_size_max = 1 << 20, .durable = true});
}

static struct site site_new(void)
{
    struct site site = {.broker = new_broker()};
    struct permission all = {SLICE(".*"), SLICE(".*"), SLICE(".*")};
    struct topic_permission topic = {SLICE("amq.topic"), SLICE("a"), SLICE("b")};
    struct session_options options = {.conn = 1, .user = SLICE("u"), .vhost = SLICE("v")};
    broker_add_vhost(site.broker, SLICE("v"), &site.fx);
    broker_put_user(site.broker, &(struct user){.name = SLICE("u"), .tags = SLICE("x")}, &site.fx);
    broker_set_permission(site.broker, SLICE("u"), SLICE("v"), &all, &site.fx);
    broker_set_topic_permission(site.broker, SLICE("u"), SLICE("v"), &topic, &site.fx);
    cr_assert(!broker_open_session(site.broker, &options, &site.session, &site.fx));
    site.channel = channel_open(site.session, 1);
    struct amqp_queue_declare queue = {.queue = SLICE("q"), .durable = true, .no_wait = true};
    cr_assert(!broker_queue_declare(site.channel, &queue, &site.fx));
    struct amqp_queue_bind bind = {.queue = SLICE("q"),
                                   .exchange = SLICE("amq.topic"),
                                   .routing_key = SLICE("b"),
                                   .no_wait = true};
    cr_assert(!broker_queue_bind(site.channel, &bind, &site.fx));
    return site;
}

static void leave(struct site *site)
{
    session_close(site->session, &site->fx);
    site->session = NULL;
}

static void site_free(struct site *site)
{
    session_close(site->session, &site->fx);
    effects_free(&site->fx);
    broker_free(site->broker);
    shelf_finish(&site->shelf);
    arena_finish(&site->arena);
}

/* What a broker that starts from the journal knows. */
static void restart(struct site *site)
{
    shelf_take(&site->shelf, site->broker, &site->fx);
    effects_clear(&site->fx);
    broker_free(site->broker);
    site->broker = new_broker();
    shelf_play(&site->shelf, site->broker, 0, site->shelf.count);
    broker_restored(site->broker, &site->fx);
}

static size_t count_permissions(struct site *site)
{
    struct view_scope scope = {.arena = &site->arena};
    size_t count;
    view_permissions(site->broker, &scope, &count);
    return count;
}

static size_t count_topic_permissions(struct site *site)
{
    struct view_scope scope = {.arena = &site->arena};
    size_t count;
    view_topic_permissions(site->broker, &scope, &count);
    return count;
}

Test(view, shows_what_there_is_after_it_is_gone)
{
    struct site site = site_new();
    struct view_scope scope = {.vhost = SLICE("v"), .arena = &site.arena, .implicit = true};
    size_t queues, bindings;
    struct queue_view *queue = view_queues(site.broker, &scope, &queues);
    struct binding_view *binding =
        view_bindings_to(site.broker, &scope, &(struct binding_end){.name = SLICE("q")}, &bindings);
    struct channel_view channel;
    struct channel_place place = {.conn = 1, .number = 1};
    cr_assert(view_channel(site.broker, &place, &site.arena, &channel));
    leave(&site);
    cr_assert(!broker_delete_vhost(site.broker, SLICE("v"), &site.fx));
    cr_assert_eq(queues, 1);
    cr_assert(slice_eq(queue->name, SLICE("q")) && slice_eq(queue->vhost, SLICE("v")));
    cr_assert_eq(bindings, 2);
    cr_assert(slice_eq(binding[0].source, SLICE("")));
    cr_assert(slice_eq(binding[1].source, SLICE("amq.topic")));
    cr_assert(slice_eq(binding[1].key, SLICE("b")));
    cr_assert(slice_eq(channel.user, SLICE("u")));
    cr_assert(!view_channel(site.broker, &place, &site.arena, &channel));
    site_free(&site);
}

static void expect_bytes(struct site *site, uint64_t ready, uint64_t unsettled)
{
    struct view_scope scope = {.vhost = SLICE("v"), .arena = &site->arena};
    struct queue_view queue;
    cr_assert(view_queue(site->broker, &scope, SLICE("q"), &queue));
    cr_expect_eq(queue.ready_bytes, ready);
    cr_expect_eq(queue.unsettled_bytes, unsettled);
}

Test(view, of_a_queue_knows_the_octets_that_are_ready_and_that_are_not_settled)
{
    struct site site = site_new();
    struct publish message = {
        .routing_key = SLICE("q"), .properties = SLICE("\0\0"), .body = SLICE("hello")};
    struct amqp_basic_get get = {.queue = SLICE("q")};
    struct amqp_basic_consume consume = {.queue = SLICE("q"), .no_wait = true};
    cr_assert(!broker_publish(site.channel, &message, &site.fx));
    cr_assert(!broker_publish(site.channel, &message, &site.fx));
    expect_bytes(&site, 10, 0);
    cr_assert(!broker_basic_get(site.channel, &get, &site.fx));
    expect_bytes(&site, 5, 5);
    cr_assert(!broker_basic_consume(site.channel, &consume, &site.fx));
    session_set_window(site.session, 1000, &site.fx);
    expect_bytes(&site, 0, 10);
    struct amqp_basic_ack ack = {.delivery_tag = 1};
    cr_assert(!broker_basic_ack(site.channel, &ack, &site.fx));
    expect_bytes(&site, 0, 5);
    struct amqp_basic_nack nack = {.delivery_tag = 2};
    cr_assert(!broker_basic_nack(site.channel, &nack, &site.fx));
    expect_bytes(&site, 0, 0);
    site_free(&site);
}

Test(view, of_a_consumer_knows_its_arguments_and_its_time)
{
    struct site site = site_new();
    size_t count;
    struct channel_place place = {.conn = 1, .number = 1};
    struct amqp_basic_consume plain = {
        .queue = SLICE("q"), .consumer_tag = SLICE("plain"), .no_wait = true};
    struct amqp_basic_consume timed = {.queue = SLICE("q"),
                                       .consumer_tag = SLICE("timed"),
                                       .no_wait = true,
                                       .arguments = SLICE("\x12x-consumer-timeoutI\0\0\x10\0")};
    cr_assert(!broker_basic_consume(site.channel, &plain, &site.fx));
    cr_assert(!broker_basic_consume(site.channel, &timed, &site.fx));
    struct consumer_view *views =
        view_consumers_of_channel(site.broker, &place, &site.arena, &count);
    leave(&site);
    cr_assert_eq(count, 2);
    cr_assert_eq(views[0].arguments.len, 0);
    cr_assert_eq(views[0].timeout_ms, UINT64_MAX);
    cr_assert(slice_eq(views[1].arguments, timed.arguments));
    cr_assert_eq(views[1].timeout_ms, 4096);
    site_free(&site);
}

static void expect_uncommitted(struct site *site, uint64_t messages, uint64_t settles)
{
    struct channel_view view;
    struct channel_place place = {.conn = 1, .number = 1};
    cr_assert(view_channel(site->broker, &place, &site->arena, &view));
    cr_expect_eq(view.messages_uncommitted, messages);
    cr_expect_eq(view.settles_uncommitted, settles);
}

Test(view, of_a_channel_knows_what_is_not_committed_yet)
{
    struct site site = site_new();
    struct publish message = {
        .routing_key = SLICE("q"), .properties = SLICE("\0\0"), .body = SLICE("hello")};
    struct amqp_basic_get get = {.queue = SLICE("q")};
    struct amqp_basic_ack ack = {.delivery_tag = 1};
    const struct amqp_tx_select tx_select = {0};
    const struct amqp_tx_commit tx_commit = {0};
    const struct amqp_tx_rollback tx_rollback = {0};
    cr_assert(!broker_publish(site.channel, &message, &site.fx));
    cr_assert(!broker_basic_get(site.channel, &get, &site.fx));
    expect_uncommitted(&site, 0, 0);
    cr_assert(!broker_tx_select(site.channel, &tx_select, &site.fx));
    cr_assert(!broker_publish(site.channel, &message, &site.fx));
    cr_assert(!broker_publish(site.channel, &message, &site.fx));
    cr_assert(!broker_basic_ack(site.channel, &ack, &site.fx));
    expect_uncommitted(&site, 2, 1);
    cr_assert(!broker_tx_rollback(site.channel, &tx_rollback, &site.fx));
    expect_uncommitted(&site, 0, 0);
    cr_assert(!broker_publish(site.channel, &message, &site.fx));
    expect_uncommitted(&site, 1, 0);
    cr_assert(!broker_tx_commit(site.channel, &tx_commit, &site.fx));
    expect_uncommitted(&site, 0, 0);
    site_free(&site);
}

Test(view, of_another_virtual_host_shows_nothing)
{
    struct site site = site_new();
    struct view_scope scope = {.vhost = SLICE("w"), .arena = &site.arena, .implicit = true};
    size_t count;
    view_queues(site.broker, &scope, &count);
    cr_assert_eq(count, 0);
    view_bindings_to(site.broker, &scope, &(struct binding_end){.name = SLICE("q")}, &count);
    cr_assert_eq(count, 0);
    cr_assert(!view_exchange(site.broker, &scope, SLICE("amq.direct"), &(struct exchange_view){0}));
    site_free(&site);
}

Test(vhost, is_not_deleted_under_a_session)
{
    struct site site = site_new();
    cr_assert_eq(broker_delete_vhost(site.broker, SLICE("v"), &site.fx), AMQP_PRECONDITION_FAILED);
    cr_assert_eq(broker_delete_vhost(site.broker, SLICE("w"), &site.fx), AMQP_NOT_FOUND);
    site_free(&site);
}

Test(vhost, is_gone_with_all_in_it_also_after_a_restart)
{
    struct site site = site_new();
    leave(&site);
    cr_assert(!broker_delete_vhost(site.broker, SLICE("v"), &site.fx));
    cr_assert_eq(broker_counters(site.broker)->queues, 0);
    cr_assert_eq(broker_counters(site.broker)->exchanges, 0);
    cr_assert_eq(count_permissions(&site) + count_topic_permissions(&site), 0);
    restart(&site);
    cr_assert_null(broker_find_vhost(site.broker, SLICE("v")));
    cr_assert_eq(broker_counters(site.broker)->queues, 0);
    cr_assert_eq(count_permissions(&site) + count_topic_permissions(&site), 0);
    site_free(&site);
}

Test(user, is_gone_with_permissions_also_after_a_restart)
{
    struct site site = site_new();
    struct user user;
    leave(&site);
    broker_delete_user(site.broker, SLICE("u"), &site.fx);
    cr_assert(!broker_find_user(site.broker, SLICE("u"), &user));
    restart(&site);
    cr_assert(!broker_find_user(site.broker, SLICE("u"), &user));
    cr_assert_eq(count_permissions(&site), 0);
    cr_assert_not_null(broker_find_vhost(site.broker, SLICE("v")));
    site_free(&site);
}

Test(permission, is_gone_also_after_a_restart)
{
    struct site site = site_new();
    leave(&site);
    broker_delete_permission(site.broker, SLICE("u"), SLICE("v"), &site.fx);
    cr_assert_eq(count_permissions(&site), 0);
    cr_assert_eq(count_topic_permissions(&site), 1);
    broker_delete_topic_permission(site.broker, SLICE("u"), SLICE("v"), SLICE("amq.topic"),
                                   &site.fx);
    cr_assert_eq(count_topic_permissions(&site), 0);
    restart(&site);
    cr_assert_eq(count_permissions(&site) + count_topic_permissions(&site), 0);
    site_free(&site);
}
