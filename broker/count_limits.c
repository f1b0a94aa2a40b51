#include "broker/count_limits.h"

#include "broker/broker_internal.h"
#include "broker/outcome_internal.h"
#include "broker/topology.h"
#include "broker/user_internal.h"
#include "broker/vhost_internal.h"

static const char *const vhost_names[] = {
#define L(name, text) [VHOST_MAX_##name] = text,
    VHOST_LIMITS(L)
#undef L
};

static const char *const user_names[] = {
#define L(name, text) [USER_MAX_##name] = text,
    USER_LIMITS(L)
#undef L
};

static struct slice text_of(const char *text)
{
    return (struct slice){(const uint8_t *)text, strlen(text)};
}

struct slice vhost_limit_name(enum vhost_limit which)
{
    return text_of(vhost_names[which]);
}

struct slice user_limit_name(enum user_limit which)
{
    return text_of(user_names[which]);
}

bool vhost_limit_find(struct slice name, enum vhost_limit *out)
{
    for (int i = 0; i < VHOST_LIMIT_COUNT; i++) {
        if (slice_eq(name, text_of(vhost_names[i]))) {
            *out = (enum vhost_limit)i;
            return true;
        }
    }
    return false;
}

bool user_limit_find(struct slice name, enum user_limit *out)
{
    for (int i = 0; i < USER_LIMIT_COUNT; i++) {
        if (slice_eq(name, text_of(user_names[i]))) {
            *out = (enum user_limit)i;
            return true;
        }
    }
    return false;
}

enum amqp_reply broker_set_vhost_limit(struct broker *broker, struct slice name,
                                       enum vhost_limit which, int64_t value, struct effects *fx)
{
    struct vhost *vhost = broker_find_vhost(broker, name);
    if (!vhost) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no vhost '%s'", name);
    }
    vhost->limits[which] = value < 0 ? LIMIT_NONE : value;
    struct topology topology = {.kind = TOPOLOGY_vhost_limit_put,
                                .vhost_limit_put = vhost_limit_entry(vhost, which)};
    outcome_topology(broker, &topology, fx);
    return AMQP_OK;
}

enum amqp_reply broker_set_user_limit(struct broker *broker, struct slice name,
                                      enum user_limit which, int64_t value, struct effects *fx)
{
    struct account *account = account_find(broker, name);
    if (!account) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no user '%s'", name);
    }
    account->limits[which] = value < 0 ? LIMIT_NONE : value;
    struct topology topology = {.kind = TOPOLOGY_user_limit_put,
                                .user_limit_put = user_limit_entry(account, which)};
    outcome_topology(broker, &topology, fx);
    return AMQP_OK;
}

int64_t broker_vhost_limit(const struct broker *broker, struct slice name, enum vhost_limit which)
{
    const struct vhost *vhost = broker_find_vhost(broker, name);
    return vhost ? vhost->limits[which] : LIMIT_NONE;
}

int64_t broker_user_limit(const struct broker *broker, struct slice name, enum user_limit which)
{
    const struct account *account = account_find(broker, name);
    return account ? account->limits[which] : LIMIT_NONE;
}

struct topology_vhost_limit_put vhost_limit_entry(const struct vhost *vhost, enum vhost_limit which)
{
    int64_t value = vhost->limits[which];
    return (struct topology_vhost_limit_put){
        .vhost = vhost->name,
        .limit = vhost_limit_name(which),
        .given = value >= 0,
        .value = value >= 0 ? (uint64_t)value : 0,
    };
}

struct topology_user_limit_put user_limit_entry(const struct account *account,
                                                enum user_limit which)
{
    int64_t value = account->limits[which];
    return (struct topology_user_limit_put){
        .user = bytes_slice(&account->name),
        .limit = user_limit_name(which),
        .given = value >= 0,
        .value = value >= 0 ? (uint64_t)value : 0,
    };
}

static bool is_reached(int64_t limit, uint64_t count)
{
    return limit >= 0 && count >= (uint64_t)limit;
}

/* Those of clients. Asked for only where there is a limit. */
static uint64_t count_sessions(const struct broker *broker, const struct vhost *vhost)
{
    uint64_t count = 0;
    list_each(node, &broker->sessions) {
        const struct session *session = container_of(node, struct session, link);
        count += !session->trusted && session->vhost == vhost;
    }
    return count;
}

static uint64_t count_channels(const struct session *session)
{
    uint64_t count = 0;
    list_each(node, &session->channels) {
        count++;
    }
    return count;
}

/* What a user has: connections, and channels in them. */
static void count_used(const struct session *user, uint64_t *sessions, uint64_t *channels)
{
    *sessions = *channels = 0;
    list_each(node, &user->broker->sessions) {
        const struct session *session = container_of(node, struct session, link);
        if (!session->trusted && slice_eq(session->user, user->user)) {
            *channels += count_channels(session);
            *sessions += 1;
        }
    }
}

enum amqp_reply limits_check_session(const struct session *session, struct effects *fx)
{
    const struct vhost *vhost = session->vhost;
    int64_t limit = vhost->limits[VHOST_MAX_CONNECTIONS];
    if (session->trusted) {
        return AMQP_OK;
    }
    if (limit >= 0 && is_reached(limit, count_sessions(session->broker, vhost))) {
        return effects_refuse(
            fx, AMQP_NOT_ALLOWED,
            "access to vhost '%s' refused for user '%s': connection limit (%d) is reached",
            vhost->name, session->user, limit);
    }
    uint64_t sessions, channels;
    limit = broker_user_limit(session->broker, session->user, USER_MAX_CONNECTIONS);
    if (limit < 0) {
        return AMQP_OK;
    }
    count_used(session, &sessions, &channels);
    return is_reached(limit, sessions)
               ? effects_refuse(fx, AMQP_NOT_ALLOWED,
                                "connection refused for user '%s': user connection limit (%d) is "
                                "reached",
                                session->user, limit)
               : AMQP_OK;
}

enum amqp_reply limits_check_channel(const struct session *session, struct effects *fx)
{
    uint64_t sessions, channels;
    const struct broker *broker = session->broker;
    uint32_t max = broker->options.channels_max;
    int64_t limit = broker_user_limit(broker, session->user, USER_MAX_CHANNELS);
    if (max > 0 && !session->trusted && broker->counters.channels >= max) {
        return effects_refuse(fx, AMQP_NOT_ALLOWED,
                              "number of channels opened on node '%s' has reached the maximum "
                              "allowed limit of (%u)",
                              broker->options.node, (uint64_t)max);
    }
    if (limit < 0 || session->trusted) {
        return AMQP_OK;
    }
    count_used(session, &sessions, &channels);
    return is_reached(limit, channels)
               ? effects_refuse(fx, AMQP_NOT_ALLOWED,
                                "number of channels opened for user '%s' has reached the maximum "
                                "allowed user limit of (%d)",
                                session->user, limit)
               : AMQP_OK;
}

enum amqp_reply limits_check_queue(const struct vhost *vhost, struct slice name, struct effects *fx)
{
    int64_t limit = vhost->limits[VHOST_MAX_QUEUES];
    return is_reached(limit, vhost->queues_by_name.count + vhost->queues_elsewhere)
               ? effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                                "cannot declare queue '%s': queue limit in vhost '%s' (%d) is "
                                "reached",
                                name, vhost->name, limit)
               : AMQP_OK;
}
