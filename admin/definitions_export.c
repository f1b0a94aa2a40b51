#include "admin/api_internal.h"
#include "admin/definition_parts.h"
#include "admin/handlers.h"
#include "admin/json_table.h"
#include "admin/parameters.h"
#include "admin/rows.h"
#include "admin/vhost_metadata.h"
#include "broker/broker.h"

static void write_head(struct writer *w, const struct call *call)
{
    const struct settings *settings = call_settings(call);
    write_str(w, "rabbit_version", settings->product_version);
    write_str(w, "rabbitmq_version", settings->product_version);
    write_str(w, "product_name", settings->product_name);
    write_str(w, "product_version", settings->product_version);
}

static void write_users(struct writer *w, struct call *call)
{
    size_t count;
    const struct user_view *users = view_users(call_broker(call), &call->arena, &count);
    write_array(w, "users");
    for (size_t i = 0; i < count; i++) {
        write_user(w, &users[i], NULL);
    }
    write_end(w);
}

static void write_vhosts(struct writer *w, struct call *call)
{
    size_t count;
    const struct vhost_view *vhosts = view_vhosts(call_broker(call), &call->arena, &count);
    write_array(w, "vhosts");
    for (size_t i = 0; i < count; i++) {
        write_object(w, NULL);
        write_text(w, "name", vhosts[i].name);
        if (vhost_metadata_given(&vhosts[i].metadata) || vhosts[i].is_protected) {
            write_vhost_metadata(w, &vhosts[i]);
        }
        write_end(w);
    }
    write_end(w);
}

static void write_grants(struct writer *w, struct call *call)
{
    size_t count;
    struct view_scope scope = call_scope(call);
    const struct permission_view *grants = view_permissions(call_broker(call), &scope, &count);
    write_array(w, "permissions");
    for (size_t i = 0; i < count; i++) {
        write_permission(w, &grants[i], NULL);
    }
    write_end(w);
    const struct topic_permission_view *topics =
        view_topic_permissions(call_broker(call), &scope, &count);
    write_array(w, "topic_permissions");
    for (size_t i = 0; i < count; i++) {
        write_topic_permission(w, &topics[i], NULL);
    }
    write_end(w);
}

static void write_parameters(struct writer *w, struct call *call)
{
    size_t count;
    const struct parameter *all = parameters_all(call, &count);
    write_array(w, "parameters");
    for (size_t i = 0; i < count; i++) {
        write_parameter(w, &all[i], NULL);
    }
    write_end(w);
}

static void write_global_parameters(struct writer *w, struct call *call)
{
    size_t count;
    const struct parameter *all = view_global_parameters(call_broker(call), &call->arena, &count);
    write_array(w, "global_parameters");
    for (size_t i = 0; i < count; i++) {
        write_global_parameter(w, &all[i], NULL);
    }
    write_end(w);
}

static void write_policies(struct writer *w, struct call *call)
{
    size_t count;
    struct view_scope scope = call_scope(call);
    const struct policy_view *views =
        view_policies(call_broker(call), &scope, POLICY_OF_USERS, &count);
    write_array(w, "policies");
    for (size_t i = 0; i < count; i++) {
        write_policy(w, &views[i], call->vhost.ptr ? call : NULL);
    }
    write_end(w);
}

/* With `download`, browsers keep what they get under that name. Of others than these characters a
 * header might make something else. */
static void name_download(struct call *call)
{
    struct slice name = target_parameter(&call->target, SLICE("download"));
    struct bytes value = {0};
    if (name.len == 0) {
        return;
    }
    bytes_add(&value, SLICE("attachment; filename="));
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '.' || c == '-' || c == '_' || c == '@';
        bytes_add_u8(&value, plain ? c : '_');
    }
    reply_header(call->reply, "Content-Disposition", bytes_slice(&value));
    bytes_finish(&value);
}

/* The beginning, of which there is seldom much. */
static void write_beginning(struct writer *w, struct call *call)
{
    write_head(w, call);
    if (!call->vhost.ptr) {
        write_users(w, call);
        write_vhosts(w, call);
        write_grants(w, call);
    }
    write_parameters(w, call);
    if (!call->vhost.ptr) {
        write_global_parameters(w, call);
    }
    write_policies(w, call);
}

void on_definitions(struct call *call)
{
    name_download(call);
    definition_parts(call, write_beginning);
}
