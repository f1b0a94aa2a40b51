#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/rows.h"

void write_permission(struct writer *w, const void *item, const void *context)
{
    const struct permission_view *view = item;
    (void)context;
    write_object(w, NULL);
    write_text(w, "user", view->user);
    write_text(w, "vhost", view->vhost);
    write_text(w, "configure", view->configure);
    write_text(w, "write", view->write);
    write_text(w, "read", view->read);
    write_end(w);
}

void write_topic_permission(struct writer *w, const void *item, const void *context)
{
    const struct topic_permission_view *view = item;
    (void)context;
    write_object(w, NULL);
    write_text(w, "user", view->user);
    write_text(w, "vhost", view->vhost);
    write_text(w, "exchange", view->exchange);
    write_text(w, "write", view->write);
    write_text(w, "read", view->read);
    write_end(w);
}

/* Those of one user only, if it has a name. */
static void answer_permissions(struct call *call, struct slice user)
{
    size_t count, kept = 0;
    struct view_scope scope = call_scope(call);
    struct permission_view *views = view_permissions(call_broker(call), &scope, &count);
    for (size_t i = 0; i < count; i++) {
        if (!user.ptr || slice_eq(views[i].user, user)) {
            views[kept++] = views[i];
        }
    }
    answer_list(call, (struct listing_source){.items = views,
                                              .count = kept,
                                              .size = sizeof *views,
                                              .keys = 2,
                                              .write = write_permission});
}

static void answer_topic_permissions(struct call *call, struct slice user)
{
    size_t count, kept = 0;
    struct view_scope scope = call_scope(call);
    struct topic_permission_view *views = view_topic_permissions(call_broker(call), &scope, &count);
    struct slice exchange = call->argument_count > 1 ? call->arguments[1] : SLICE("");
    for (size_t i = 0; i < count; i++) {
        if ((!user.ptr || slice_eq(views[i].user, user)) &&
            (call->argument_count < 2 || slice_eq(views[i].exchange, exchange))) {
            views[kept++] = views[i];
        }
    }
    answer_list(call, (struct listing_source){.items = views,
                                              .count = kept,
                                              .size = sizeof *views,
                                              .keys = 3,
                                              .write = write_topic_permission});
}

void on_permissions(struct call *call)
{
    answer_permissions(call, (struct slice){NULL, 0});
}

void on_topic_permissions(struct call *call)
{
    answer_topic_permissions(call, (struct slice){NULL, 0});
}

/* False, and answered, if there is no such user. */
static bool user_exists(struct call *call, struct slice name)
{
    struct user user;
    bool found = broker_find_user(call_broker(call), name, &user);
    if (!found) {
        reply_not_found(call->reply);
    }
    return found;
}

void on_user_permissions(struct call *call)
{
    if (user_exists(call, call->arguments[0])) {
        answer_permissions(call, call->arguments[0]);
    }
}

void on_user_topic_permissions(struct call *call)
{
    if (user_exists(call, call->arguments[0])) {
        answer_topic_permissions(call, call->arguments[0]);
    }
}

void on_permission(struct call *call)
{
    size_t count;
    struct answer answer;
    struct view_scope scope = call_scope(call);
    const struct permission_view *views = view_permissions(call_broker(call), &scope, &count);
    for (size_t i = 0; i < count; i++) {
        if (slice_eq(views[i].user, call->arguments[0])) {
            write_permission(answer_begin(&answer, call), &views[i], NULL);
            return;
        }
    }
    reply_not_found(call->reply);
}

void on_user_topic_permissions_in(struct call *call)
{
    size_t count;
    struct view_scope scope = call_scope(call);
    const struct topic_permission_view *views =
        view_topic_permissions(call_broker(call), &scope, &count);
    for (size_t i = 0; i < count; i++) {
        if (slice_eq(views[i].user, call->arguments[0])) {
            answer_topic_permissions(call, call->arguments[0]);
            return;
        }
    }
    reply_not_found(call->reply);
}
