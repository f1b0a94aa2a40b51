#include "admin/api_internal.h"
#include "admin/binding_key.h"
#include "admin/exchange_name.h"
#include "admin/handlers.h"
#include "admin/operation.h"
#include "admin/percent.h"

/* queue.declare and exchange.declare, their deletions, and bindings. */

static bool too_long(struct call *call, struct slice name)
{
    if (name.len <= UINT8_MAX) {
        return false;
    }
    reply_bad_request(call->reply, SLICE("resource name is too long"));
    return true;
}

static void put_queue(struct call *call, const json_t *body, struct slice arguments)
{
    struct deputy op;
    struct amqp_queue_declare args = {.queue = call->arguments[0], .arguments = arguments};
    bool exists = operation_has_queue(call, call->vhost, args.queue);
    if (!operation_flag(call, body, "durable", &args.durable) ||
        !operation_flag(call, body, "auto_delete", &args.auto_delete) ||
        !operation_open(call, &op, call->vhost)) {
        return;
    }
    enum amqp_reply reply = broker_queue_declare(op.channel, &args, op.fx);
    operation_end(call, &op, reply, exists ? HTTP_NO_CONTENT : HTTP_CREATED);
}

static void put_exchange(struct call *call, const json_t *body, struct slice arguments)
{
    struct deputy op;
    struct amqp_exchange_declare args = {.exchange = call->arguments[0],
                                         .type = operation_text(body, "type"),
                                         .arguments = arguments};
    bool exists = operation_has_exchange(call, call->vhost, args.exchange);
    if (args.type.len == 0) {
        args.type = SLICE("direct");
    }
    static const char *const texts[] = {"type", NULL};
    if (!operation_texts(call, body, texts) ||
        !operation_flag(call, body, "durable", &args.durable) ||
        !operation_flag(call, body, "auto_delete", &args.auto_delete) ||
        !operation_flag(call, body, "internal", &args.internal) ||
        !operation_open(call, &op, call->vhost)) {
        return;
    }
    enum amqp_reply reply = broker_exchange_declare(op.channel, &args, op.fx);
    operation_end(call, &op, reply, exists ? HTTP_NO_CONTENT : HTTP_CREATED);
}

static void with_arguments(struct call *call, void (*put)(struct call *call, const json_t *body,
                                                          struct slice arguments))
{
    struct bytes arguments = {0};
    json_t *body = too_long(call, call->arguments[0]) ? NULL : operation_body(call);
    if (body && operation_arguments(call, body, &arguments)) {
        put(call, body, bytes_slice(&arguments));
    }
    bytes_finish(&arguments);
    json_decref(body);
}

void on_queue_put(struct call *call)
{
    with_arguments(call, put_queue);
}

void on_exchange_put(struct call *call)
{
    with_arguments(call, put_exchange);
}

void on_queue_delete(struct call *call)
{
    struct deputy op;
    struct amqp_queue_delete args = {.queue = call->arguments[0],
                                     .if_empty = target_flag(&call->target, SLICE("if-empty")),
                                     .if_unused = target_flag(&call->target, SLICE("if-unused"))};
    if (!operation_has_queue(call, call->vhost, args.queue)) {
        reply_not_found(call->reply);
    } else if (operation_open(call, &op, call->vhost)) {
        enum amqp_reply reply = broker_queue_delete(op.channel, &args, op.fx);
        operation_end(call, &op, reply, HTTP_NO_CONTENT);
    }
}

void on_queue_purge(struct call *call)
{
    struct deputy op;
    struct amqp_queue_purge args = {.queue = call->arguments[0]};
    if (!operation_has_queue(call, call->vhost, args.queue)) {
        reply_not_found(call->reply);
    } else if (operation_open(call, &op, call->vhost)) {
        enum amqp_reply reply = broker_queue_purge(op.channel, &args, op.fx);
        operation_end(call, &op, reply, HTTP_NO_CONTENT);
    }
}

/* Mirrors, which these were for, there are none of. */
void on_queue_action(struct call *call)
{
    static const char *const needed[] = {"action", NULL};
    json_t *body = operation_body(call);
    if (!body || !operation_needs(call, body, needed)) {
        json_decref(body);
        return;
    }
    struct slice action = operation_text(body, "action");
    if (!operation_has_queue(call, call->vhost, call->arguments[0])) {
        reply_not_found(call->reply);
    } else if (slice_eq(action, SLICE("sync")) || slice_eq(action, SLICE("cancel_sync"))) {
        call->reply->status = HTTP_NO_CONTENT;
    } else {
        reply_bad_term(call->reply, "unknown", action);
    }
    json_decref(body);
}

void on_exchange_delete(struct call *call)
{
    struct deputy op;
    struct amqp_exchange_delete args = {.exchange = exchange_name_of(call->arguments[0]),
                                        .if_unused =
                                            target_flag(&call->target, SLICE("if-unused"))};
    if (!operation_has_exchange(call, call->vhost, args.exchange)) {
        reply_not_found(call->reply);
    } else if (operation_open(call, &op, call->vhost)) {
        enum amqp_reply reply = broker_exchange_delete(op.channel, &args, op.fx);
        operation_end(call, &op, reply, HTTP_NO_CONTENT);
    }
}

/* A binding between the ends that the path names. */
struct ends {
    struct slice source;
    struct slice destination;
    struct slice key;
    struct slice arguments;
    bool to_exchange;
};

static enum amqp_reply bind(struct deputy *op, const struct ends *ends)
{
    if (ends->to_exchange) {
        struct amqp_exchange_bind args = {.source = ends->source,
                                          .destination = ends->destination,
                                          .routing_key = ends->key,
                                          .arguments = ends->arguments};
        return broker_exchange_bind(op->channel, &args, op->fx);
    }
    struct amqp_queue_bind args = {.exchange = ends->source,
                                   .queue = ends->destination,
                                   .routing_key = ends->key,
                                   .arguments = ends->arguments};
    return broker_queue_bind(op->channel, &args, op->fx);
}

static enum amqp_reply unbind(struct deputy *op, const struct ends *ends)
{
    if (ends->to_exchange) {
        struct amqp_exchange_unbind args = {.source = ends->source,
                                            .destination = ends->destination,
                                            .routing_key = ends->key,
                                            .arguments = ends->arguments};
        return broker_exchange_unbind(op->channel, &args, op->fx);
    }
    struct amqp_queue_unbind args = {.exchange = ends->source,
                                     .queue = ends->destination,
                                     .routing_key = ends->key,
                                     .arguments = ends->arguments};
    return broker_queue_unbind(op->channel, &args, op->fx);
}

/* Where the binding is to be found, below what was asked for. */
static void set_location(struct call *call, const struct ends *ends)
{
    struct bytes *location = &call->reply->location;
    struct bytes key = {0};
    binding_key_add(ends->key, ends->arguments, &key);
    percent_encode_plus(ends->destination, location);
    bytes_add_u8(location, '/');
    percent_encode_plus(bytes_slice(&key), location);
    bytes_finish(&key);
}

static void post_binding(struct call *call, const json_t *body, struct ends *ends)
{
    struct deputy op;
    ends->key = operation_text(body, "routing_key");
    static const char *const texts[] = {"routing_key", NULL};
    if (!operation_texts(call, body, texts) || too_long(call, ends->key) ||
        !operation_open(call, &op, call->vhost)) {
        return;
    }
    enum amqp_reply reply = bind(&op, ends);
    operation_end(call, &op, reply, HTTP_CREATED);
    if (!reply) {
        set_location(call, ends);
    }
}

static struct ends ends_of(struct call *call, bool to_exchange)
{
    return (struct ends){.source = exchange_name_of(call->arguments[0]),
                         .destination = call->arguments[1],
                         .to_exchange = to_exchange};
}

static void add_binding(struct call *call, bool to_exchange)
{
    struct ends ends = ends_of(call, to_exchange);
    struct bytes arguments = {0};
    json_t *body = operation_body(call);
    if (body && operation_arguments(call, body, &arguments)) {
        ends.arguments = bytes_slice(&arguments);
        post_binding(call, body, &ends);
    }
    bytes_finish(&arguments);
    json_decref(body);
}

void on_binding_q_post(struct call *call)
{
    add_binding(call, false);
}

void on_binding_e_post(struct call *call)
{
    add_binding(call, true);
}

/* The binding of the path with its key and arguments, in the arena. False if there is none. */
static bool find_binding(struct call *call, struct ends *ends)
{
    size_t count;
    bool found = false;
    struct view_scope scope = call_scope(call);
    struct binding_end end = {.name = ends->destination, .is_exchange = ends->to_exchange};
    const struct binding_view *views = view_bindings_to(call_broker(call), &scope, &end, &count);
    for (size_t i = 0; i < count && !found; i++) {
        if (!slice_eq(views[i].source, ends->source)) {
            continue;
        }
        found = binding_key_fits(call->arguments[2], views[i].key, views[i].arguments);
        ends->key = views[i].key;
        ends->arguments = views[i].arguments;
    }
    return found;
}

static void remove_binding(struct call *call, bool to_exchange)
{
    struct deputy op;
    struct ends ends = ends_of(call, to_exchange);
    if (!find_binding(call, &ends)) {
        reply_not_found(call->reply);
    } else if (operation_open(call, &op, call->vhost)) {
        operation_end(call, &op, unbind(&op, &ends), HTTP_NO_CONTENT);
    }
}

void on_binding_q_delete(struct call *call)
{
    remove_binding(call, false);
}

void on_binding_e_delete(struct call *call)
{
    remove_binding(call, true);
}
