#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/operation.h"
#include "broker/permission.h"
#include "broker/user.h"

/* Permissions, and those of topics, are given and taken away. */

/* Whether both are there; else answered. */
static bool user_and_vhost_exist(struct call *call)
{
    struct user user;
    bool exist = broker_find_vhost(call_broker(call), call->vhost) &&
                 broker_find_user(call_broker(call), call->arguments[0], &user);
    if (!exist) {
        reply_bad_request(call->reply, SLICE("vhost_or_user_not_found"));
    }
    return exist;
}

static bool has_permission(struct call *call, struct slice user)
{
    size_t count;
    struct view_scope scope = call_scope(call);
    const struct permission_view *views = view_permissions(call_broker(call), &scope, &count);
    for (size_t i = 0; i < count; i++) {
        if (slice_eq(views[i].user, user)) {
            return true;
        }
    }
    return false;
}

void on_permission_put(struct call *call)
{
    static const char *const needed[] = {"configure", "write", "read", NULL};
    struct deputy op;
    json_t *body = operation_body(call);
    if (body && operation_needs(call, body, needed) && operation_texts(call, body, needed) &&
        user_and_vhost_exist(call)) {
        struct permission permission = {operation_text(body, "configure"),
                                        operation_text(body, "write"),
                                        operation_text(body, "read")};
        bool exists = has_permission(call, call->arguments[0]);
        operation_begin(call, &op);
        enum amqp_reply reply =
            broker_set_permission(op.broker, call->arguments[0], call->vhost, &permission, op.fx);
        operation_end(call, &op, reply, exists ? HTTP_NO_CONTENT : HTTP_CREATED);
    }
    json_decref(body);
}

void on_permission_delete(struct call *call)
{
    struct deputy op;
    if (!has_permission(call, call->arguments[0])) {
        reply_not_found(call->reply);
        return;
    }
    operation_begin(call, &op);
    broker_delete_permission(op.broker, call->arguments[0], call->vhost, op.fx);
    operation_end(call, &op, AMQP_OK, HTTP_NO_CONTENT);
}

static const struct topic_permission_view *topic_permissions_of(struct call *call,
                                                                struct slice user, size_t *count)
{
    size_t all;
    struct view_scope scope = call_scope(call);
    struct topic_permission_view *views = view_topic_permissions(call_broker(call), &scope, &all);
    *count = 0;
    for (size_t i = 0; i < all; i++) {
        if (slice_eq(views[i].user, user)) {
            views[(*count)++] = views[i];
        }
    }
    return views;
}

void on_topic_permission_put(struct call *call)
{
    static const char *const needed[] = {"exchange", "write", "read", NULL};
    struct deputy op;
    json_t *body = operation_body(call);
    if (body && operation_needs(call, body, needed) && operation_texts(call, body, needed) &&
        user_and_vhost_exist(call)) {
        struct topic_permission permission = {operation_text(body, "exchange"),
                                              operation_text(body, "write"),
                                              operation_text(body, "read")};
        size_t count;
        topic_permissions_of(call, call->arguments[0], &count);
        operation_begin(call, &op);
        enum amqp_reply reply = broker_set_topic_permission(op.broker, call->arguments[0],
                                                            call->vhost, &permission, op.fx);
        operation_end(call, &op, reply, count > 0 ? HTTP_NO_CONTENT : HTTP_CREATED);
    }
    json_decref(body);
}

/* Of one exchange if the path names it, else of all. */
void on_topic_permission_delete(struct call *call)
{
    struct deputy op;
    size_t count, removed = 0;
    const struct topic_permission_view *views =
        topic_permissions_of(call, call->arguments[0], &count);
    operation_begin(call, &op);
    for (size_t i = 0; i < count; i++) {
        if (call->argument_count < 2 || slice_eq(views[i].exchange, call->arguments[1])) {
            broker_delete_topic_permission(op.broker, views[i].user, views[i].vhost,
                                           views[i].exchange, op.fx);
            removed++;
        }
    }
    operation_end(call, &op, AMQP_OK, HTTP_NO_CONTENT);
    if (removed == 0) {
        reply_not_found(call->reply);
    }
}
