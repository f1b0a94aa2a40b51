#include "broker/session.h"

#include <stdlib.h>

#include "base/memory.h"
#include "broker/access.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/channel_internal.h"
#include "broker/consumer.h"
#include "broker/event.h"

static struct session *session_new(struct vhost *vhost, const struct session_options *options)
{
    struct session *session = memory_new(sizeof *session + options->user.len + options->name.len);
    uint8_t *copy = (uint8_t *)(session + 1);
    slice_copy(copy, options->user);
    session->user = (struct slice){copy, options->user.len};
    slice_copy(copy + options->user.len, options->name);
    session->name = (struct slice){copy + options->user.len, options->name.len};
    session->broker = vhost->broker;
    session->vhost = vhost;
    session->conn = options->conn;
    session->cancel_notify = options->cancel_notify;
    session->passing = options->passing;
    session->trusted = options->trusted;
    list_init(&session->channels);
    list_init(&session->exclusive_queues);
    list_init(&session->waiting);
    return session;
}

enum amqp_reply broker_open_session(struct broker *broker, const struct session_options *options,
                                    struct session **out, struct effects *fx)
{
    struct vhost *vhost = broker_find_vhost(broker, options->vhost);
    if (!vhost) {
        return effects_refuse(fx, AMQP_NOT_ALLOWED, "vhost %s not found", options->vhost);
    }
    struct session *session = session_new(vhost, options);
    if (!access_vhost_allowed(session)) {
        free(session);
        return effects_refuse(fx, AMQP_NOT_ALLOWED, "access to vhost '%s' refused for user '%s'",
                              options->vhost, options->user);
    }
    enum amqp_reply reply = limits_check_session(session, fx);
    if (reply) {
        free(session);
        return reply;
    }
    list_push(&broker->sessions, &session->link);
    broker->counters.connections++;
    broker->churn.connection_created += !session->passing;
    *out = session;
    return AMQP_OK;
}

static void close_channels(struct session *session, struct effects *fx)
{
    struct touched touched;
    touched_init(&touched, session->broker);
    list_each(node, &session->channels) {
        channel_stop(container_of(node, struct channel, link), &touched, fx);
    }
    while (!list_empty(&session->channels)) {
        struct list_node *first = list_first(&session->channels);
        channel_release(container_of(first, struct channel, link), &touched, fx);
    }
    touched_serve(&touched, fx);
}

void session_close(struct session *session, struct effects *fx)
{
    if (!session) {
        return;
    }
    session->window = 0; // its channels that are still open get nothing of those that close
    close_channels(session, fx);
    broker_set_actor(session->broker, SLICE("")); // its queues are nobody's any more
    while (!list_empty(&session->exclusive_queues)) {
        struct list_node *first = list_first(&session->exclusive_queues);
        broker_queue_remove(container_of(first, struct broker_queue, owner_link), fx);
    }
    list_unlink(&session->link);
    session->broker->counters.connections--;
    session->broker->churn.connection_closed += !session->passing;
    for (int i = 0; i < ACCESS_MEMORY; i++) {
        bytes_finish(&session->access[i].name);
    }
    free(session);
}

void session_count_octets(struct session *session, uint64_t received, uint64_t sent)
{
    session->vhost->received += received;
    session->vhost->sent += sent;
}

void session_set_window(struct session *session, int64_t octets, struct effects *fx)
{
    session->window = octets;
    if (octets <= 0) {
        return;
    }
    struct touched touched;
    touched_init(&touched, session->broker);
    session_release_waiting(session, &touched);
    touched_serve(&touched, fx);
}

bool session_wants_window(const struct session *session)
{
    return !list_empty(&session->waiting);
}
