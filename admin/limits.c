#include "admin/limits.h"

#include <stdlib.h>

#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/operation.h"
#include "conf/format.h"

void write_vhost_limits(struct writer *w, const char *name, const struct vhost_view *view)
{
    write_object(w, name);
    for (int i = 0; i < VHOST_LIMIT_COUNT; i++) {
        if (view->limits[i] >= 0) {
            write_named_i64(w, vhost_limit_name((enum vhost_limit)i), view->limits[i]);
        }
    }
    write_end(w);
}

void write_user_limits(struct writer *w, const char *name, const struct user_view *view)
{
    write_object(w, name);
    for (int i = 0; i < USER_LIMIT_COUNT; i++) {
        if (view->limits[i] >= 0) {
            write_named_i64(w, user_limit_name((enum user_limit)i), view->limits[i]);
        }
    }
    write_end(w);
}

static bool any_set(const int64_t *limits, int count)
{
    for (int i = 0; i < count; i++) {
        if (limits[i] >= 0) {
            return true;
        }
    }
    return false;
}

bool limits_of_vhost(const struct vhost_view *view)
{
    return any_set(view->limits, VHOST_LIMIT_COUNT);
}

static void write_vhost_row(struct writer *w, const void *item, const void *context)
{
    const struct vhost_view *view = item;
    (void)context;
    write_object(w, NULL);
    write_text(w, "vhost", view->name);
    write_vhost_limits(w, "value", view);
    write_end(w);
}

static void write_user_row(struct writer *w, const void *item, const void *context)
{
    const struct user_view *view = item;
    (void)context;
    write_object(w, NULL);
    write_text(w, "user", view->user.name);
    write_user_limits(w, "value", view);
    write_end(w);
}

/* Those that have some: of one virtual host if the path names it. */
void on_vhost_limits(struct call *call)
{
    size_t count, kept = 0;
    struct vhost_view *views = view_vhosts(call_broker(call), &call->arena, &count);
    for (size_t i = 0; i < count; i++) {
        bool wanted = !call->vhost.ptr || slice_eq(call->vhost, views[i].name);
        if (wanted && limits_of_vhost(&views[i])) {
            views[kept++] = views[i];
        }
    }
    if (!call_may(call, RIGHT_MONITORING)) {
        call_keep_visible(call, views, &kept, sizeof *views);
    }
    answer_list(call, (struct listing_source){.items = views,
                                              .count = kept,
                                              .size = sizeof *views,
                                              .keys = 1,
                                              .write = write_vhost_row});
}

/* Likewise of one user, if it has a name. */
static void answer_user_limits(struct call *call, struct slice user)
{
    size_t count, kept = 0;
    struct user_view *views = view_users(call_broker(call), &call->arena, &count);
    for (size_t i = 0; i < count; i++) {
        bool wanted = !user.ptr || slice_eq(user, views[i].user.name);
        if (wanted && any_set(views[i].limits, USER_LIMIT_COUNT)) {
            views[kept++] = views[i];
        }
    }
    answer_list(call, (struct listing_source){.items = views,
                                              .count = kept,
                                              .size = sizeof *views,
                                              .keys = 1,
                                              .write = write_user_row});
}

void on_user_limits(struct call *call)
{
    answer_user_limits(call, (struct slice){NULL, 0});
}

void on_user_limits_of(struct call *call)
{
    struct user user;
    if (broker_find_user(call_broker(call), call->arguments[0], &user)) {
        answer_user_limits(call, call->arguments[0]);
    } else {
        reply_not_found(call->reply);
    }
}

/* --- Setting them. RabbitMQ says what is wrong in terms of its own. --- */

/* What differs between the two kinds of limits in RabbitMQ's answers. */
struct wording {
    const char *before;
    const char *place;
    const char *after;
};

static const struct wording of_vhosts = {"Validation failed\n\n", "limits", "\n"};
static const struct wording of_users = {"", "user-limits", ""};

static bool refuse_name(struct call *call, const struct wording *wording, struct slice name,
                        const json_t *value)
{
    struct bytes why = {0};
    format_add(&why, "%sUnrecognised terms [{<<\"%.*s\">>,", wording->before, (int)name.len,
               (const char *)name.ptr);
    operation_add_term(value, &why);
    format_add(&why, "}] in %s%s", wording->place, wording->after);
    reply_bad_request(call->reply, bytes_slice(&why));
    bytes_finish(&why);
    return false;
}

static bool refuse_value(struct call *call, const struct wording *wording, struct slice name,
                         const json_t *value)
{
    struct bytes why = {0};
    format_add(&why, "%s%.*s should be a number, actually was ", wording->before, (int)name.len,
               (const char *)name.ptr);
    operation_add_term(value, &why);
    bytes_add(&why, format_slice(wording->after));
    reply_bad_request(call->reply, bytes_slice(&why));
    bytes_finish(&why);
    return false;
}

/* False, and answered, if there is no limit of that name or the value is none. */
static bool read_vhost_limit(struct call *call, struct slice name, const json_t *value,
                             enum vhost_limit *which)
{
    if (!vhost_limit_find(name, which)) {
        return refuse_name(call, &of_vhosts, name, value);
    }
    return json_is_integer(value) || refuse_value(call, &of_vhosts, name, value);
}

static bool read_user_limit(struct call *call, struct slice name, const json_t *value,
                            enum user_limit *which)
{
    if (!user_limit_find(name, which)) {
        return refuse_name(call, &of_users, name, value);
    }
    return json_is_integer(value) || refuse_value(call, &of_users, name, value);
}

static bool set_vhost_limit(struct call *call, struct slice vhost, enum vhost_limit which,
                            int64_t value)
{
    struct deputy op;
    operation_begin(call, &op);
    enum amqp_reply reply = broker_set_vhost_limit(op.broker, vhost, which, value, op.fx);
    operation_end(call, &op, reply, HTTP_NO_CONTENT);
    return !reply;
}

static bool set_user_limit(struct call *call, struct slice user, enum user_limit which,
                           int64_t value)
{
    struct deputy op;
    operation_begin(call, &op);
    enum amqp_reply reply = broker_set_user_limit(op.broker, user, which, value, op.fx);
    operation_end(call, &op, reply, HTTP_NO_CONTENT);
    return !reply;
}

/* Puts those that the object names into `values`, and none for the others. */
static bool read_vhost_limits(struct call *call, const json_t *limits,
                              int64_t values[VHOST_LIMIT_COUNT])
{
    for (int i = 0; i < VHOST_LIMIT_COUNT; i++) {
        values[i] = LIMIT_NONE;
    }
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)limits, name, value)
    {
        enum vhost_limit which;
        if (!read_vhost_limit(call, format_slice(name), value, &which)) {
            return false;
        }
        values[which] = json_integer_value(value) < 0 ? LIMIT_NONE : json_integer_value(value);
    }
    return true;
}

bool limits_check_vhost(struct call *call, const json_t *limits)
{
    int64_t values[VHOST_LIMIT_COUNT];
    return read_vhost_limits(call, limits, values);
}

bool limits_put_vhost(struct call *call, struct slice vhost, const json_t *limits)
{
    int64_t values[VHOST_LIMIT_COUNT];
    bool done = read_vhost_limits(call, limits, values);
    for (int i = 0; i < VHOST_LIMIT_COUNT && done; i++) {
        enum vhost_limit which = (enum vhost_limit)i;
        done = values[i] == broker_vhost_limit(call_broker(call), vhost, which) ||
               set_vhost_limit(call, vhost, which, values[i]);
    }
    return done;
}

/* Puts those that the object names into `values`. */
static bool read_user_limits(struct call *call, const json_t *limits,
                             int64_t values[USER_LIMIT_COUNT])
{
    bool none =
        !limits || json_is_null(limits) || (json_is_array(limits) && json_array_size(limits) == 0);
    if (!none && !json_is_object(limits)) {
        reply_bad_request(call->reply, SLICE("user-limits: not an object"));
        return false;
    }
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)limits, name, value)
    {
        enum user_limit which;
        if (!read_user_limit(call, format_slice(name), value, &which)) {
            return false;
        }
        values[which] = json_integer_value(value) < 0 ? LIMIT_NONE : json_integer_value(value);
    }
    return true;
}

bool limits_check_user(struct call *call, const json_t *limits)
{
    int64_t values[USER_LIMIT_COUNT];
    return read_user_limits(call, limits, values);
}

bool limits_put_user(struct call *call, struct slice user, const json_t *limits)
{
    int64_t values[USER_LIMIT_COUNT];
    for (int i = 0; i < USER_LIMIT_COUNT; i++) {
        values[i] = broker_user_limit(call_broker(call), user, (enum user_limit)i);
    }
    bool done = read_user_limits(call, limits, values);
    for (int i = 0; i < USER_LIMIT_COUNT && done; i++) {
        enum user_limit which = (enum user_limit)i;
        done = values[i] == broker_user_limit(call_broker(call), user, which) ||
               set_user_limit(call, user, which, values[i]);
    }
    return done;
}

/* {"value": N}, with anything for N. NULL, and answered, if it says something else. */
static json_t *limit_body(struct call *call)
{
    static const char *const needed[] = {"value", NULL};
    json_t *body = operation_body(call);
    if (body && operation_needs(call, body, needed)) {
        return body;
    }
    json_decref(body);
    return NULL;
}

void on_vhost_limit_put(struct call *call)
{
    enum vhost_limit which;
    json_t *body = limit_body(call);
    const json_t *value = json_object_get(body, "value");
    if (!body) {
        return;
    }
    if (!broker_find_vhost(call_broker(call), call->vhost)) {
        reply_error(call->reply, HTTP_NOT_FOUND, "not_found", SLICE("vhost_not_found"));
    } else if (read_vhost_limit(call, call->arguments[0], value, &which)) {
        set_vhost_limit(call, call->vhost, which, json_integer_value(value));
    }
    json_decref(body);
}

void on_user_limit_put(struct call *call)
{
    enum user_limit which;
    struct user user;
    json_t *body = limit_body(call);
    const json_t *value = json_object_get(body, "value");
    if (!body) {
        return;
    }
    if (!broker_find_user(call_broker(call), call->arguments[0], &user)) {
        reply_bad_term(call->reply, "no_such_user", call->arguments[0]);
    } else if (read_user_limit(call, call->arguments[1], value, &which)) {
        set_user_limit(call, call->arguments[0], which, json_integer_value(value));
    }
    json_decref(body);
}

/* What is not set is removed, too, as in RabbitMQ. */
void on_vhost_limit_delete(struct call *call)
{
    enum vhost_limit which;
    call->reply->status = HTTP_NO_CONTENT;
    if (vhost_limit_find(call->arguments[0], &which)) {
        set_vhost_limit(call, call->vhost, which, LIMIT_NONE);
    }
}

void on_user_limit_delete(struct call *call)
{
    enum user_limit which;
    struct user user;
    if (!broker_find_user(call_broker(call), call->arguments[0], &user)) {
        reply_not_found(call->reply);
        return;
    }
    call->reply->status = HTTP_NO_CONTENT;
    if (user_limit_find(call->arguments[1], &which)) {
        set_user_limit(call, call->arguments[0], which, LIMIT_NONE);
    }
}
