#include "broker/permission.h"

#include <stdlib.h>

#include "base/memory.h"
#include "broker/access.h"
#include "broker/broker_internal.h"
#include "broker/outcome_internal.h"
#include "broker/pattern.h"
#include "broker/user_internal.h"

enum { ACCESS_COUNT = 3 };

/* A user's topic permissions on one exchange. The patterns of ACCESS_CONFIGURE are not used. */
struct topic_grant {
    struct list_node link; // grant.topics
    struct bytes exchange;
    struct bytes write; // as it was given
    struct bytes read;
    struct pattern *patterns[ACCESS_COUNT]; // owned
};

/* A user's permissions in one virtual host. Patterns are NULL until permissions are set. */
struct grant {
    struct list_node link; // account.grants
    struct bytes vhost;
    struct pattern *patterns[ACCESS_COUNT]; // owned; by enum access
    struct list topics;                     // struct topic_grant.link
};

static struct grant *find_grant(const struct account *account, struct slice vhost)
{
    list_each(node, &account->grants) {
        struct grant *grant = container_of(node, struct grant, link);
        if (slice_eq(bytes_slice(&grant->vhost), vhost)) {
            return grant;
        }
    }
    return NULL;
}

static struct grant *obtain_grant(struct account *account, struct slice vhost)
{
    struct grant *grant = find_grant(account, vhost);
    if (!grant) {
        grant = memory_new(sizeof *grant);
        bytes_add(&grant->vhost, vhost);
        list_init(&grant->topics);
        list_push(&account->grants, &grant->link);
    }
    return grant;
}

static void patterns_free(struct pattern **patterns)
{
    for (int i = 0; i < ACCESS_COUNT; i++) {
        pattern_free(patterns[i]);
        patterns[i] = NULL;
    }
}

static void topic_grant_free(struct topic_grant *topic)
{
    list_unlink(&topic->link);
    patterns_free(topic->patterns);
    bytes_finish(&topic->exchange);
    bytes_finish(&topic->write);
    bytes_finish(&topic->read);
    free(topic);
}

static void grant_free(struct grant *grant)
{
    list_unlink(&grant->link);
    list_each(inner, &grant->topics) {
        topic_grant_free(container_of(inner, struct topic_grant, link));
    }
    patterns_free(grant->patterns);
    bytes_finish(&grant->vhost);
    free(grant);
}

void grants_free(struct account *account)
{
    list_each(node, &account->grants) {
        grant_free(container_of(node, struct grant, link));
    }
}

void grants_forget_vhost(struct broker *broker, struct slice vhost)
{
    list_each(node, &broker->users) {
        struct grant *grant = find_grant(container_of(node, struct account, link), vhost);
        if (grant) {
            grant_free(grant);
        }
    }
}

static struct topology grant_entry(const struct account *account, const struct grant *grant)
{
    return (struct topology){
        .kind = TOPOLOGY_permission_put,
        .permission_put = {.user = bytes_slice(&account->name),
                           .vhost = bytes_slice(&grant->vhost),
                           .configure = pattern_source(grant->patterns[ACCESS_CONFIGURE]),
                           .write = pattern_source(grant->patterns[ACCESS_WRITE]),
                           .read = pattern_source(grant->patterns[ACCESS_READ])},
    };
}

static struct topology topic_entry(const struct account *account, const struct grant *grant,
                                   const struct topic_grant *topic)
{
    return (struct topology){
        .kind = TOPOLOGY_topic_permission_put,
        .topic_permission_put = {.user = bytes_slice(&account->name),
                                 .vhost = bytes_slice(&grant->vhost),
                                 .exchange = bytes_slice(&topic->exchange),
                                 .write = bytes_slice(&topic->write),
                                 .read = bytes_slice(&topic->read)},
    };
}

void grants_encode(const struct account *account, struct bytes *out)
{
    list_each(node, &account->grants) {
        const struct grant *grant = container_of(node, struct grant, link);
        if (grant->patterns[0]) {
            struct topology topology = grant_entry(account, grant);
            topology_encode(&topology, out);
        }
        list_each(inner, &grant->topics) {
            struct topology topology =
                topic_entry(account, grant, container_of(inner, struct topic_grant, link));
            topology_encode(&topology, out);
        }
    }
}

/* Compiles all three into `out`, or none. */
static enum amqp_reply compile(const struct slice *sources, struct pattern **out,
                               struct effects *fx)
{
    struct text reason;
    for (int i = 0; i < ACCESS_COUNT; i++) {
        out[i] = pattern_new(sources[i], &reason);
        if (!out[i]) {
            patterns_free(out);
            return effects_refuse(fx, AMQP_PRECONDITION_FAILED, "invalid regexp '%s': %s",
                                  sources[i], text_slice(&reason));
        }
    }
    return AMQP_OK;
}

static enum amqp_reply find_account(struct broker *broker, struct slice user, struct slice vhost,
                                    struct account **out, struct effects *fx)
{
    *out = account_find(broker, user);
    if (!*out) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no user '%s'", user);
    }
    if (!broker_find_vhost(broker, vhost)) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no vhost '%s'", vhost);
    }
    return AMQP_OK;
}

enum amqp_reply broker_set_permission(struct broker *broker, struct slice user, struct slice vhost,
                                      const struct permission *permission, struct effects *fx)
{
    struct account *account;
    enum amqp_reply reply = find_account(broker, user, vhost, &account, fx);
    if (reply) {
        return reply;
    }
    struct slice sources[ACCESS_COUNT] = {permission->configure, permission->write,
                                          permission->read};
    struct pattern *patterns[ACCESS_COUNT] = {0};
    reply = compile(sources, patterns, fx);
    if (reply) {
        return reply;
    }
    struct grant *grant = obtain_grant(account, vhost);
    patterns_free(grant->patterns);
    memcpy(grant->patterns, patterns, sizeof patterns);
    forget_rights(broker);
    struct topology topology = grant_entry(account, grant);
    outcome_topology(broker, &topology, fx);
    return AMQP_OK;
}

static struct topic_grant *find_topic(const struct grant *grant, struct slice exchange)
{
    list_each(node, &grant->topics) {
        struct topic_grant *topic = container_of(node, struct topic_grant, link);
        if (slice_eq(bytes_slice(&topic->exchange), exchange)) {
            return topic;
        }
    }
    return NULL;
}

/* Appends `source` with {username} and {vhost} replaced. */
static void expand(struct bytes *out, struct slice source, struct slice user, struct slice vhost)
{
    while (source.len > 0) {
        struct slice value = {source.ptr, 1};
        size_t used = 1;
        if (slice_starts(source, SLICE("{username}"))) {
            value = user;
            used = SLICE("{username}").len;
        } else if (slice_starts(source, SLICE("{vhost}"))) {
            value = vhost;
            used = SLICE("{vhost}").len;
        }
        bytes_add(out, value);
        source = (struct slice){source.ptr + used, source.len - used};
    }
}

enum amqp_reply broker_set_topic_permission(struct broker *broker, struct slice user,
                                            struct slice vhost,
                                            const struct topic_permission *permission,
                                            struct effects *fx)
{
    struct account *account;
    enum amqp_reply reply = find_account(broker, user, vhost, &account, fx);
    if (reply) {
        return reply;
    }
    struct bytes write = {0}, read = {0};
    expand(&write, permission->write, user, vhost);
    expand(&read, permission->read, user, vhost);
    struct slice sources[ACCESS_COUNT] = {SLICE(""), bytes_slice(&write), bytes_slice(&read)};
    struct pattern *patterns[ACCESS_COUNT] = {0};
    reply = compile(sources, patterns, fx);
    bytes_finish(&write);
    bytes_finish(&read);
    if (reply) {
        return reply;
    }
    struct grant *grant = obtain_grant(account, vhost);
    struct topic_grant *topic = find_topic(grant, permission->exchange);
    if (!topic) {
        topic = memory_new(sizeof *topic);
        bytes_add(&topic->exchange, permission->exchange);
        list_push(&grant->topics, &topic->link);
    }
    patterns_free(topic->patterns);
    memcpy(topic->patterns, patterns, sizeof patterns);
    topic->write.len = topic->read.len = 0;
    bytes_add(&topic->write, permission->write);
    bytes_add(&topic->read, permission->read);
    forget_rights(broker);
    struct topology topology = topic_entry(account, grant, topic);
    outcome_topology(broker, &topology, fx);
    return AMQP_OK;
}

void broker_delete_permission(struct broker *broker, struct slice user, struct slice vhost,
                              struct effects *fx)
{
    struct account *account = account_find(broker, user);
    struct grant *grant = account ? find_grant(account, vhost) : NULL;
    if (!grant || !grant->patterns[0]) {
        return;
    }
    struct topology topology = {.kind = TOPOLOGY_permission_delete,
                                .permission_delete = {.user = user, .vhost = vhost}};
    outcome_topology(broker, &topology, fx);
    patterns_free(grant->patterns);
    if (list_empty(&grant->topics)) {
        grant_free(grant);
    }
    forget_rights(broker);
}

void broker_delete_topic_permission(struct broker *broker, struct slice user, struct slice vhost,
                                    struct slice exchange, struct effects *fx)
{
    struct account *account = account_find(broker, user);
    struct grant *grant = account ? find_grant(account, vhost) : NULL;
    struct topic_grant *topic = grant ? find_topic(grant, exchange) : NULL;
    if (!topic) {
        return;
    }
    struct topology topology = {
        .kind = TOPOLOGY_topic_permission_delete,
        .topic_permission_delete = {.user = user, .vhost = vhost, .exchange = exchange}};
    outcome_topology(broker, &topology, fx);
    topic_grant_free(topic);
    if (list_empty(&grant->topics) && !grant->patterns[0]) {
        grant_free(grant);
    }
    forget_rights(broker);
}

static struct grant *session_grant(const struct session *session)
{
    const struct account *account = account_find(session->broker, session->user);
    return account ? find_grant(account, session->vhost->name) : NULL;
}

bool access_vhost_allowed(const struct session *session)
{
    const struct grant *grant = session_grant(session);
    return session->trusted || (grant && grant->patterns[0]);
}

static bool ask(const struct session *session, enum access access, struct slice name)
{
    const struct grant *grant = session_grant(session);
    return grant && grant->patterns[access] && pattern_matches(grant->patterns[access], name);
}

/* Answers from memory where it can, so that repeated operations cost no regular expression. */
static bool allowed(struct session *session, enum access access, enum resource resource,
                    struct slice name)
{
    if (session->trusted) {
        return true;
    }
    uint8_t question = (uint8_t)((unsigned)access * 2 + (unsigned)resource);
    for (int i = 0; i < ACCESS_MEMORY; i++) {
        struct access_memory *memory = &session->access[i];
        if (memory->version == session->broker->rights_version && memory->question == question &&
            slice_eq(bytes_slice(&memory->name), name)) {
            return memory->allowed;
        }
    }
    struct access_memory *memory = &session->access[session->access_next];
    session->access_next = (uint8_t)((session->access_next + 1) % ACCESS_MEMORY);
    memory->version = session->broker->rights_version;
    memory->question = question;
    memory->name.len = 0;
    bytes_add(&memory->name, name);
    memory->allowed = ask(session, access, name);
    return memory->allowed;
}

static struct slice access_word(enum access access)
{
    switch (access) {
    case ACCESS_CONFIGURE:
        return SLICE("configure");
    case ACCESS_WRITE:
        return SLICE("write");
    case ACCESS_READ:
        return SLICE("read");
    }
    return SLICE("");
}

enum amqp_reply access_check(struct channel *channel, enum access access, enum resource resource,
                             struct slice name, struct effects *fx)
{
    struct session *session = channel->session;
    if (resource == RESOURCE_EXCHANGE && name.len == 0) {
        name = SLICE("amq.default");
    }
    if (allowed(session, access, resource, name)) {
        return AMQP_OK;
    }
    struct slice kind = resource == RESOURCE_QUEUE ? SLICE("queue") : SLICE("exchange");
    return effects_refuse(fx, AMQP_ACCESS_REFUSED,
                          "%s access to %s '%s' in vhost '%s' refused for user '%s'",
                          access_word(access), kind, name, session->vhost->name, session->user);
}

enum amqp_reply access_check_topic(struct channel *channel, enum access access,
                                   struct slice exchange, struct slice key, struct effects *fx)
{
    struct session *session = channel->session;
    const struct grant *grant = session_grant(session);
    const struct topic_grant *topic = grant ? find_topic(grant, exchange) : NULL;
    if (!topic || session->trusted || pattern_matches(topic->patterns[access], key)) {
        return AMQP_OK;
    }
    return effects_refuse(
        fx, AMQP_ACCESS_REFUSED,
        "%s access to topic '%s' in exchange '%s' in vhost '%s' refused for user '%s'",
        access_word(access), key, exchange, session->vhost->name, session->user);
}

bool broker_has_permission(const struct broker *broker, struct slice user, struct slice vhost)
{
    const struct account *account = account_find(broker, user);
    const struct grant *grant = account ? find_grant(account, vhost) : NULL;
    return grant && grant->patterns[ACCESS_READ];
}

bool grants_any(const struct account *account)
{
    list_each(node, &account->grants) {
        if (container_of(node, struct grant, link)->patterns[ACCESS_READ]) {
            return true;
        }
    }
    return false;
}
