#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/base64.h"
#include "admin/handlers.h"
#include "admin/limits.h"
#include "admin/rows.h"
#include "admin/tags.h"

static const char *hashing_name(enum password_hashing hashing)
{
    switch (hashing) {
    case HASHING_SHA256:
        return "rabbit_password_hashing_sha256";
    case HASHING_SHA512:
        return "rabbit_password_hashing_sha512";
    case HASHING_MD5:
        return "rabbit_password_hashing_md5";
    }
    return "";
}

void write_user(struct writer *w, const void *item, const void *context)
{
    const struct user_view *view = item;
    const struct user *user = &view->user;
    struct bytes hash = {0};
    (void)context;
    base64_encode(user->password_hash, &hash);
    write_object(w, NULL);
    write_text(w, "name", user->name);
    write_text(w, "password_hash", bytes_slice(&hash));
    write_str(w, "hashing_algorithm", hashing_name(user->hashing));
    tags_write(w, "tags", user->tags);
    write_user_limits(w, "limits", view);
    write_end(w);
    bytes_finish(&hash);
}

static void answer_users(struct call *call, struct user_view *users, size_t count)
{
    answer_list(call, (struct listing_source){.items = users,
                                              .count = count,
                                              .size = sizeof *users,
                                              .keys = 1,
                                              .paged = true,
                                              .write = write_user});
}

void on_users(struct call *call)
{
    size_t count;
    struct user_view *users = view_users(call_broker(call), &call->arena, &count);
    answer_users(call, users, count);
}

void on_users_without_permissions(struct call *call)
{
    size_t count, kept = 0;
    struct user_view *users = view_users(call_broker(call), &call->arena, &count);
    for (size_t i = 0; i < count; i++) {
        if (!users[i].permitted) {
            users[kept++] = users[i];
        }
    }
    answer_users(call, users, kept);
}

void on_user(struct call *call)
{
    struct answer answer;
    struct user_view view;
    if (!view_user(call_broker(call), call->arguments[0], &call->arena, &view)) {
        reply_not_found(call->reply);
        return;
    }
    write_user(answer_begin(&answer, call), &view, NULL);
}

void on_whoami(struct call *call)
{
    struct answer answer;
    struct user user = {.tags = call->trusted ? SLICE("administrator") : SLICE("")};
    struct writer *w = answer_begin(&answer, call);
    broker_find_user(call_broker(call), call->user, &user);
    write_object(w, NULL);
    write_text(w, "name", call->user);
    tags_write(w, "tags", user.tags);
    write_end(w);
}
