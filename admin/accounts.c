#include "admin/accounts.h"

#include "admin/api_internal.h"
#include "admin/base64.h"
#include "admin/credential.h"
#include "admin/handlers.h"
#include "admin/limits.h"
#include "admin/operation.h"
#include "admin/tags.h"
#include "admin/vhost_metadata.h"
#include "broker/permission.h"
#include "broker/user.h"
#include "conf/format.h"
#include "server/auth.h"
#include "server/conn_view.h"
#include "server/vhost_defaults.h"

/* Virtual hosts and users are made and removed; permissions are in grants.c. */

static bool is_traced(struct call *call, struct slice name)
{
    struct vhost_view view;
    return view_vhost(call_broker(call), name, &call->arena, &view) && view.tracing;
}

/* No limit is the largest number. */
bool account_has_room(struct call *call, size_t vhosts)
{
    return broker_vhost_count(call_broker(call)) + vhosts <= call_settings(call)->vhost_max;
}

void account_say_full(const struct call *call, struct slice name, struct text *why)
{
    text_clear(why);
    text_format(why, "cannot create vhost '%s': vhost limit of %u is reached", name,
                call_settings(call)->vhost_max);
}

enum amqp_reply account_add_vhost(struct call *call, struct deputy *op, struct slice name,
                                  bool tracing)
{
    bool exists = broker_find_vhost(op->broker, name);
    if (!exists && !account_has_room(call, 1)) {
        account_say_full(call, name, &op->fx->error);
        return AMQP_PRECONDITION_FAILED;
    }
    broker_add_vhost(op->broker, name, op->fx);
    broker_set_tracing(broker_find_vhost(op->broker, name), tracing, op->fx);
    if (exists || vhost_defaults_apply(op->broker, call_settings(call), name, op->fx)) {
        return AMQP_OK;
    }
    broker_delete_vhost(op->broker, name, op->fx);
    return AMQP_PRECONDITION_FAILED;
}

void on_vhost_put(struct call *call)
{
    struct deputy op;
    json_t *body = operation_body(call);
    struct slice name = call->vhost;
    bool tracing = is_traced(call, name);
    if (!body) {
        return;
    }
    if (!operation_flag(call, body, "tracing", &tracing)) {
        json_decref(body);
        return;
    }
    if (name.len == 0 || name.len > UINT8_MAX) {
        reply_bad_request(call->reply, SLICE("the name of a virtual host has 1 to 255 octets"));
    } else if (vhost_metadata_check(call, body)) {
        bool exists = broker_find_vhost(call_broker(call), name);
        struct permission all = {SLICE(".*"), SLICE(".*"), SLICE(".*")};
        operation_begin(call, &op);
        enum amqp_reply reply = account_add_vhost(call, &op, name, tracing);
        if (!exists && !call->trusted && !reply) { // who makes one may enter it, as in RabbitMQ
            reply = broker_set_permission(op.broker, call->user, name, &all, op.fx);
        }
        operation_end(call, &op, reply, exists ? HTTP_NO_CONTENT : HTTP_CREATED);
        if (!reply) {
            vhost_metadata_put(call, name, body, false);
        }
    }
    json_decref(body);
}

/* Ends the connections that this removes the ground from. */
static void close_connections(struct call *call, struct slice user, struct slice vhost,
                              struct slice why)
{
    size_t count;
    struct engine *engine = call->api->options.engine;
    const struct conn_view *views = engine_view_conns(engine, &call->arena, &count);
    for (size_t i = 0; i < count; i++) {
        if ((user.ptr && slice_eq(views[i].user, user)) ||
            (vhost.ptr && slice_eq(views[i].vhost, vhost))) {
            engine_close_conn(engine, views[i].name, why, call->request->now_ms);
        }
    }
}

/* True, and answered, if operators have said that it is to stay. */
static bool refuse_protected(struct call *call)
{
    struct vhost_view view;
    struct text why = {.len = 0};
    view_vhost(call_broker(call), call->vhost, &call->arena, &view);
    if (view.is_protected) {
        text_format(&why,
                    "Refusing to delete virtual host '%s' because it is protected from deletion",
                    call->vhost);
        reply_error(call->reply, HTTP_PRECONDITION_FAILED, "precondition_failed", text_slice(&why));
    }
    return view.is_protected;
}

void on_vhost_delete(struct call *call)
{
    struct deputy op;
    struct text why = {.len = 0};
    if (refuse_protected(call)) {
        return;
    }
    text_format(&why, "vhost '%s' is deleted", call->vhost);
    close_connections(call, (struct slice){NULL, 0}, call->vhost, text_slice(&why));
    operation_begin(call, &op);
    enum amqp_reply reply = broker_delete_vhost(op.broker, call->vhost, op.fx);
    operation_end(call, &op, reply, HTTP_NO_CONTENT);
}

/* *out stays as it is if there is no name. False if nothing is called that. */
static bool read_hashing(struct slice name, enum password_hashing *out)
{
    static const char *const names[] = {[HASHING_SHA256] = "rabbit_password_hashing_sha256",
                                        [HASHING_SHA512] = "rabbit_password_hashing_sha512",
                                        [HASHING_MD5] = "rabbit_password_hashing_md5"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (slice_eq(name, (struct slice){(const uint8_t *)names[i], strlen(names[i])})) {
            *out = (enum password_hashing)i;
            return true;
        }
    }
    return name.len == 0;
}

/* Whether the user has this password already; its hash is in *hash then. */
static bool keeps_password(struct call *call, const struct user *user, struct slice password,
                           struct bytes *hash)
{
    struct user existing;
    bool keeps = broker_find_user(call_broker(call), user->name, &existing) &&
                 existing.hashing == user->hashing &&
                 password_matches(existing.hashing, existing.password_hash, password);
    if (keeps) {
        bytes_add(hash, existing.password_hash);
    }
    return keeps;
}

/* A member that says something; NULL: it is not there, or null. */
static const json_t *said(const json_t *body, const char *name)
{
    const json_t *value = json_object_get(body, name);
    return json_is_null(value) ? NULL : value;
}

/* A member that has to be a text if it is there; else answered. */
static bool may_be_text(struct call *call, const json_t *body, const char *name)
{
    const json_t *value = said(body, name);
    bool fits = !value || json_is_string(value);
    if (!fits) {
        reply_bad_term(call->reply, "not_a_text", format_slice(name));
    }
    return fits;
}

static bool check_password(struct call *call, const json_t *body)
{
    enum password_hashing hashing;
    struct bytes hash = {0};
    struct text why = {.len = 0};
    struct slice password = operation_text(body, "password");
    struct slice algorithm = operation_text(body, "hashing_algorithm");
    struct slice text = operation_text(body, "password_hash");
    bool fits = false;
    if (said(body, "password") && said(body, "password_hash")) {
        reply_bad_request(call->reply, SLICE("both_password_and_password_hash_are_provided"));
    } else if (!read_hashing(algorithm, &hashing)) {
        reply_bad_term(call->reply, "unknown_hashing_algorithm", algorithm);
    } else if (may_be_text(call, body, "password") && may_be_text(call, body, "password_hash")) {
        if (!base64_decode(text, &hash)) {
            reply_bad_term(call->reply, "not_base64", text);
        } else if (said(body, "password") &&
                   !credential_fits(call_settings(call), password, &why)) {
            reply_bad_request(call->reply, text_slice(&why));
        } else {
            fits = true;
        }
    }
    bytes_finish(&hash);
    return fits;
}

bool account_check_user(struct call *call, struct slice name, const json_t *body)
{
    struct bytes tags = {0};
    bool fits = false;
    if (!json_object_get(body, "tags")) {
        reply_bad_request(call->reply, SLICE("tags_not_present"));
    } else if (!tags_read(json_object_get(body, "tags"), &tags)) {
        reply_bad_request(call->reply, SLICE("tags_not_valid"));
    } else if (name.len == 0 || name.len > UINT8_MAX) {
        reply_bad_request(call->reply, SLICE("the name of a user has 1 to 255 octets"));
    } else {
        fits =
            check_password(call, body) && limits_check_user(call, json_object_get(body, "limits"));
    }
    bytes_finish(&tags);
    return fits;
}

/* The hash that the user is to have, in *hash; an empty one lets no password in. The body has been
 * checked. */
static void read_password(struct call *call, const json_t *body, struct user *user,
                          struct bytes *hash)
{
    struct slice password = operation_text(body, "password");
    user->hashing = (enum password_hashing)call_settings(call)->password_hashing_module;
    read_hashing(operation_text(body, "hashing_algorithm"), &user->hashing);
    if (said(body, "password_hash")) {
        base64_decode(operation_text(body, "password_hash"), hash);
    } else if (said(body, "password") && keeps_password(call, user, password, hash)) {
        // whoever says the same again changes nothing
    } else if (password.len > 0) {
        hash->len +=
            password_hash_new(user->hashing, password, bytes_reserve(hash, PASSWORD_HASH_MAX));
    }
    user->password_hash = bytes_slice(hash);
}

bool account_put_user(struct call *call, struct slice name, const json_t *body)
{
    struct deputy op;
    struct user existing, user = {.name = name};
    struct bytes tags = {0}, hash = {0};
    bool exists = broker_find_user(call_broker(call), name, &existing);
    if (!account_check_user(call, name, body)) {
        return false;
    }
    tags_read(json_object_get(body, "tags"), &tags);
    read_password(call, body, &user, &hash);
    user.tags = bytes_slice(&tags);
    operation_begin(call, &op);
    broker_put_user(op.broker, &user, op.fx);
    operation_end(call, &op, AMQP_OK, exists ? HTTP_NO_CONTENT : HTTP_CREATED);
    uint16_t status = call->reply->status;
    limits_put_user(call, name, json_object_get(body, "limits"));
    call->reply->status = status;
    bytes_finish(&tags);
    bytes_finish(&hash);
    return true;
}

void on_user_put(struct call *call)
{
    json_t *body = operation_body(call);
    if (body) {
        account_put_user(call, call->arguments[0], body);
    }
    json_decref(body);
}

static void remove_user(struct call *call, struct deputy *op, struct slice name)
{
    struct text why = {.len = 0};
    text_format(&why, "user '%s' is deleted", name);
    close_connections(call, name, (struct slice){NULL, 0}, text_slice(&why));
    operation_begin(call, op);
    broker_delete_user(op->broker, name, op->fx);
    operation_end(call, op, AMQP_OK, HTTP_NO_CONTENT);
}

void on_user_delete(struct call *call)
{
    struct deputy op;
    struct user user;
    if (broker_find_user(call_broker(call), call->arguments[0], &user)) {
        remove_user(call, &op, call->arguments[0]);
    } else {
        reply_not_found(call->reply);
    }
}

static struct slice item_text(const json_t *list, size_t index)
{
    const json_t *item = json_array_get(list, index);
    return (struct slice){(const uint8_t *)json_string_value(item), json_string_length(item)};
}

/* All of them, or none if one does not exist. */
void on_users_bulk_delete(struct call *call)
{
    static const char *const needed[] = {"users", NULL};
    struct deputy op;
    struct user user;
    json_t *body = operation_body(call);
    const json_t *names = json_object_get(body, "users");
    bool found = body && operation_needs(call, body, needed);
    if (found && !json_is_array(names)) {
        reply_bad_term(call->reply, "not_a_list", SLICE("users"));
        found = false;
    }
    for (size_t i = 0; i < json_array_size(names) && found; i++) {
        found = broker_find_user(call_broker(call), item_text(names, i), &user);
        if (!found) {
            reply_bad_term(call->reply, "no_such_user", item_text(names, i));
        }
    }
    if (found) {
        call->reply->status = HTTP_NO_CONTENT;
        for (size_t i = 0; i < json_array_size(names); i++) {
            remove_user(call, &op, item_text(names, i));
        }
    }
    json_decref(body);
}
