#include "broker/view_session.h"

#include "base/blob.h"
#include "broker/ack_timeout.h"
#include "broker/broker_queue.h"
#include "broker/tally.h"
#include "broker/transaction.h"
#include "broker/view_internal.h"
#include "broker/view_walk.h"

struct channel_view view_of_channel(const struct channel *channel)
{
    const struct transaction_size open = transaction_size(channel);
    return (struct channel_view){
        .vhost = channel->session->vhost->name,
        .user = channel->session->user,
        .unsettled = channel->unsettled.count,
        .published = channel->publish_count,
        .messages_uncommitted = open.publishes,
        .settles_uncommitted = open.settles,
        .counts = tally_channel(channel),
        .serial = channel->serial,
        .active_ms = channel->active_ms,
        .conn = channel->session->conn,
        .consumers = channel->consumer_count,
        .number = channel->number,
        .prefetch = channel->prefetch_next,
        .prefetch_global = channel->prefetch_limit,
        .confirms = channel->mode == CHANNEL_CONFIRM,
        .transactional = channel->mode == CHANNEL_TX,
    };
}

static const struct session *find_session(const struct broker *broker, uint32_t conn)
{
    list_each(node, &broker->sessions) {
        const struct session *session = container_of(node, struct session, link);
        if (session->conn == conn) {
            return session;
        }
    }
    return NULL;
}

const struct channel *view_find_channel(const struct broker *broker,
                                        const struct channel_place *place)
{
    const struct session *session = find_session(broker, place->conn);
    if (!session) {
        return NULL;
    }
    list_each(node, &session->channels) {
        const struct channel *channel = container_of(node, struct channel, link);
        if (channel->number == place->number) {
            return channel;
        }
    }
    return NULL;
}

bool view_channel(const struct broker *broker, const struct channel_place *place,
                  struct arena *arena, struct channel_view *out)
{
    const struct channel *channel = view_find_channel(broker, place);
    if (channel) {
        *out = view_of_channel(channel);
        view_keep_channel(arena, out);
    }
    return channel;
}

struct consumer_view view_of_consumer(const struct consumer *consumer)
{
    const struct broker_queue *queue = consumer->queue;
    return (struct consumer_view){
        .vhost = vhost_name_of(consumer->channel),
        .queue = queue->name,
        .tag = blob_slice(consumer->tag),
        .arguments =
            consumer->arguments ? blob_slice(consumer->arguments) : (struct slice){NULL, 0},
        .timeout_ms = ack_timeout_of_consumer(consumer),
        .conn = consumer->channel->session->conn,
        .channel = consumer->channel->number,
        .prefetch = consumer->prefetch,
        .no_ack = consumer->no_ack,
        .exclusive = queue->exclusive_consumer == consumer,
        .active = !queue->limits.single_active || queue->active_consumer == consumer,
        .single = queue->limits.single_active,
    };
}

struct consumer_view *view_consumers_of_channel(const struct broker *broker,
                                                const struct channel_place *place,
                                                struct arena *arena, size_t *count)
{
    const struct channel *channel = view_find_channel(broker, place);
    *count = 0;
    if (!channel) {
        return NULL;
    }
    struct consumer_view *views = arena_array(arena, channel->consumer_count, sizeof *views);
    list_each(node, &channel->consumers) {
        struct consumer_view *view = &views[(*count)++];
        *view = view_of_consumer(container_of(node, struct consumer, channel_link));
        view_keep_consumer(arena, view);
    }
    return views;
}

struct consumer_view *view_consumers_of_queue(const struct broker *broker,
                                              const struct view_scope *scope, struct slice name,
                                              size_t *count)
{
    const struct vhost *vhost = broker_find_vhost(broker, scope->vhost);
    const struct broker_queue *queue = vhost ? broker_queue_find(vhost, name) : NULL;
    *count = 0;
    if (!queue) {
        return NULL;
    }
    struct consumer_view *views = arena_array(scope->arena, queue->consumer_count, sizeof *views);
    list_each(node, &queue->consumers) {
        struct consumer_view *view = &views[(*count)++];
        *view = view_of_consumer(container_of(node, struct consumer, queue_link));
        view_keep_consumer(scope->arena, view);
    }
    return views;
}
