#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/operation.h"
#include "admin/parameters.h"
#include "conf/format.h"

/* What other endpoints tell of and there is none of here: links of shovels and federation, clients
 * of the stream protocol, traces in files, processes and tables of an Erlang machine. */

enum { ROWS = 20 }; // that RabbitMQ shows unless it is told another number

void on_empty_list(struct call *call)
{
    struct answer answer;
    struct writer *w = answer_begin(&answer, call);
    write_array(w, NULL);
    write_end(w);
}

static bool is_member(struct call *call)
{
    bool here = slice_eq(call->arguments[0], format_slice(call->api->options.node));
    if (!here) {
        reply_bad_request(call->reply, SLICE("Node is not a cluster member"));
    }
    return here;
}

void on_empty_list_of_node(struct call *call)
{
    if (is_member(call)) {
        on_empty_list(call);
    }
}

/* One of those, by its name. */
void on_absent(struct call *call)
{
    reply_not_found(call->reply);
}

/* A shovel does not run, but its parameter may be there. It is gone afterwards in any case. */
void on_shovel_delete(struct call *call)
{
    struct deputy op;
    struct parameter names = {
        .vhost = call->vhost, .component = SLICE("shovel"), .name = call->arguments[0]};
    operation_begin(call, &op);
    broker_delete_parameter(op.broker, &names, op.fx);
    operation_end(call, &op, AMQP_OK, HTTP_NO_CONTENT);
}

/* Files that messages are traced to. What goes through a virtual host is told by the exchange
 * amq.rabbitmq.trace. */
void on_trace_put(struct call *call)
{
    static const char *const needed[] = {"format", "pattern", NULL};
    json_t *body = operation_body(call);
    if (body && operation_needs(call, body, needed)) {
        reply_bad_request(call->reply, SLICE("traces are not written to files"));
    }
    json_decref(body);
}

static uint64_t row_count(const struct call *call)
{
    uint64_t count = 0;
    struct slice given = target_parameter(&call->target, SLICE("row_count"));
    for (size_t i = 0; i < given.len; i++) {
        if (given.ptr[i] < '0' || given.ptr[i] > '9' || count > INT32_MAX) {
            return ROWS;
        }
        count = count * 10 + (uint64_t)(given.ptr[i] - '0');
    }
    return given.len > 0 ? count : ROWS;
}

static void answer_top(struct call *call, const char *what)
{
    struct answer answer;
    if (!call_is_here(call, call->arguments[0])) {
        return;
    }
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_str(w, "node", call->api->options.node);
    write_u64(w, "row_count", row_count(call));
    write_array(w, what);
    write_end(w);
    write_end(w);
}

void on_top_processes(struct call *call)
{
    answer_top(call, "processes");
}

void on_top_tables(struct call *call)
{
    answer_top(call, "ets_tables");
}

/* As RabbitMQ says it when no table fits the filter. */
void on_node_tables(struct call *call)
{
    struct answer answer;
    if (call_is_here(call, call->arguments[0])) {
        struct writer *w = answer_begin(&answer, call);
        write_object(w, NULL);
        write_str(w, "ets_tables_memory", "no_tables");
        write_end(w);
    }
}

/* Offsets and publishers are tracked for clients of the stream protocol. */
void on_stream_tracking(struct call *call)
{
    struct answer answer;
    struct queue_view view;
    struct view_scope scope = call_scope(call);
    struct slice type = target_parameter(&call->target, SLICE("type"));
    if (!view_queue(call_broker(call), &scope, call->arguments[0], &view)) {
        reply_not_found(call->reply);
        return;
    }
    if (view.kind != QUEUE_STREAM) {
        reply_error(call->reply, HTTP_UNAVAILABLE, "service_unavailable",
                    SLICE("The stream leader is not available"));
        return;
    }
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    if (!slice_eq(type, SLICE("writer"))) {
        write_object(w, "offsets");
        write_end(w);
    }
    if (!slice_eq(type, SLICE("offset"))) {
        write_object(w, "writers");
        write_end(w);
    }
    write_end(w);
}
