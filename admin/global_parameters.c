#include "admin/parameters.h"

#include <stdlib.h>

#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/identity.h"
#include "admin/operation.h"
#include "conf/format.h"

/* Global parameters, one of which is the name of the cluster. */

void write_global_parameter(struct writer *w, const void *item, const void *context)
{
    const struct parameter *parameter = item;
    (void)context;
    write_object(w, NULL);
    write_text(w, "name", parameter->name);
    write_named_raw(w, SLICE("value"), parameter->value);
    write_end(w);
}

void on_global_parameters(struct call *call)
{
    size_t count;
    struct parameter *all = view_global_parameters(call_broker(call), &call->arena, &count);
    answer_list(call, (struct listing_source){.items = all,
                                              .count = count,
                                              .size = sizeof *all,
                                              .keys = 3,
                                              .name_key = 2,
                                              .write = write_global_parameter});
}

void on_global_parameter(struct call *call)
{
    struct answer answer;
    struct parameter parameter = {.name = call->arguments[0]};
    if (broker_find_parameter(call_broker(call), &parameter)) {
        write_global_parameter(answer_begin(&answer, call), &parameter, NULL);
    } else {
        reply_not_found(call->reply);
    }
}

/* Ends an operation that may have changed the name. */
static void end(struct call *call, struct deputy *op, enum amqp_reply reply,
                enum http_status status)
{
    operation_end(call, op, reply, status);
    identity_renew(call_broker(call), call->api->options.engine, call->api->options.node);
}

/* False, and answered, if this cannot be the value of the parameter of that name. */
static bool is_allowed(struct call *call, struct slice name, struct slice json)
{
    bool allowed = !slice_eq(name, CLUSTER_NAME) || identity_is_name(json);
    if (!allowed) {
        reply_bad_request(call->reply, SLICE("the name of a cluster is a text of 1 to 255 octets"));
    }
    return allowed;
}

static bool put_text(struct call *call, struct slice name, struct slice json)
{
    struct deputy op;
    struct parameter current = {.name = name};
    struct parameter parameter = {.name = name, .value = json};
    if (!is_allowed(call, name, json)) {
        return false;
    }
    bool exists = broker_find_parameter(call_broker(call), &current);
    operation_begin(call, &op);
    enum amqp_reply reply = broker_put_parameter(op.broker, &parameter, op.fx);
    end(call, &op, reply, exists ? HTTP_NO_CONTENT : HTTP_CREATED);
    return !reply;
}

bool global_parameter_check(struct call *call, struct slice name, const json_t *value)
{
    char *text = parameter_json(call, value);
    bool fits = text && is_allowed(call, name, format_slice(text));
    free(text);
    return fits;
}

bool global_parameter_put(struct call *call, struct slice name, const json_t *value)
{
    char *text = parameter_json(call, value);
    bool done = text && put_text(call, name, format_slice(text));
    free(text);
    return done;
}

static bool put_member(struct call *call, struct slice name, const char *member)
{
    const char *const needed[] = {member, NULL};
    json_t *body = operation_body(call);
    bool done = body && operation_needs(call, body, needed) &&
                global_parameter_put(call, name, json_object_get(body, member));
    json_decref(body);
    return done;
}

void on_global_parameter_put(struct call *call)
{
    put_member(call, call->arguments[0], "value");
}

void on_global_parameter_delete(struct call *call)
{
    struct deputy op;
    struct parameter parameter = {.name = call->arguments[0]};
    if (!broker_find_parameter(call_broker(call), &parameter)) {
        reply_not_found(call->reply);
        return;
    }
    operation_begin(call, &op);
    enum amqp_reply reply = broker_delete_parameter(op.broker, &parameter, op.fx);
    end(call, &op, reply, HTTP_NO_CONTENT);
}

void on_cluster_name(struct call *call)
{
    struct answer answer;
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_text(w, "name", engine_cluster_name(call->api->options.engine));
    write_end(w);
}

void on_cluster_name_put(struct call *call)
{
    if (put_member(call, CLUSTER_NAME, "name")) {
        call->reply->status = HTTP_NO_CONTENT;
    }
}
