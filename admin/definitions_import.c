#include "admin/definitions.h"

#include "admin/accounts.h"
#include "admin/api_internal.h"
#include "admin/definitions_check.h"
#include "admin/definitions_rehearse.h"
#include "admin/exchange_name.h"
#include "admin/handlers.h"
#include "admin/multipart.h"
#include "admin/operation.h"
#include "admin/parameters.h"
#include "admin/policies.h"
#include "admin/vhost_metadata.h"
#include "broker/permission.h"
#include "broker/policy.h"
#include "conf/format.h"
#include "conf/log.h"

/* Definitions are imported by the operations that a client would do, as one who may do everything.
 * What is there already is left as it is, unless it can be changed; nothing is removed. */

static bool import_user(struct call *call, const json_t *item)
{
    return account_put_user(call, operation_text(item, "name"), item);
}

static bool import_vhost(struct call *call, const json_t *item)
{
    struct deputy op;
    struct slice name = operation_text(item, "name");
    struct vhost_view view;
    bool exists = view_vhost(call_broker(call), name, &call->arena, &view);
    bool tracing = exists && view.tracing;
    operation_flag(call, item, "tracing", &tracing);
    operation_begin(call, &op);
    enum amqp_reply reply = account_add_vhost(call, &op, name, tracing);
    operation_end(call, &op, reply, HTTP_NO_CONTENT);
    return !reply && vhost_metadata_put(call, name, item, true);
}

static bool import_permission(struct call *call, const json_t *item)
{
    struct deputy op;
    struct permission permission = {operation_text(item, "configure"),
                                    operation_text(item, "write"), operation_text(item, "read")};
    operation_begin(call, &op);
    enum amqp_reply reply = broker_set_permission(
        op.broker, operation_text(item, "user"), definitions_place(call, item), &permission, op.fx);
    operation_end(call, &op, reply, HTTP_NO_CONTENT);
    return !reply;
}

static bool import_topic_permission(struct call *call, const json_t *item)
{
    struct deputy op;
    struct topic_permission permission = {operation_text(item, "exchange"),
                                          operation_text(item, "write"),
                                          operation_text(item, "read")};
    operation_begin(call, &op);
    enum amqp_reply reply = broker_set_topic_permission(
        op.broker, operation_text(item, "user"), definitions_place(call, item), &permission, op.fx);
    operation_end(call, &op, reply, HTTP_NO_CONTENT);
    return !reply;
}

/* An item that is declared in a virtual host. */
struct declaration {
    const json_t *item;
    struct slice arguments;
    bool durable;
    bool auto_delete;
    bool internal;
    bool as_it_is; // a queue whose type is said
};

typedef enum amqp_reply (*declare_function)(struct deputy *op,
                                            const struct declaration *declaration);

static enum amqp_reply declare_exchange(struct deputy *op, const struct declaration *wanted)
{
    struct amqp_exchange_declare args = {.exchange = operation_text(wanted->item, "name"),
                                         .type = operation_text(wanted->item, "type"),
                                         .durable = wanted->durable,
                                         .auto_delete = wanted->auto_delete,
                                         .internal = wanted->internal,
                                         .no_wait = true,
                                         .arguments = wanted->arguments};
    return broker_exchange_declare(op->channel, &args, op->fx);
}

static enum amqp_reply declare_queue(struct deputy *op, const struct declaration *wanted)
{
    struct amqp_queue_declare args = {.queue = operation_text(wanted->item, "name"),
                                      .durable = wanted->durable,
                                      .auto_delete = wanted->auto_delete,
                                      .no_wait = true,
                                      .arguments = wanted->arguments};
    return wanted->as_it_is ? broker_queue_import(op->channel, &args, op->fx)
                            : broker_queue_declare(op->channel, &args, op->fx);
}

static enum amqp_reply declare_binding(struct deputy *op, const struct declaration *wanted)
{
    struct slice source = operation_text(wanted->item, "source");
    struct slice destination = operation_text(wanted->item, "destination");
    struct slice key = operation_text(wanted->item, "routing_key");
    if (slice_eq(operation_text(wanted->item, "destination_type"), SLICE("exchange"))) {
        struct amqp_exchange_bind args = {.source = source,
                                          .destination = destination,
                                          .routing_key = key,
                                          .no_wait = true,
                                          .arguments = wanted->arguments};
        return broker_exchange_bind(op->channel, &args, op->fx);
    }
    struct amqp_queue_bind args = {.exchange = source,
                                   .queue = destination,
                                   .routing_key = key,
                                   .no_wait = true,
                                   .arguments = wanted->arguments};
    return broker_queue_bind(op->channel, &args, op->fx);
}

static bool run_declare(struct call *call, struct declaration *wanted, declare_function declare)
{
    struct deputy op;
    struct slice vhost = definitions_place(call, wanted->item);
    operation_flag(call, wanted->item, "durable", &wanted->durable);
    operation_flag(call, wanted->item, "auto_delete", &wanted->auto_delete);
    operation_flag(call, wanted->item, "internal", &wanted->internal);
    operation_begin(call, &op);
    enum amqp_reply reply = deputy_open_trusted(&op, call->user, vhost);
    reply = reply ? reply : declare(&op, wanted);
    if (reply == AMQP_NOT_FOUND && declare == declare_binding) {
        log_warning(call->api->options.log, LOG_DEFAULT, "definitions: a binding is left out: %.*s",
                    (int)op.fx->error.len, op.fx->error.ptr);
        reply = AMQP_OK;
    }
    operation_end(call, &op, reply, HTTP_NO_CONTENT);
    return !reply;
}

static bool import_declaration(struct call *call, const json_t *item, declare_function declare)
{
    struct bytes arguments = {0};
    bool typed = json_is_string(json_object_get(item, "type"));
    bool reserved = slice_starts(operation_text(item, "name"), SLICE("amq."));
    struct declaration wanted = {.item = item, .durable = true, .as_it_is = typed || reserved};
    bool done = operation_arguments(call, item, &arguments);
    if (done) {
        wanted.arguments = bytes_slice(&arguments);
        done = run_declare(call, &wanted, declare);
    }
    bytes_finish(&arguments);
    return done;
}

static bool import_exchange(struct call *call, const json_t *item)
{
    struct slice name = operation_text(item, "name");
    return operation_has_exchange(call, definitions_place(call, item), name) ||
           import_declaration(call, item, declare_exchange);
}

/* The member `type` of a queue stands for its argument x-queue-type. */
static bool import_queue(struct call *call, const json_t *item)
{
    struct slice name = operation_text(item, "name");
    const json_t *type = json_object_get(item, "type");
    json_t *copy = json_deep_copy(item);
    json_t *arguments = json_object_get(copy, "arguments");
    if (!json_is_object(arguments)) {
        arguments = json_object();
        json_object_set_new(copy, "arguments", arguments);
    }
    bool classic = slice_eq(operation_text(item, "type"), SLICE("classic"));
    if (json_is_string(type) && !classic && !json_object_get(arguments, "x-queue-type")) {
        json_object_set_new(arguments, "x-queue-type", json_copy((json_t *)type));
    }
    bool done = operation_has_queue(call, definitions_place(call, item), name) ||
                import_declaration(call, copy, declare_queue);
    json_decref(copy);
    return done;
}

static bool import_binding(struct call *call, const json_t *item)
{
    return operation_text(item, "source").len == 0 || // every queue has it
           import_declaration(call, item, declare_binding);
}

static bool import_policy(struct call *call, const json_t *item)
{
    struct policy_place place = {.vhost = definitions_place(call, item),
                                 .name = operation_text(item, "name"),
                                 .kind = POLICY_OF_USERS};
    return policy_put(call, &place, item);
}

static bool import_parameter(struct call *call, const json_t *item)
{
    struct parameter names = {.vhost = definitions_place(call, item),
                              .component = operation_text(item, "component"),
                              .name = operation_text(item, "name")};
    return parameter_put(call, &names, json_object_get(item, "value"));
}

static bool import_global_parameter(struct call *call, const json_t *item)
{
    return global_parameter_put(call, operation_text(item, "name"), json_object_get(item, "value"));
}

struct section {
    const char *name;
    bool (*import)(struct call *call, const json_t *item);
    bool whole;    // in definitions of all virtual hosts only
    bool policies; // there may be some among them
};

/* In RabbitMQ's order. */
static const struct section sections[] = {
    {"users", import_user, .whole = true},
    {"vhosts", import_vhost, .whole = true},
    {"permissions", import_permission, .whole = true},
    {"exchanges", import_exchange, .whole = false},
    {"topic_permissions", import_topic_permission, .whole = true},
    {"global_parameters", import_global_parameter, .whole = true},
    {"policies", import_policy, .policies = true},
    {"parameters", import_parameter, .policies = true},
    {"queues", import_queue, .whole = false},
    {"bindings", import_binding, .whole = false},
};

static bool import_items(struct call *call, const struct section *section, const json_t *items,
                         size_t *index)
{
    for (; *index < json_array_size(items); ++*index) {
        if (!section->import(call, json_array_get(items, *index))) {
            return false;
        }
    }
    return true;
}

/* Of many policies each would look at all that they may hold for. */
static bool import_section(struct call *call, const struct section *section, const json_t *items,
                           size_t *index)
{
    struct deputy op;
    if (!section->policies) {
        return import_items(call, section, items, index);
    }
    broker_hold_policies(call_broker(call));
    bool done = import_items(call, section, items, index);
    enum http_status status = (enum http_status)call->reply->status;
    operation_begin(call, &op);
    broker_renew_policies(op.broker, op.fx);
    operation_end(call, &op, AMQP_OK, status);
    return done;
}

static bool import_all(struct call *call, const json_t *definitions, struct definitions_stop *stop)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        const struct section *section = &sections[i];
        if (section->whole && call->vhost.ptr) {
            continue;
        }
        *stop = (struct definitions_stop){.section = section->name};
        if (!import_section(call, section, json_object_get(definitions, section->name),
                            &stop->index)) {
            return false;
        }
    }
    call->reply->status = HTTP_NO_CONTENT;
    call->reply->body.len = 0;
    return true;
}

/* Nothing is refused any more when it is done. */
bool definitions_import(struct call *call, const json_t *definitions, struct definitions_stop *stop)
{
    return definitions_check(call, definitions, stop) &&
           definitions_rehearse(call, definitions, import_all, stop) &&
           import_all(call, definitions, stop);
}

static bool import_body(struct call *call)
{
    struct definitions_stop stop;
    json_t *definitions = operation_body(call);
    bool done = definitions && definitions_import(call, definitions, &stop);
    json_decref(definitions);
    return done;
}

/* A form has the definitions in the field `file`, and in `redirect` where a browser is to go
 * afterwards. */
static void import_form(struct call *call, struct request *request)
{
    struct slice redirect, form = request->body;
    if (!multipart_find(request->content_type, form, SLICE("file"), &request->body)) {
        reply_bad_request(call->reply, SLICE("there is no field 'file'"));
        return;
    }
    if (import_body(call) &&
        multipart_find(request->content_type, form, SLICE("redirect"), &redirect)) {
        call->reply->status = HTTP_SEE_OTHER;
        reply_header(call->reply, "Location", redirect);
    }
}

void on_definitions_post(struct call *call)
{
    struct request request = *call->request;
    call->request = &request;
    if (multipart_is(request.content_type)) {
        import_form(call, &request);
    } else {
        import_body(call);
    }
}
