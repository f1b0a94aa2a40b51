#include "ctl/admin_shape.h"

#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/http.h"

/* The arguments of the older rabbitmqadmin, which is what test libraries call. */
static const struct admin_shape shapes[] = {
    {"declare", "exchange", "PUT", "/exchanges/{vhost}/{name}", "name type",
     "auto_delete=false durable=true internal=false arguments={}", "arguments"},
    {"declare", "queue", "PUT", "/queues/{vhost}/{name}", "name",
     "auto_delete=false durable=true arguments={} node queue_type", "arguments"},
    {"declare", "binding", "POST", "/bindings/{vhost}/e/{source}/{destination_char}/{destination}",
     "source destination", "destination_type=queue routing_key= arguments={}", "arguments"},
    {"declare", "vhost", "PUT", "/vhosts/{name}", "name", "tracing description default_queue_type",
     ""},
    {"declare", "user", "PUT", "/users/{name}", "name password|password_hash tags",
     "hashing_algorithm", ""},
    {"declare", "permission", "PUT", "/permissions/{vhost}/{user}",
     "vhost user configure write read", "", ""},
    {"declare", "parameter", "PUT", "/parameters/{component}/{vhost}/{name}",
     "component name value", "", "value"},
    {"declare", "policy", "PUT", "/policies/{vhost}/{name}", "name pattern definition",
     "priority=0 apply-to", "definition priority"},
    {"declare", "operator_policy", "PUT", "/operator-policies/{vhost}/{name}",
     "name pattern definition", "priority=0 apply-to", "definition priority"},
    {"declare", "vhost_limit", "PUT", "/vhost-limits/{vhost}/{name}", "vhost name value", "",
     "value"},
    {"declare", "user_limit", "PUT", "/user-limits/{user}/{name}", "user name value", "", "value"},
    {"declare", "global_parameter", "PUT", "/global-parameters/{name}", "name value", "", "value"},
    {"delete", "exchange", "DELETE", "/exchanges/{vhost}/{name}", "name", "", ""},
    {"delete", "queue", "DELETE", "/queues/{vhost}/{name}", "name", "", ""},
    {"delete", "binding", "DELETE",
     "/bindings/{vhost}/e/{source}/{destination_char}/{destination}/{properties_key}",
     "source destination_type destination", "properties_key=~", ""},
    {"delete", "vhost", "DELETE", "/vhosts/{name}", "name", "", ""},
    {"delete", "user", "DELETE", "/users/{name}", "name", "", ""},
    {"delete", "permission", "DELETE", "/permissions/{vhost}/{user}", "vhost user", "", ""},
    {"delete", "parameter", "DELETE", "/parameters/{component}/{vhost}/{name}", "component name",
     "", ""},
    {"delete", "policy", "DELETE", "/policies/{vhost}/{name}", "name", "", ""},
    {"delete", "operator_policy", "DELETE", "/operator-policies/{vhost}/{name}", "name", "", ""},
    {"delete", "vhost_limit", "DELETE", "/vhost-limits/{vhost}/{name}", "vhost name", "", ""},
    {"delete", "user_limit", "DELETE", "/user-limits/{user}/{name}", "user name", "", ""},
    {"delete", "global_parameter", "DELETE", "/global-parameters/{name}", "name", "", ""},
    {"close", "user_connections", "DELETE", "/connections/username/{username}", "username", "", ""},
    {"close", "connection", "DELETE", "/connections/{name}", "name", "", ""},
    {"purge", "queue", "DELETE", "/queues/{vhost}/{name}/contents", "name", "", ""},
    {"publish", "", "POST", "/exchanges/{vhost}/{exchange}/publish", "routing_key",
     "payload properties={} exchange=amq.default payload_encoding=string", "properties"},
    {"get", "", "POST", "/queues/{vhost}/{queue}/get", "queue",
     "count=1 ackmode=ack_requeue_true payload_file encoding=auto", ""},
};

const struct admin_shape *admin_shape_at(size_t index)
{
    return index < sizeof shapes / sizeof *shapes ? &shapes[index] : NULL;
}

const struct admin_shape *admin_shape_find(const char *verb, const char *type)
{
    const struct admin_shape *shape;
    for (size_t i = 0; (shape = admin_shape_at(i)); i++) {
        if (strcmp(shape->verb, verb) == 0 && (!*shape->type || strcmp(shape->type, type) == 0)) {
            return shape;
        }
    }
    return NULL;
}

/* Whether the name is a word of the list, of which what is behind a `=` does not count. */
static bool has_name(const char *words, struct slice name)
{
    while (*words) {
        size_t len = strcspn(words, " |=");
        if (len == name.len && memcmp(words, name.ptr, len) == 0) {
            return true;
        }
        words += len;
        words += *words == '=' ? strcspn(words, " ") : 0;
        words += strspn(words, " |");
    }
    return false;
}

/* Puts a member in. False, with the reason, if it should be JSON and is not. */
static bool put(const struct admin_shape *shape, json_t *body, struct slice name,
                struct slice value, struct text *why)
{
    char *key = format_copy(name);
    json_t *member = has_name(shape->json, name)
                         ? json_loadb((const char *)value.ptr, value.len, JSON_DECODE_ANY, NULL)
                         : json_stringn((const char *)value.ptr, value.len);
    if (!member) {
        text_format(why, "Could not parse JSON:\n  %s", value);
    }
    bool done = member && json_object_set_new(body, key, member) == 0;
    free(key);
    return done;
}

static void put_defaults(const struct admin_shape *shape, json_t *body)
{
    struct text ignored = {.len = 0};
    for (const char *at = shape->optional; *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        size_t name = strcspn(at, " =");
        if (name < word) {
            put(shape, body, (struct slice){(const uint8_t *)at, name},
                (struct slice){(const uint8_t *)at + name + 1, word - name - 1}, &ignored);
        }
        at += word;
    }
}

static bool put_arguments(const struct admin_shape *shape, json_t *body,
                          const char *const *arguments, struct text *why)
{
    for (; *arguments; arguments++) {
        struct slice argument = format_slice(*arguments);
        const char *equals = strchr(*arguments, '=');
        if (!equals) {
            text_format(why, "Argument \"%s\" not in the name=value format", argument);
            return false;
        }
        struct slice name = {argument.ptr, (size_t)(equals - *arguments)};
        if (!has_name(shape->mandatory, name) && !has_name(shape->optional, name)) {
            text_format(why, "Argument \"%s\" is not recognised", name);
            return false;
        }
        if (!put(shape, body, name, format_slice(equals + 1), why)) {
            return false;
        }
    }
    return true;
}

/* Whether one of "a|b" is a member. */
static bool has_member(const json_t *body, const char *words, size_t len)
{
    char name[64];
    for (const char *at = words; at < words + len; at++) {
        size_t part = strcspn(at, " |");
        snprintf(name, sizeof name, "%.*s", (int)part, at);
        if (json_object_get(body, name)) {
            return true;
        }
        at += part;
    }
    return false;
}

static bool is_complete(const struct admin_shape *shape, const json_t *body, struct text *why)
{
    for (const char *at = shape->mandatory; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        if (!has_member(body, at, len)) {
            text_format(why, "mandatory argument \"%s\" is required",
                        (struct slice){(const uint8_t *)at, len});
            return false;
        }
        at += len;
    }
    return true;
}

/* queue_type=quorum stands for an argument that is harder to write. */
static void move_queue_type(json_t *body)
{
    json_t *type = json_object_get(body, "queue_type");
    json_t *arguments = json_object_get(body, "arguments");
    if (type && json_is_object(arguments)) {
        json_object_set(arguments, "x-queue-type", type);
        json_object_del(body, "queue_type");
    }
}

json_t *admin_shape_body(const struct admin_shape *shape, const char *const *arguments,
                         const char *vhost, struct text *why)
{
    json_t *body = json_object();
    put_defaults(shape, body);
    if (!put_arguments(shape, body, arguments, why) || !is_complete(shape, body, why)) {
        json_decref(body);
        return NULL;
    }
    if (!json_object_get(body, "vhost")) {
        json_object_set_new(body, "vhost", json_string(vhost));
    }
    move_queue_type(body);
    return body;
}

static void add_member(struct bytes *path, const json_t *body, const char *name)
{
    bool letter = strcmp(name, "destination_char") == 0;
    const char *value =
        json_string_value(json_object_get(body, letter ? "destination_type" : name));
    char first[2] = {value ? value[0] : '\0', '\0'};
    http_escape(path, letter ? first : value ? value : "");
}

char *admin_shape_path(const struct admin_shape *shape, const json_t *body)
{
    char name[64];
    struct bytes path = {0};
    format_add(&path, "/api");
    for (const char *at = shape->path; *at;) {
        size_t plain = strcspn(at, "{");
        format_add(&path, "%.*s", (int)plain, at);
        at += plain;
        if (*at == '{') {
            size_t len = strcspn(at, "}");
            snprintf(name, sizeof name, "%.*s", (int)len - 1, at + 1);
            add_member(&path, body, name);
            at += len + 1;
        }
    }
    char *copy = format_copy(bytes_slice(&path));
    bytes_finish(&path);
    return copy;
}
