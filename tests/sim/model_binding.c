#include "tests/sim/model_internal.h"

#include "amqp/table.h"

/* The four methods are one, with two kinds of destination. */
struct ends {
    struct slice source_name, destination_name, key, arguments;
    struct model_exchange *source;
    struct model_exchange *exchange;
    struct model_queue *queue;
    uint64_t fact; // what was made or removed, or had been
    bool to_queue;
    bool unbind;
};

static bool same_binding(const struct model_binding *binding, const struct ends *ends)
{
    return binding->source == ends->source && binding->exchange == ends->exchange &&
           binding->queue == ends->queue && slice_eq(binding->key, ends->key) &&
           slice_eq(binding->arguments, ends->arguments);
}

static struct model_binding *find_binding(const struct model_vhost *vhost, const struct ends *ends)
{
    list_each(node, &vhost->bindings) {
        struct model_binding *binding = container_of(node, struct model_binding, link);
        if (same_binding(binding, ends)) {
            return binding;
        }
    }
    return NULL;
}

static bool known_match(struct slice arguments)
{
    struct field_value value;
    return !table_get(arguments, SLICE("x-match"), &value) || slice_eq(value.bytes, SLICE("all")) ||
           slice_eq(value.bytes, SLICE("any"));
}

struct model_binding *model_binding_add(struct model *model, struct model_vhost *vhost,
                                        const struct model_binding *ends)
{
    struct model_binding *binding = arena_new(model->arena, sizeof *binding);
    *binding = *ends;
    list_push(&vhost->bindings, &binding->link);
    list_push(&vhost->bound, &binding->bound_link);
    return binding;
}

bool model_binding_survives(const struct model_binding *binding)
{
    return binding->source->durable &&
           (binding->queue ? binding->queue->durable : binding->exchange->durable);
}

static enum amqp_reply add_binding(struct model_conn *conn, struct ends *ends)
{
    if (slice_eq(ends->source->type, SLICE("headers")) && !known_match(ends->arguments)) {
        return AMQP_PRECONDITION_FAILED;
    }
    struct model_binding *binding = find_binding(conn->vhost, ends);
    if (!binding) {
        struct model_binding made = {.source = ends->source,
                                     .exchange = ends->exchange,
                                     .queue = ends->queue,
                                     .key = ends->key,
                                     .arguments = ends->arguments};
        binding = model_binding_add(conn->model, conn->vhost, &made);
        binding->life.from =
            model_binding_survives(binding) ? model_facts_add(&conn->model->facts) : 0;
    }
    ends->fact = binding->life.from;
    return AMQP_OK;
}

static enum amqp_reply change(struct model_channel *channel, struct ends *ends)
{
    struct model_vhost *vhost = channel->conn->vhost;
    enum amqp_reply code = AMQP_OK;
    if (ends->source_name.len == 0 || (!ends->to_queue && ends->destination_name.len == 0)) {
        return AMQP_ACCESS_REFUSED;
    }
    ends->source = model_exchange_find(vhost, ends->source_name);
    if (ends->to_queue) {
        code = model_queue_lookup(channel, ends->destination_name, &ends->queue);
    } else {
        ends->exchange = model_exchange_find(vhost, ends->destination_name);
    }
    bool there = ends->source && (ends->queue || ends->exchange);
    if (!there) {
        return ends->unbind ? AMQP_OK : AMQP_NOT_FOUND;
    }
    if (!ends->unbind) {
        return code ? code : add_binding(channel->conn, ends);
    }
    struct model_binding *binding = find_binding(vhost, ends);
    if (binding && code) {
        return code;
    }
    if (binding) {
        struct model *model = channel->conn->model;
        binding->life.until = model_binding_survives(binding) ? model_facts_add(&model->facts) : 0;
        ends->fact = binding->life.until;
        model_binding_remove(model, vhost, binding);
    }
    return AMQP_OK;
}

static enum amqp_reply run(struct model_channel *channel, struct ends *ends, bool no_wait,
                           enum amqp_method ok)
{
    enum amqp_reply code = change(channel, ends);
    if (!code && !no_wait) {
        struct owed *owed = model_owe_ok(channel, ok);
        model_claim(channel->conn->model, &owed->claims, ends->fact);
    }
    return code;
}

enum amqp_reply model_exchange_bind(struct model_channel *channel, const struct op *op)
{
    const struct amqp_exchange_bind *args = &op->args.exchange_bind;
    struct ends ends = {.source_name = args->source,
                        .destination_name = args->destination,
                        .key = args->routing_key,
                        .arguments = args->arguments};
    return run(channel, &ends, args->no_wait, METHOD_exchange_bind_ok);
}

enum amqp_reply model_exchange_unbind(struct model_channel *channel, const struct op *op)
{
    const struct amqp_exchange_unbind *args = &op->args.exchange_unbind;
    struct ends ends = {.source_name = args->source,
                        .destination_name = args->destination,
                        .key = args->routing_key,
                        .arguments = args->arguments,
                        .unbind = true};
    return run(channel, &ends, args->no_wait, METHOD_exchange_unbind_ok);
}

enum amqp_reply model_queue_bind(struct model_channel *channel, const struct op *op)
{
    const struct amqp_queue_bind *args = &op->args.queue_bind;
    struct ends ends = {.source_name = args->exchange,
                        .destination_name = args->queue,
                        .key = args->routing_key,
                        .arguments = args->arguments,
                        .to_queue = true};
    return run(channel, &ends, args->no_wait, METHOD_queue_bind_ok);
}

enum amqp_reply model_queue_unbind(struct model_channel *channel, const struct op *op)
{
    const struct amqp_queue_unbind *args = &op->args.queue_unbind;
    struct ends ends = {.source_name = args->exchange,
                        .destination_name = args->queue,
                        .key = args->routing_key,
                        .arguments = args->arguments,
                        .to_queue = true,
                        .unbind = true};
    return run(channel, &ends, false, METHOD_queue_unbind_ok);
}

static bool has_bindings(const struct model_vhost *vhost, const struct model_exchange *source)
{
    list_each(node, &vhost->bindings) {
        if (container_of(node, struct model_binding, link)->source == source) {
            return true;
        }
    }
    return false;
}

/* An auto-delete exchange goes with its last binding. */
void model_binding_remove(struct model *model, struct model_vhost *vhost,
                          struct model_binding *binding)
{
    list_unlink(&binding->link);
    if (binding->source->auto_delete && !has_bindings(vhost, binding->source)) {
        model_exchange_remove(model, vhost, binding->source);
    }
}

void model_exchange_remove(struct model *model, struct model_vhost *vhost,
                           struct model_exchange *exchange)
{
    if (exchange->deleted) {
        return;
    }
    exchange->deleted = true;
    if (exchange->store) {
        exchange->store->deleted = true;
        exchange->store->head_due.set = false;
        model_life_end(&model->facts, exchange->durable, &exchange->store->life);
        while (model_take(exchange->store)) {
        }
    }
    exchange->life.until = exchange->durable ? model_facts_add(&model->facts) : 0;
    list_each(node, &vhost->bindings) {
        if (container_of(node, struct model_binding, link)->source == exchange) {
            list_unlink(node);
        }
    }
    list_each(it, &vhost->bindings) {
        struct model_binding *binding = container_of(it, struct model_binding, link);
        if (binding->exchange == exchange) {
            model_binding_remove(model, vhost, binding);
            it_next = vhost->bindings.head.next; // that may have removed others
        }
    }
}
