#include "broker/vhost.h"
#include "broker/event.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/delay.h"
#include "broker/duplicates.h"
#include "broker/outcome_internal.h"
#include "broker/parameter_internal.h"
#include "broker/policy.h"
#include "broker/post.h"
#include "broker/tally.h"
#include "broker/topology.h"
#include "broker/user_internal.h"
#include "broker/vhost_internal.h"

struct predeclared {
    const char *name;
    const char *type;
    bool internal;
};

static struct exchange *predeclare(struct vhost *vhost, const struct predeclared *row)
{
    struct slice type = {(const uint8_t *)row->type, strlen(row->type)};
    struct exchange_options options = {
        .name = {(const uint8_t *)row->name, strlen(row->name)},
        .user = SLICE("rmq-internal"),
        .durable = true,
        .internal = row->internal,
    };
    struct exchange *exchange =
        exchange_new(&options, exchange_type_find(type), vhost->broker->options.secret);
    exchanges_add(vhost->exchanges, exchange);
    vhost->broker->counters.exchanges++;
    event_exchange(vhost, exchange, true);
    return exchange;
}

/* The exchanges that every virtual host has from the start, and that one more has. */
static void add_predeclared(struct vhost *vhost)
{
    static const struct predeclared rows[] = {
        {"", "direct", false},           {"amq.direct", "direct", false},
        {"amq.fanout", "fanout", false}, {"amq.headers", "headers", false},
        {"amq.match", "headers", false}, {"amq.rabbitmq.trace", "topic", true},
        {"amq.topic", "topic", false},
    };
    static const struct predeclared event = {"amq.rabbitmq.event", "topic", true};
    struct broker *broker = vhost->broker;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        predeclare(vhost, &rows[i]);
    }
    if (broker->options.event_vhost.ptr && slice_eq(vhost->name, broker->options.event_vhost)) {
        broker->event_vhost = vhost;
        broker->event_exchange = predeclare(vhost, &event);
    }
}

static void end_events(struct vhost *vhost)
{
    if (vhost->broker->event_vhost == vhost) {
        vhost->broker->event_exchange = NULL;
    }
}

void broker_add_vhost(struct broker *broker, struct slice name, struct effects *fx)
{
    if (broker_find_vhost(broker, name)) {
        return;
    }
    struct vhost *vhost = memory_new(sizeof *vhost + name.len);
    uint8_t *copy = (uint8_t *)(vhost + 1);
    slice_copy(copy, name);
    vhost->name = (struct slice){copy, name.len};
    vhost->broker = broker;
    vhost->serial = ++broker->serials;
    vhost->exchanges = exchanges_new(broker->options.secret);
    map_init(&vhost->queues_by_name, broker->options.secret);
    list_init(&vhost->queues);
    list_init(&vhost->queue_cursors);
    list_init(&vhost->stores);
    list_init(&vhost->parameters);
    for (int i = 0; i < VHOST_LIMIT_COUNT; i++) {
        vhost->limits[i] = LIMIT_NONE;
    }
    map_init(&vhost->duplicates, broker->options.secret);
    policies_init(&vhost->policies[POLICY_OF_USERS], false);
    policies_init(&vhost->policies[POLICY_OF_OPERATORS], true);
    add_predeclared(vhost);
    vhost->default_exchange = exchanges_find(vhost->exchanges, SLICE(""));
    map_put(&broker->vhosts_by_name, &vhost->by_name, vhost->name);
    list_push(&broker->vhosts, &vhost->link);
    struct topology topology = {.kind = TOPOLOGY_vhost_put, .vhost_put = {.name = vhost->name}};
    outcome_topology(broker, &topology, fx);
}

struct vhost *broker_find_vhost(const struct broker *broker, struct slice name)
{
    struct map_node *node = map_get(&broker->vhosts_by_name, name);
    return node ? container_of(node, struct vhost, by_name) : NULL;
}

size_t broker_vhost_count(const struct broker *broker)
{
    return broker->vhosts_by_name.count;
}

static bool has_session(const struct vhost *vhost)
{
    list_each(node, &vhost->broker->sessions) {
        if (container_of(node, struct session, link)->vhost == vhost) {
            return true;
        }
    }
    return false;
}

/* For the journal it happens all at once. */
enum amqp_reply broker_delete_vhost(struct broker *broker, struct slice name, struct effects *fx)
{
    struct vhost *vhost = broker_find_vhost(broker, name);
    uint32_t begin = fx->count;
    if (!vhost) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no vhost '%s'", name);
    }
    if (has_session(vhost)) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED, "vhost '%s' in use", name);
    }
    end_events(vhost);
    struct topology topology = {.kind = TOPOLOGY_vhost_delete, .vhost_delete = {.name = name}};
    outcome_topology(broker, &topology, fx);
    grants_forget_vhost(broker, name);
    posts_drop(broker, vhost);
    delay_drop(broker, vhost);
    vhost_free(vhost, fx);
    outcome_group(broker, begin, true, fx);
    forget_rights(broker);
    return AMQP_OK;
}

void vhost_free(struct vhost *vhost, struct effects *fx)
{
    while (!list_empty(&vhost->queues)) {
        struct list_node *first = list_first(&vhost->queues);
        broker_queue_remove(container_of(first, struct broker_queue, link), fx);
    }
    while (!list_empty(&vhost->stores)) {
        struct list_node *first = list_first(&vhost->stores);
        broker_queue_remove(container_of(first, struct broker_queue, link), fx);
    }
    cursors_finish(&vhost->queue_cursors);
    tally_end_vhost(vhost);
    vhost->broker->tracing_count -= vhost->tracing;
    vhost->broker->counters.exchanges -= exchanges_count(vhost->exchanges);
    map_finish(&vhost->queues_by_name);
    duplicates_free(vhost);
    for (struct exchange *exchange = exchanges_first(vhost->exchanges); exchange;
         exchange = exchanges_next(vhost->exchanges, exchange)) {
        pairs_end_exchange(vhost->broker, exchange);
    }
    exchanges_free(vhost->exchanges);
    for (int kind = POLICY_OF_USERS; kind <= POLICY_OF_OPERATORS; kind++) {
        vhost->broker->counters.mirror_policies -= vhost->policies[kind].mirror_count;
        policies_finish(&vhost->policies[kind]);
    }
    parameters_finish(&vhost->parameters);
    bytes_finish(&vhost->description);
    bytes_finish(&vhost->tags);
    bytes_finish(&vhost->queue_type);
    map_remove(&vhost->broker->vhosts_by_name, &vhost->by_name);
    list_unlink(&vhost->link);
    free(vhost);
}
