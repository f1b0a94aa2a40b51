#include "broker/topology.h"

#include "amqp/table.h"
#include "broker/binding.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/delay.h"
#include "broker/duplicates.h"
#include "broker/names.h"
#include "broker/outcome.h"
#include "broker/policy.h"
#include "broker/policy_internal.h"
#include "broker/queue_arguments.h"
#include "broker/topology_internal.h"

/* Each function does what one entry says and returns false if no broker of ours can have written
 * it. What an entry refers to may be gone: then a later entry removed it, and had been applied
 * before. */
enum { NAME_LEN_MAX = 255 };

/* Far beyond what any broker gets to, and far from where the counter would start again. */
#define QUEUE_ID_MAX (UINT64_C(1) << 56)

static bool is_name(struct slice name)
{
    return name.len > 0 && name.len <= NAME_LEN_MAX;
}

static bool apply_vhost_put(struct broker *broker, const struct topology_vhost_put *entry,
                            struct effects *fx)
{
    if (entry->name.len > NAME_LEN_MAX) {
        return false;
    }
    broker_add_vhost(broker, entry->name, fx);
    return true;
}

static bool apply_user_put(struct broker *broker, const struct topology_user_put *entry,
                           struct effects *fx)
{
    if (entry->name.len > NAME_LEN_MAX || entry->hashing > HASHING_MD5) {
        return false;
    }
    struct user user = {.name = entry->name,
                        .password_hash = entry->password_hash,
                        .hashing = (enum password_hashing)entry->hashing,
                        .tags = entry->tags};
    broker_put_user(broker, &user, fx);
    return true;
}

static bool apply_permission_put(struct broker *broker, const struct topology_permission_put *entry,
                                 struct effects *fx)
{
    struct permission permission = {entry->configure, entry->write, entry->read};
    enum amqp_reply reply =
        broker_set_permission(broker, entry->user, entry->vhost, &permission, fx);
    return reply == AMQP_OK || reply == AMQP_NOT_FOUND;
}

static bool apply_topic_permission_put(struct broker *broker,
                                       const struct topology_topic_permission_put *entry,
                                       struct effects *fx)
{
    struct topic_permission permission = {entry->exchange, entry->write, entry->read};
    enum amqp_reply reply =
        broker_set_topic_permission(broker, entry->user, entry->vhost, &permission, fx);
    return reply == AMQP_OK || reply == AMQP_NOT_FOUND;
}

static bool is_alternate(struct slice arguments)
{
    struct field_value value;
    return !table_get(arguments, SLICE("alternate-exchange"), &value) || value.type == 'S';
}

static bool apply_exchange_declared(struct broker *broker,
                                    const struct topology_exchange_declared *entry,
                                    struct effects *fx)
{
    struct vhost *vhost = broker_find_vhost(broker, entry->vhost);
    const struct exchange_type *type = exchange_type_find(entry->type);
    text_clear(&fx->error);
    if (!is_name(entry->name) || !type || !is_alternate(entry->arguments) ||
        exchange_type_check(type, entry->arguments, &fx->error)) {
        return false;
    }
    if (!vhost || exchanges_find(vhost->exchanges, entry->name)) {
        return true;
    }
    struct exchange_options options = {.name = entry->name,
                                       .arguments = entry->arguments,
                                       .user = entry->user,
                                       .durable = true,
                                       .auto_delete = entry->auto_delete,
                                       .internal = entry->internal};
    struct exchange *exchange = exchange_new(&options, type, broker->options.secret);
    exchanges_add(vhost->exchanges, exchange);
    duplicates_add_exchange(vhost, exchange);
    policy_renew_exchange(vhost, exchange);
    broker->counters.exchanges++;
    return true;
}

/* From before it was kept who declares an exchange. */
static bool apply_exchange_put(struct broker *broker, const struct topology_exchange_put *entry,
                               struct effects *fx)
{
    struct topology_exchange_declared same = {.vhost = entry->vhost,
                                              .name = entry->name,
                                              .type = entry->type,
                                              .auto_delete = entry->auto_delete,
                                              .internal = entry->internal,
                                              .arguments = entry->arguments};
    return apply_exchange_declared(broker, &same, fx);
}

static bool apply_exchange_delete(struct broker *broker,
                                  const struct topology_exchange_delete *entry, struct effects *fx)
{
    struct vhost *vhost = broker_find_vhost(broker, entry->vhost);
    struct exchange *exchange = vhost ? exchanges_find(vhost->exchanges, entry->name) : NULL;
    if (entry->name.len == 0 || names_reserved(entry->name)) {
        return false;
    }
    if (exchange) {
        broker->restored_last = NULL;
        delay_remove_store(exchange, fx);
        duplicates_remove_exchange(vhost, entry->name);
        pairs_end_exchange(broker, exchange);
        exchanges_remove(vhost->exchanges, exchange);
        broker->counters.exchanges--;
    }
    return true;
}

static bool is_queue(const struct topology_queue_put *entry, struct effects *fx)
{
    struct equivalence what = {"queue", entry->name, entry->vhost};
    uint8_t kind;
    if (entry->id == 0 || entry->id > QUEUE_ID_MAX || !is_name(entry->name)) {
        return false;
    }
    if (entry->kind == QUEUE_DELAYED) {
        return !entry->auto_delete && entry->arguments.len == 0;
    }
    return entry->kind <= QUEUE_STREAM &&
           queue_arguments_check(&what, entry->arguments, (uint8_t)entry->kind, &kind, fx) ==
               AMQP_OK &&
           kind == entry->kind;
}

/* The store of an exchange, whose name it has. */
static bool apply_store(struct broker *broker, const struct topology_queue_put *entry,
                        struct effects *fx)
{
    struct vhost *vhost = broker_find_vhost(broker, entry->vhost);
    struct exchange *exchange = vhost ? exchanges_find(vhost->exchanges, entry->name) : NULL;
    bool wanted = exchange && exchange_delays(exchange) && !exchange_store(exchange) &&
                  exchange_durable(exchange);
    if (wanted && !broker_queue_by_id(broker, entry->id)) {
        delay_add_store(vhost, exchange, entry->id, fx);
    }
    return true;
}

static bool apply_queue_put(struct broker *broker, const struct topology_queue_put *entry,
                            struct effects *fx)
{
    struct vhost *vhost = broker_find_vhost(broker, entry->vhost);
    if (!is_queue(entry, fx)) {
        return false;
    }
    if (broker->queues_made < entry->id) {
        broker->queues_made = entry->id;
    }
    if (entry->kind == QUEUE_DELAYED) {
        return apply_store(broker, entry, fx);
    }
    if (!vhost || broker_queue_by_id(broker, entry->id) || broker_queue_find(vhost, entry->name)) {
        return true;
    }
    struct broker_queue_options options = {.name = entry->name,
                                           .arguments = entry->arguments,
                                           .id = entry->id,
                                           .kind = (uint8_t)entry->kind,
                                           .durable = true,
                                           .auto_delete = entry->auto_delete};
    broker_queue_add(vhost, &options);
    return true;
}

static bool apply_queue_delete(struct broker *broker, const struct topology_queue_delete *entry,
                               struct effects *fx)
{
    struct broker_queue *queue = broker_queue_by_id(broker, entry->id);
    if (!queue) {
        return true;
    }
    struct list *bindings_in = &queue->destination.bindings_in;
    while (!list_empty(bindings_in)) { // and nothing goes because of that
        binding_remove(container_of(list_first(bindings_in), struct binding, in_link));
    }
    broker->restored_last = NULL;
    broker_queue_remove(queue, fx);
    return true;
}

/* The ends of a binding; false if one is not there. */
static bool find_ends(const struct broker *broker, const struct topology_binding_put *entry,
                      struct exchange **source, struct destination **destination)
{
    struct vhost *vhost = broker_find_vhost(broker, entry->vhost);
    if (!vhost) {
        return false;
    }
    *source = exchanges_find(vhost->exchanges, entry->source);
    if (entry->queue == 0) {
        struct exchange *exchange = exchanges_find(vhost->exchanges, entry->exchange);
        *destination = exchange ? exchange_destination(exchange) : NULL;
    } else {
        struct broker_queue *queue = broker_queue_by_id(broker, entry->queue);
        *destination = queue && queue->vhost == vhost ? &queue->destination : NULL;
    }
    return *source && *destination;
}

static bool is_binding(const struct topology_binding_put *entry)
{
    return entry->source.len > 0 && (entry->queue == 0) == (entry->exchange.len > 0) &&
           entry->key.len <= NAME_LEN_MAX;
}

static bool apply_binding_put(struct broker *broker, const struct topology_binding_put *entry,
                              struct effects *fx)
{
    struct exchange *source;
    struct destination *destination;
    if (!is_binding(entry)) {
        return false;
    }
    if (!find_ends(broker, entry, &source, &destination)) {
        return true;
    }
    struct binding_identity wanted = {destination, entry->key, entry->arguments};
    text_clear(&fx->error);
    if (exchange_check_binding(source, &wanted, &fx->error)) {
        return false;
    }
    exchange_bind(source, destination, entry->key, entry->arguments, NULL);
    return true;
}

static bool apply_binding_delete(struct broker *broker, const struct topology_binding_delete *entry,
                                 struct effects *fx)
{
    (void)fx;
    struct topology_binding_put same = {.vhost = entry->vhost,
                                        .source = entry->source,
                                        .queue = entry->queue,
                                        .exchange = entry->exchange};
    struct exchange *source;
    struct destination *destination;
    if (find_ends(broker, &same, &source, &destination)) {
        struct binding *binding =
            exchange_find_binding(source, destination, entry->key, entry->arguments);
        if (binding) {
            binding_remove(binding);
        }
    }
    return true;
}

static enum policy_kind policy_kind_of(bool by_operator)
{
    return by_operator ? POLICY_OF_OPERATORS : POLICY_OF_USERS;
}

/* Queues and exchanges get to know it; broker_restored enforces what it sets. */
static bool apply_policy_put(struct broker *broker, const struct topology_policy_put *entry,
                             struct effects *fx)
{
    struct vhost *vhost = broker_find_vhost(broker, entry->vhost);
    if (entry->apply > POLICY_STREAMS) {
        return false;
    }
    struct policy_options options = {.name = entry->name,
                                     .pattern = entry->pattern,
                                     .definition = entry->definition,
                                     .priority = (int64_t)outcome_unzigzag(0, entry->priority),
                                     .apply = (enum policy_target)entry->apply};
    return !vhost ||
           broker_put_policy(vhost, policy_kind_of(entry->by_operator), &options, fx) == AMQP_OK;
}

static bool apply_policy_delete(struct broker *broker, const struct topology_policy_delete *entry,
                                struct effects *fx)
{
    struct vhost *vhost = broker_find_vhost(broker, entry->vhost);
    if (vhost) {
        broker_delete_policy(vhost, policy_kind_of(entry->by_operator), entry->name, fx);
    }
    return true;
}

/* What such an entry is about may be gone already. */
static bool apply_vhost_delete(struct broker *broker, const struct topology_vhost_delete *entry,
                               struct effects *fx)
{
    broker->restored_last = NULL;
    broker_delete_vhost(broker, entry->name, fx);
    return true;
}

static bool apply_vhost_tracing_put(struct broker *broker,
                                    const struct topology_vhost_tracing_put *entry,
                                    struct effects *fx)
{
    struct vhost *vhost = broker_find_vhost(broker, entry->vhost);
    if (vhost) {
        broker_set_tracing(vhost, entry->on, fx);
    }
    return true;
}

static bool apply_user_delete(struct broker *broker, const struct topology_user_delete *entry,
                              struct effects *fx)
{
    broker_delete_user(broker, entry->name, fx);
    return true;
}

static bool apply_permission_delete(struct broker *broker,
                                    const struct topology_permission_delete *entry,
                                    struct effects *fx)
{
    broker_delete_permission(broker, entry->user, entry->vhost, fx);
    return true;
}

static bool apply_topic_permission_delete(struct broker *broker,
                                          const struct topology_topic_permission_delete *entry,
                                          struct effects *fx)
{
    broker_delete_topic_permission(broker, entry->user, entry->vhost, entry->exchange, fx);
    return true;
}

bool topology_apply(struct broker *broker, const struct topology *topology)
{
    struct effects fx = {0};
    bool possible = false;
    switch ((enum topology_kind)topology->kind) {
#define T(code, name, fields)                                                                      \
    case code:                                                                                     \
        possible = apply_##name(broker, &topology->name, &fx);                                     \
        break;
        TOPOLOGY_KINDS(T)
#undef T
    }
    CHECK(fx.count == 0);
    effects_free(&fx);
    forget_routes(broker);
    return possible;
}
