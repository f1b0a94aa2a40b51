#include "admin/definitions_check.h"

#include "admin/accounts.h"
#include "admin/api_internal.h"
#include "admin/operation.h"
#include "admin/parameters.h"
#include "admin/policies.h"
#include "admin/vhost_metadata.h"
#include "broker/pattern.h"
#include "broker/user.h"
#include "conf/format.h"

/* Definitions under examination. */
struct check {
    struct call *call;
    json_t *users;  // owned: those that come, by name
    json_t *vhosts; // owned, likewise; true: it has been counted
    size_t new_vhosts;
};

struct slice definitions_place(const struct call *call, const json_t *item)
{
    return call->vhost.ptr ? call->vhost : operation_text(item, "vhost");
}

static json_t *names_in(const json_t *definitions, const char *section)
{
    size_t i;
    json_t *item, *names = json_object();
    json_array_foreach(json_object_get(definitions, section), i, item)
    {
        struct slice name = operation_text(item, "name");
        json_object_setn_new(names, (const char *)name.ptr, name.len, json_false());
    }
    return names;
}

static bool comes(const json_t *names, struct slice name)
{
    return json_object_getn(names, name.ptr ? (const char *)name.ptr : "", name.len);
}

static bool knows_vhost(struct check *check, const json_t *item)
{
    struct slice name = definitions_place(check->call, item);
    bool known = broker_find_vhost(call_broker(check->call), name) || comes(check->vhosts, name);
    if (!known) {
        reply_bad_term(check->call->reply, "no_such_vhost", name);
    }
    return known;
}

static bool knows_user(struct check *check, const json_t *item)
{
    struct user user;
    struct slice name = operation_text(item, "user");
    bool known =
        broker_find_user(call_broker(check->call), name, &user) || comes(check->users, name);
    if (!known) {
        reply_bad_term(check->call->reply, "no_such_user", name);
    }
    return known;
}

static bool check_user(struct check *check, const json_t *item)
{
    return account_check_user(check->call, operation_text(item, "name"), item);
}

/* Counts it if it is to be made: where names of those that come are true, they have been. */
static bool has_room(struct check *check, struct slice name)
{
    struct text why;
    bool counted = json_is_true(json_object_getn(check->vhosts, (const char *)name.ptr, name.len));
    if (counted || broker_find_vhost(call_broker(check->call), name)) {
        return true;
    }
    json_object_setn_new(check->vhosts, (const char *)name.ptr, name.len, json_true());
    if (!account_has_room(check->call, ++check->new_vhosts)) {
        account_say_full(check->call, name, &why);
        reply_bad_request(check->call->reply, text_slice(&why));
        return false;
    }
    return true;
}

static bool check_vhost(struct check *check, const json_t *item)
{
    bool tracing;
    struct slice name = operation_text(item, "name");
    if (name.len == 0 || name.len > UINT8_MAX) {
        reply_bad_request(check->call->reply, SLICE("a virtual host has no name"));
        return false;
    }
    return has_room(check, name) && operation_flag(check->call, item, "tracing", &tracing) &&
           vhost_metadata_check(check->call, item);
}

/* Whether these members are regular expressions. */
static bool check_patterns(struct call *call, const json_t *item, const char *const *names)
{
    for (; *names; names++) {
        struct text why = {.len = 0}, text = {.len = 0};
        struct slice source = operation_text(item, *names);
        struct pattern *pattern = pattern_new(source, &why);
        if (!pattern) {
            text_format(&text, "invalid regexp '%s': %s", source, text_slice(&why));
            reply_bad_request(call->reply, text_slice(&text));
            return false;
        }
        pattern_free(pattern);
    }
    return true;
}

static bool check_permission(struct check *check, const json_t *item)
{
    static const char *const texts[] = {"configure", "write", "read", NULL};
    return operation_texts(check->call, item, texts) && knows_user(check, item) &&
           knows_vhost(check, item) && check_patterns(check->call, item, texts);
}

static bool check_topic_permission(struct check *check, const json_t *item)
{
    static const char *const texts[] = {"write", "read", "exchange", NULL};
    static const char *const patterns[] = {"write", "read", NULL};
    return operation_texts(check->call, item, texts) && knows_user(check, item) &&
           knows_vhost(check, item) && check_patterns(check->call, item, patterns);
}

static bool check_names(struct call *call, const json_t *item)
{
    static const char *const names[] = {"name", "source", "destination", "routing_key"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (operation_text(item, names[i]).len > UINT8_MAX) {
            reply_bad_request(call->reply, SLICE("a name is too long"));
            return false;
        }
    }
    return true;
}

static bool check_declaration(struct check *check, const json_t *item)
{
    bool flag;
    struct bytes table = {0};
    struct call *call = check->call;
    bool fits = check_names(call, item) && knows_vhost(check, item) &&
                operation_flag(call, item, "durable", &flag) &&
                operation_flag(call, item, "auto_delete", &flag) &&
                operation_flag(call, item, "internal", &flag) &&
                operation_arguments(call, item, &table);
    bytes_finish(&table);
    return fits;
}

static bool check_queue(struct check *check, const json_t *item)
{
    if (operation_text(item, "name").len == 0) {
        reply_bad_request(check->call->reply, SLICE("a queue has no name"));
        return false;
    }
    return check_declaration(check, item);
}

static bool check_policy(struct check *check, const json_t *item)
{
    struct policy_place place = {.vhost = definitions_place(check->call, item),
                                 .name = operation_text(item, "name"),
                                 .kind = POLICY_OF_USERS};
    return knows_vhost(check, item) && policy_check(check->call, &place, item);
}

static bool check_parameter(struct check *check, const json_t *item)
{
    struct parameter names = {.vhost = definitions_place(check->call, item),
                              .component = operation_text(item, "component"),
                              .name = operation_text(item, "name")};
    return knows_vhost(check, item) &&
           parameter_check(check->call, &names, json_object_get(item, "value"));
}

static bool check_global_parameter(struct check *check, const json_t *item)
{
    return global_parameter_check(check->call, operation_text(item, "name"),
                                  json_object_get(item, "value"));
}

static const struct section {
    const char *name;
    bool (*check)(struct check *check, const json_t *item);
    bool whole; // in definitions of all virtual hosts only
} sections[] = {
    {"users", check_user, true},
    {"vhosts", check_vhost, true},
    {"permissions", check_permission, true},
    {"exchanges", check_declaration, false},
    {"topic_permissions", check_topic_permission, true},
    {"global_parameters", check_global_parameter, true},
    {"policies", check_policy, false},
    {"parameters", check_parameter, false},
    {"queues", check_queue, false},
    {"bindings", check_declaration, false},
};

static bool check_section(struct check *check, const struct section *section, const json_t *items,
                          size_t *index)
{
    struct slice name = format_slice(section->name);
    if (items && !json_is_null(items) && !json_is_array(items)) {
        reply_bad_term(check->call->reply, "not_a_list", name);
        return false;
    }
    for (*index = 0; *index < json_array_size(items); ++*index) {
        const json_t *item = json_array_get(items, *index);
        if (!json_is_object(item)) {
            reply_bad_term(check->call->reply, "not_an_object", name);
            return false;
        }
        if (!section->check(check, item)) {
            return false;
        }
    }
    return true;
}

bool definitions_check(struct call *call, const json_t *definitions, struct definitions_stop *stop)
{
    struct check check = {.call = call,
                          .users = names_in(definitions, "users"),
                          .vhosts = names_in(definitions, "vhosts")};
    bool fits = true;
    for (size_t i = 0; i < sizeof sections / sizeof *sections && fits; i++) {
        const struct section *section = &sections[i];
        if (!section->whole || !call->vhost.ptr) {
            *stop = (struct definitions_stop){.section = section->name};
            fits = check_section(&check, section, json_object_get(definitions, section->name),
                                 &stop->index);
        }
    }
    json_decref(check.users);
    json_decref(check.vhosts);
    return fits;
}
