#include "broker/view.h"

#include "base/blob.h"
#include "broker/tally.h"

static bool in_scope(const struct view_scope *scope, const struct session *session)
{
    return !scope->vhost.ptr || slice_eq(scope->vhost, session->vhost->name);
}

/* The session's names, copied once for all of its channels. */
struct names {
    struct slice vhost;
    struct slice user;
};

static struct channel_view look_at_channel(const struct channel *channel, const struct names *names)
{
    return (struct channel_view){
        .vhost = names->vhost,
        .user = names->user,
        .unsettled = channel->unsettled.count,
        .published = channel->publish_count,
        .counts = tally_channel(channel),
        .serial = channel->serial,
        .conn = channel->session->conn,
        .consumers = channel->consumer_count,
        .number = channel->number,
        .prefetch = channel->prefetch_next,
        .prefetch_global = channel->prefetch_limit,
        .confirms = channel->mode == CHANNEL_CONFIRM,
        .transactional = channel->mode == CHANNEL_TX,
    };
}

struct channel_view *view_channels(const struct broker *broker, const struct view_scope *scope,
                                   size_t *count)
{
    struct channel_view *views =
        arena_array(scope->arena, broker->counters.channels, sizeof *views);
    *count = 0;
    list_each(node, &broker->sessions) {
        const struct session *session = container_of(node, struct session, link);
        if (!in_scope(scope, session)) {
            continue;
        }
        struct names names = {arena_copy(scope->arena, session->vhost->name),
                              arena_copy(scope->arena, session->user)};
        list_each(inner, &session->channels) {
            views[(*count)++] = look_at_channel(container_of(inner, struct channel, link), &names);
        }
    }
    return views;
}

static struct consumer_view look_at_consumer(const struct consumer *consumer, struct slice vhost,
                                             struct arena *arena)
{
    const struct broker_queue *queue = consumer->queue;
    return (struct consumer_view){
        .vhost = vhost,
        .queue = arena_copy(arena, queue->name),
        .tag = arena_copy(arena, blob_slice(consumer->tag)),
        .queue_id = queue->id,
        .conn = consumer->channel->session->conn,
        .channel = consumer->channel->number,
        .prefetch = consumer->prefetch,
        .no_ack = consumer->no_ack,
        .exclusive = queue->exclusive_consumer == consumer,
        .active = !queue->limits.single_active || queue->active_consumer == consumer,
    };
}

struct consumer_view *view_consumers(const struct broker *broker, const struct view_scope *scope,
                                     size_t *count)
{
    struct consumer_view *views =
        arena_array(scope->arena, broker->counters.consumers, sizeof *views);
    *count = 0;
    list_each(node, &broker->sessions) {
        const struct session *session = container_of(node, struct session, link);
        if (!in_scope(scope, session)) {
            continue;
        }
        struct slice vhost = arena_copy(scope->arena, session->vhost->name);
        list_each(inner, &session->channels) {
            list_each(leaf, &container_of(inner, struct channel, link)->consumers) {
                views[(*count)++] = look_at_consumer(
                    container_of(leaf, struct consumer, channel_link), vhost, scope->arena);
            }
        }
    }
    return views;
}
