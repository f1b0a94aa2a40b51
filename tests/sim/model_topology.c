#include "tests/sim/model_internal.h"
#include "tests/sim/model_retry.h"

#include "amqp/table.h"

struct model_exchange *model_exchange_add(struct model *model, struct model_vhost *vhost,
                                          struct slice name, struct slice type)
{
    struct model_exchange *exchange = arena_new(model->arena, sizeof *exchange);
    exchange->name = name;
    exchange->type = exchange->inner = type;
    list_push(&vhost->exchanges, &exchange->link);
    return exchange;
}

void model_topology_init(struct model *model)
{
    for (int i = 0; i < MODEL_VHOSTS; i++) {
        struct model_vhost *vhost = &model->vhosts[i];
        list_init(&vhost->exchanges);
        list_init(&vhost->queues);
        list_init(&vhost->stores);
        list_init(&vhost->bindings);
        list_init(&vhost->bound);
        model_exchange_add(model, vhost, SLICE(""), SLICE("direct"))->durable = true;
        model_exchange_add(model, vhost, SLICE("amq.direct"), SLICE("direct"))->durable = true;
        model_exchange_add(model, vhost, SLICE("amq.fanout"), SLICE("fanout"))->durable = true;
        model_exchange_add(model, vhost, SLICE("amq.headers"), SLICE("headers"))->durable = true;
        model_exchange_add(model, vhost, SLICE("amq.match"), SLICE("headers"))->durable = true;
        model_exchange_add(model, vhost, SLICE("amq.topic"), SLICE("topic"))->durable = true;
        struct model_exchange *trace =
            model_exchange_add(model, vhost, SLICE("amq.rabbitmq.trace"), SLICE("topic"));
        trace->durable = trace->internal = true;
    }
}

struct model_exchange *model_exchange_find(const struct model_vhost *vhost, struct slice name)
{
    list_each(node, &vhost->exchanges) {
        struct model_exchange *exchange = container_of(node, struct model_exchange, link);
        if (!exchange->deleted && slice_eq(exchange->name, name)) {
            return exchange;
        }
    }
    return NULL;
}

struct model_queue *model_queue_find(const struct model_vhost *vhost, struct slice name)
{
    list_each(node, &vhost->queues) {
        struct model_queue *queue = container_of(node, struct model_queue, link);
        if (!queue->deleted && name.len > 0 && slice_eq(queue->name, name)) {
            return queue;
        }
    }
    return NULL;
}

/* The queue that is meant by a name, which is the one declared last if it is empty. */
static struct model_queue *named(const struct model_channel *channel, struct slice name)
{
    struct model_queue *last = channel->last_queue;
    if (name.len > 0) {
        return model_queue_find(channel->conn->vhost, name);
    }
    if (last && last->deleted) {
        return model_queue_find(channel->conn->vhost, last->name);
    }
    return last;
}

enum amqp_reply model_queue_lookup(struct model_channel *channel, struct slice name,
                                   struct model_queue **out)
{
    *out = named(channel, name);
    if (!*out) {
        return AMQP_NOT_FOUND;
    }
    bool locked = (*out)->owner && (*out)->owner != channel->conn;
    return locked ? AMQP_RESOURCE_LOCKED : AMQP_OK;
}

static bool known_type(struct slice type)
{
    return slice_eq(type, SLICE("direct")) || slice_eq(type, SLICE("fanout")) ||
           slice_eq(type, SLICE("topic")) || slice_eq(type, SLICE("headers")) ||
           slice_eq(type, MODEL_DELAYED);
}

static struct slice alternate_of(struct slice arguments)
{
    struct field_value value;
    return table_get(arguments, SLICE("alternate-exchange"), &value) ? value.bytes : SLICE("");
}

static bool same_exchange(const struct model_exchange *exchange,
                          const struct amqp_exchange_declare *args)
{
    return slice_eq(exchange->type, args->type) && exchange->durable == args->durable &&
           exchange->auto_delete == args->auto_delete && exchange->internal == args->internal &&
           slice_eq(exchange->alternate, alternate_of(args->arguments));
}

static enum amqp_reply declare_exchange(struct model_channel *channel,
                                        const struct amqp_exchange_declare *args, uint64_t *fact)
{
    struct model_exchange *exchange = model_exchange_find(channel->conn->vhost, args->exchange);
    if (args->exchange.len == 0) {
        return AMQP_ACCESS_REFUSED;
    }
    if (args->passive) {
        return exchange ? AMQP_OK : AMQP_NOT_FOUND;
    }
    if (channel->conn->limited) {
        return AMQP_ACCESS_REFUSED;
    }
    if (!known_type(args->type)) {
        return AMQP_PRECONDITION_FAILED;
    }
    if (exchange) {
        *fact = exchange->life.from;
        return same_exchange(exchange, args) ? AMQP_OK : AMQP_PRECONDITION_FAILED;
    }
    if (slice_starts(args->exchange, SLICE("amq."))) {
        return AMQP_ACCESS_REFUSED;
    }
    exchange =
        model_exchange_add(channel->conn->model, channel->conn->vhost, args->exchange, args->type);
    exchange->durable = args->durable;
    exchange->auto_delete = args->auto_delete;
    exchange->internal = args->internal;
    exchange->alternate = alternate_of(args->arguments);
    if (args->durable) {
        *fact = exchange->life.from = model_facts_add(&channel->conn->model->facts);
    }
    if (slice_eq(args->type, MODEL_DELAYED)) {
        model_store_add(channel->conn->model, channel->conn->vhost, exchange);
        model_life_begin(&channel->conn->model->facts, exchange->durable, &exchange->store->life);
    }
    return AMQP_OK;
}

enum amqp_reply model_exchange_declare(struct model_channel *channel, const struct op *op)
{
    uint64_t fact = 0;
    enum amqp_reply code = declare_exchange(channel, &op->args.exchange_declare, &fact);
    if (!code && !op->args.exchange_declare.no_wait) {
        struct owed *owed = model_owe_ok(channel, METHOD_exchange_declare_ok);
        model_claim(channel->conn->model, &owed->claims, fact);
    }
    return code;
}

static bool in_use(const struct model_vhost *vhost, const struct model_exchange *exchange)
{
    list_each(node, &vhost->bindings) {
        if (container_of(node, struct model_binding, link)->source == exchange) {
            return true;
        }
    }
    return false;
}

enum amqp_reply model_exchange_delete(struct model_channel *channel, const struct op *op)
{
    const struct amqp_exchange_delete *args = &op->args.exchange_delete;
    struct model_vhost *vhost = channel->conn->vhost;
    struct model_exchange *exchange = model_exchange_find(vhost, args->exchange);
    if (args->exchange.len == 0 || slice_starts(args->exchange, SLICE("amq.")) ||
        channel->conn->limited) {
        return AMQP_ACCESS_REFUSED;
    }
    if (exchange && args->if_unused && in_use(vhost, exchange)) {
        return AMQP_PRECONDITION_FAILED;
    }
    if (exchange) {
        model_exchange_remove(channel->conn->model, vhost, exchange);
    }
    if (!args->no_wait) {
        struct owed *owed = model_owe_ok(channel, METHOD_exchange_delete_ok);
        model_claim(channel->conn->model, &owed->claims, exchange ? exchange->life.until : 0);
    }
    return AMQP_OK;
}

static void owe_declare_ok(struct model_channel *channel, const struct amqp_queue_declare *args,
                           struct model_queue *queue)
{
    struct model *model = channel->conn->model;
    model_touch_unused(model, queue);
    model_expire(model, queue);
    model_send_letters(model);
    channel->last_queue = queue;
    if (args->no_wait) {
        return;
    }
    struct amqp_args ok = {.method = METHOD_queue_declare_ok,
                           .queue_declare_ok = {.queue = queue->name,
                                                .message_count = model_length(&queue->ready),
                                                .consumer_count = model_length(&queue->consumers)}};
    struct owed *owed = model_owe(channel->conn, channel->number, &ok);
    owed->queue = queue;
    model_claim(model, &owed->claims, args->passive ? 0 : queue->life.from);
}

struct model_queue *model_queue_add(struct model *model, struct model_vhost *vhost,
                                    struct slice name)
{
    struct model_queue *queue = arena_new(model->arena, sizeof *queue);
    queue->vhost = vhost;
    queue->name = name;
    list_init(&queue->ready);
    list_init(&queue->held);
    list_init(&queue->consumers);
    list_init(&queue->entries);
    list_push(&vhost->queues, &queue->link);
    return queue;
}

static struct model_queue *declare(struct model_channel *channel,
                                   const struct amqp_queue_declare *args)
{
    struct model *model = channel->conn->model;
    struct model_queue *queue = model_queue_add(model, channel->conn->vhost, args->queue);
    queue->owner = args->exclusive ? channel->conn : NULL;
    queue->durable = args->durable && !args->exclusive;
    queue->auto_delete = args->auto_delete;
    queue->arguments = args->arguments;
    queue->terms = terms_read(args->arguments);
    queue->life.from = queue->durable ? model_facts_add(&model->facts) : 0;
    return queue;
}

/* A quorum queue is durable, belongs to nobody, and has a name that somebody gave it. */
static bool is_possible(const struct amqp_queue_declare *args)
{
    return !terms_read(args->arguments).quorum ||
           (args->durable && !args->exclusive && !args->auto_delete && args->queue.len > 0);
}

enum amqp_reply model_queue_declare(struct model_channel *channel, const struct op *op)
{
    const struct amqp_queue_declare *args = &op->args.queue_declare;
    struct model_queue *queue = model_queue_find(channel->conn->vhost, args->queue);
    if (args->passive) {
        enum amqp_reply code = model_queue_lookup(channel, args->queue, &queue);
        if (!code) {
            owe_declare_ok(channel, args, queue);
        }
        return code;
    }
    if (channel->conn->limited || (!queue && slice_starts(args->queue, SLICE("amq.")))) {
        return AMQP_ACCESS_REFUSED;
    }
    if (queue && ((queue->owner != NULL) != args->exclusive ||
                  (queue->owner && queue->owner != channel->conn))) {
        return AMQP_RESOURCE_LOCKED;
    }
    if (queue && (!slice_eq(queue->arguments, args->arguments) ||
                  queue->durable != (args->durable && !args->exclusive) ||
                  queue->auto_delete != args->auto_delete)) {
        return AMQP_PRECONDITION_FAILED;
    }
    if (!queue && !is_possible(args)) {
        return AMQP_PRECONDITION_FAILED;
    }
    owe_declare_ok(channel, args, queue ? queue : declare(channel, args));
    return AMQP_OK;
}

enum amqp_reply model_queue_purge(struct model_channel *channel, const struct op *op)
{
    struct model_queue *queue;
    enum amqp_reply code = model_queue_lookup(channel, op->args.queue_purge.queue, &queue);
    if (code) {
        return code;
    }
    struct amqp_args ok = {.method = METHOD_queue_purge_ok};
    struct model_facts *facts = &channel->conn->model->facts;
    model_expire(channel->conn->model, queue);
    uint64_t fact = 0;
    struct model_entry *entry;
    while ((entry = model_take(queue))) {
        fact = fact || !entry->survives ? fact : model_facts_add(facts);
        entry->life.until = fact;
        entry->settled_at = model_facts_instant(facts, entry->life.from); // or it came only now
        ok.queue_purge_ok.message_count++;
    }
    ok.queue_purge_ok.message_count += model_retries_drop(channel->conn->model, queue);
    model_send_letters(channel->conn->model);
    if (!op->args.queue_purge.no_wait) {
        struct owed *owed = model_owe(channel->conn, channel->number, &ok);
        model_claim(channel->conn->model, &owed->claims, fact);
    }
    return AMQP_OK;
}

enum amqp_reply model_queue_delete(struct model_channel *channel, const struct op *op)
{
    const struct amqp_queue_delete *args = &op->args.queue_delete;
    struct model_queue *queue;
    enum amqp_reply code = model_queue_lookup(channel, args->queue, &queue);
    struct amqp_args ok = {.method = METHOD_queue_delete_ok};
    if (args->queue.len == 0 && !channel->last_queue) {
        return AMQP_NOT_FOUND;
    }
    if (channel->conn->limited) {
        return AMQP_ACCESS_REFUSED;
    }
    if (code == AMQP_RESOURCE_LOCKED) {
        return code;
    }
    if (queue && queue->terms.quorum && (args->if_unused || args->if_empty)) {
        return AMQP_NOT_IMPLEMENTED;
    }
    if (queue && ((args->if_unused && !list_empty(&queue->consumers)) ||
                  (args->if_empty && !list_empty(&queue->ready)))) {
        return AMQP_PRECONDITION_FAILED;
    }
    if (queue) {
        ok.queue_delete_ok.message_count = model_length(&queue->ready);
        model_queue_remove(channel->conn->model, queue);
    }
    if (!args->no_wait) {
        struct owed *owed = model_owe(channel->conn, channel->number, &ok);
        model_claim(channel->conn->model, &owed->claims, queue ? queue->life.until : 0);
    }
    return AMQP_OK;
}

/* Consumers that asked for it are told. */
void model_queue_remove(struct model *model, struct model_queue *queue)
{
    struct list_node *node;
    queue->deleted = true;
    queue->life.until = queue->durable ? model_facts_add(&model->facts) : 0;
    list_each(it, &queue->vhost->bindings) {
        struct model_binding *binding = container_of(it, struct model_binding, link);
        if (binding->queue == queue) {
            model_binding_remove(model, queue->vhost, binding);
            it_next = queue->vhost->bindings.head.next; // that may have removed others
        }
    }
    while ((node = list_first(&queue->consumers))) {
        struct model_consumer *consumer = container_of(node, struct model_consumer, queue_link);
        struct model_channel *channel = consumer->channel;
        if (channel->conn->cancel_notify) {
            struct amqp_args cancel = {
                .method = METHOD_basic_cancel,
                .basic_cancel = {.consumer_tag = consumer->tag, .no_wait = true}};
            model_owe(channel->conn, channel->number, &cancel)->consumer = consumer;
        }
        model_consumer_forget(consumer);
    }
    while (model_take(queue)) {
    }
    model_retries_drop(model, queue);
    queue->head_due.set = queue->unused_due.set = false;
}
