#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/operation.h"
#include "conf/format.h"

/* Replicas of quorum queues. There is one node: every queue has its replica there, and keeps it. */

static void refuse(struct call *call, const char *why)
{
    reply_error(call->reply, HTTP_UNAVAILABLE, "service_unavailable", format_slice(why));
}

/* Why a queue can have no replicas; NULL if it can. */
static const char *trouble_with(const struct queue_view *view)
{
    return view->kind == QUEUE_QUORUM    ? NULL
           : view->kind == QUEUE_CLASSIC ? "classic_queue_not_supported"
                                         : "not_quorum_queue";
}

/* The node that the body names. False, and answered, if it names none. */
static bool read_node(struct call *call, bool *here)
{
    static const char *const names[] = {"node", NULL};
    json_t *body = operation_body(call);
    bool read = body && operation_needs(call, body, names) && operation_texts(call, body, names);
    *here = slice_eq(operation_text(body, "node"), format_slice(call->api->options.node));
    json_decref(body);
    return read;
}

static bool find(struct call *call, struct queue_view *view)
{
    struct view_scope scope = call_scope(call);
    return view_queue(call_broker(call), &scope, call->arguments[0], view);
}

void on_replica_add(struct call *call)
{
    bool here;
    struct queue_view view;
    if (!read_node(call, &here)) {
        return;
    }
    const char *trouble = find(call, &view) ? trouble_with(&view) : "not_found";
    if (trouble || !here) {
        refuse(call, trouble ? trouble : "node_not_running");
    } else {
        call->reply->status = HTTP_NO_CONTENT;
    }
}

void on_replica_delete(struct call *call)
{
    bool here;
    struct queue_view view;
    if (!find(call, &view)) {
        reply_not_found(call->reply);
        return;
    }
    if (!read_node(call, &here)) {
        return;
    }
    const char *trouble = trouble_with(&view);
    if (trouble || here) {
        refuse(call, trouble ? trouble : "last_node");
    } else {
        call->reply->status = HTTP_ACCEPTED; // it had none there
    }
}

/* Whatever is asked for has a replica already. */
void on_replicas_grow(struct call *call)
{
    static const char *const names[] = {"vhost_pattern", "queue_pattern", "strategy", NULL};
    json_t *body = call_is_here(call, call->arguments[0]) ? operation_body(call) : NULL;
    if (body && operation_needs(call, body, names) && operation_texts(call, body, names)) {
        struct slice strategy = operation_text(body, "strategy");
        if (slice_eq(strategy, SLICE("all")) || slice_eq(strategy, SLICE("even"))) {
            call->reply->status = HTTP_NO_CONTENT;
        } else {
            reply_bad_term(call->reply, "unknown", strategy);
        }
    }
    json_decref(body);
}

/* The last replicas stay. */
void on_replicas_shrink(struct call *call)
{
    if (call_is_here(call, call->arguments[0])) {
        call->reply->status = HTTP_ACCEPTED;
    }
}
