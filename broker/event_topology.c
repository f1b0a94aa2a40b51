#include "broker/event.h"

#include "amqp/table.h"
#include "broker/broker_internal.h"
#include "broker/outcome.h"
#include "broker/policies.h"
#include "broker/topology.h"

/* Events of what operators do, from what the journal is told of it. */

static void add(struct bytes *headers, const char *name, struct slice value)
{
    table_add_string(headers, (struct slice){(const uint8_t *)name, strlen(name)}, value);
}

/* A policy's definition; numbers as RabbitMQ makes them. */
static void add_definition(struct bytes *headers, struct slice definition)
{
    struct bytes table = {0};
    struct wire_reader r = wire_reader_of(definition);
    struct slice key;
    struct field_value value;
    while (table_next(&r, &key, &value)) {
        if (field_is_integer(&value)) {
            table_add_i64(&table, key, value.integer);
        } else {
            table_add_raw(&table, key, value.raw);
        }
    }
    table_add_table(headers, SLICE("definition"), bytes_slice(&table));
    bytes_finish(&table);
}

static const char *on_policy_put(struct bytes *headers, const struct topology_policy_put *entry)
{
    const char *apply = policy_target_word((enum policy_target)entry->apply);
    add(headers, "apply-to", (struct slice){(const uint8_t *)apply, strlen(apply)});
    table_add_i64(headers, SLICE("priority"), (int64_t)outcome_unzigzag(0, entry->priority));
    add_definition(headers, entry->definition);
    add(headers, "pattern", entry->pattern);
    add(headers, "vhost", entry->vhost);
    add(headers, "name", entry->name);
    return "policy.set";
}

static const char *on_policy_delete(struct bytes *headers,
                                    const struct topology_policy_delete *entry)
{
    add(headers, "vhost", entry->vhost);
    add(headers, "name", entry->name);
    return entry->by_operator ? "operator.policy.cleared" : "policy.cleared";
}

static const char *on_permission_put(struct bytes *headers,
                                     const struct topology_permission_put *entry)
{
    add(headers, "read", entry->read);
    add(headers, "write", entry->write);
    add(headers, "configure", entry->configure);
    add(headers, "vhost", entry->vhost);
    add(headers, "user", entry->user);
    return "permission.created";
}

static const char *on_topic_permission_put(struct bytes *headers,
                                           const struct topology_topic_permission_put *entry)
{
    add(headers, "read", entry->read);
    add(headers, "write", entry->write);
    add(headers, "exchange", entry->exchange);
    add(headers, "vhost", entry->vhost);
    add(headers, "user", entry->user);
    return "topic.permission.created";
}

static const char *on_parameter_put(struct bytes *headers,
                                    const struct topology_parameter_put *entry)
{
    bool global = entry->component.len == 0;
    add(headers, "value", entry->value);
    add(headers, "name", entry->name);
    add(headers, "component", global ? SLICE("global") : entry->component);
    if (!global) {
        add(headers, "vhost", entry->vhost);
    }
    return "parameter.set";
}

static const char *on_parameter_delete(struct bytes *headers,
                                       const struct topology_parameter_delete *entry)
{
    bool global = entry->component.len == 0;
    add(headers, "name", entry->name);
    add(headers, "component", global ? SLICE("global") : entry->component);
    if (!global) {
        add(headers, "vhost", entry->vhost);
    }
    return "parameter.cleared";
}

/* One of several limits that RabbitMQ has under the one name `limits`. */
static void add_limit(struct bytes *headers, struct slice limit, bool given, uint64_t value)
{
    if (given) {
        table_add_i64(headers, limit, (int64_t)value);
    }
    add(headers, "name", SLICE("limits"));
}

static const char *on_vhost_limit_put(struct bytes *headers,
                                      const struct topology_vhost_limit_put *entry)
{
    add(headers, "vhost", entry->vhost);
    add_limit(headers, entry->limit, entry->given, entry->value);
    return entry->given ? "vhost.limits.set" : "vhost.limits.cleared";
}

static const char *on_user_limit_put(struct bytes *headers,
                                     const struct topology_user_limit_put *entry)
{
    add(headers, "username", entry->user);
    add_limit(headers, entry->limit, entry->given, entry->value);
    return entry->given ? "user.limits.set" : "user.limits.cleared";
}

/* Writes the headers and returns the key; NULL of what is told of elsewhere. */
static const char *read(const struct topology *topology, struct bytes *headers)
{
    switch ((enum topology_kind)topology->kind) {
    case TOPOLOGY_vhost_put:
        table_add_bool(headers, SLICE("tracing"), false);
        add(headers, "name", topology->vhost_put.name);
        return "vhost.created";
    case TOPOLOGY_vhost_delete:
        add(headers, "name", topology->vhost_delete.name);
        return "vhost.deleted";
    case TOPOLOGY_user_delete:
        add(headers, "name", topology->user_delete.name);
        return "user.deleted";
    case TOPOLOGY_permission_put:
        return on_permission_put(headers, &topology->permission_put);
    case TOPOLOGY_permission_delete:
        add(headers, "vhost", topology->permission_delete.vhost);
        add(headers, "user", topology->permission_delete.user);
        return "permission.deleted";
    case TOPOLOGY_topic_permission_put:
        return on_topic_permission_put(headers, &topology->topic_permission_put);
    case TOPOLOGY_topic_permission_delete:
        add(headers, "vhost", topology->topic_permission_delete.vhost);
        add(headers, "user", topology->topic_permission_delete.user);
        return "topic.permission.deleted";
    case TOPOLOGY_policy_put:
        return on_policy_put(headers, &topology->policy_put);
    case TOPOLOGY_policy_delete:
        return on_policy_delete(headers, &topology->policy_delete);
    case TOPOLOGY_vhost_limit_put:
        return on_vhost_limit_put(headers, &topology->vhost_limit_put);
    case TOPOLOGY_user_limit_put:
        return on_user_limit_put(headers, &topology->user_limit_put);
    case TOPOLOGY_parameter_put:
        return on_parameter_put(headers, &topology->parameter_put);
    case TOPOLOGY_parameter_delete:
        return on_parameter_delete(headers, &topology->parameter_delete);
    case TOPOLOGY_user_put:
    case TOPOLOGY_exchange_put:
    case TOPOLOGY_exchange_declared:
    case TOPOLOGY_exchange_delete:
    case TOPOLOGY_queue_put:
    case TOPOLOGY_queue_delete:
    case TOPOLOGY_binding_put:
    case TOPOLOGY_binding_delete:
    case TOPOLOGY_vhost_metadata_put:
    case TOPOLOGY_vhost_tracing_put:
    case TOPOLOGY_vhost_protection_put:
        break;
    }
    return NULL;
}

void event_topology(struct broker *broker, const struct topology *topology)
{
    if (!broker_wants_events(broker)) {
        return;
    }
    struct bytes headers = {0};
    const char *key = read(topology, &headers);
    if (key) {
        broker_tell_event(broker, key, bytes_slice(&headers));
    }
    bytes_finish(&headers);
}
