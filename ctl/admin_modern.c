#include "ctl/admin_modern.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/admin_modern_internal.h"

static const struct pair types[] = {
    {"queues", "queue"},
    {"exchanges", "exchange"},
    {"bindings", "binding"},
    {"vhosts", "vhost"},
    {"users", "user"},
    {"permissions", "permission"},
    {"policies", "policy"},
    {"operator_policies", "operator_policy"},
    {"parameters", "parameter"},
    {"global_parameters", "global_parameter"},
    {"user_limits", "user_limit"},
    {"vhost_limits", "vhost_limit"},
    {"connections", "connection"},
    {"channels", "channel"},
    {"consumers", "consumer"},
    {"nodes", "node"},
    {"feature_flags", "feature_flag"},
    {"deprecated_features", "deprecated_feature"},
};

static const struct pair actions[] = {
    {"declare", "declare"},     {"set", "declare"},  {"update", "declare"}, {"bind", "declare"},
    {"delete", "delete"},       {"clear", "delete"}, {"unbind", "delete"},  {"purge", "purge"},
    {"close", "close"},         {"list", "list"},    {"list_all", "list"},  {"list_in", "list"},
    {"close_of_user", "close"},
};

static const struct pair verbs[] = {
    {"declare", ""}, {"delete", ""}, {"purge", ""}, {"close", ""}, {"list", ""}, {"show", ""},
};

/* Whether that is the newer kind, and not the older or both. */
static bool is_modern(const struct reading *reading)
{
    const char *group = reading->group, *action = reading->action;
    if (reading->older || reading->too_much || !group || !action || strchr(action, '=')) {
        return false;
    }
    bool named = (FIND(types, group) && FIND(actions, action)) ||
                 (modern_is(group, "queues") && modern_is(action, "show")) ||
                 modern_is(group, "health_check") || modern_is(group, "definitions") ||
                 modern_is(action, "definitions") ||
                 (modern_is(group, "publish") && modern_is(action, "message")) ||
                 (modern_is(group, "get") && modern_is(action, "messages"));
    return named || (reading->option_count > 0 && FIND(verbs, group));
}

__attribute__((format(printf, 2, 3))) static void add(struct admin_modern *out, const char *format,
                                                      ...)
{
    va_list args;
    struct bytes text = {0};
    va_start(args, format);
    format_add_list(&text, format, args);
    va_end(args);
    if (out->count < MODERN_WORDS_MAX) {
        out->words[out->count++] = format_copy(bytes_slice(&text));
    }
    bytes_finish(&text);
}

/* A name may have its value behind it. */
static bool is_named(const char *stored, const char *name)
{
    size_t len = strcspn(stored, "=");
    return strlen(name) == len && memcmp(stored, name, len) == 0;
}

static const char *option_of(const struct reading *reading, const char *name)
{
    for (size_t i = 0; i < reading->option_count; i++) {
        if (is_named(reading->options[i].name, name)) {
            return reading->options[i].value;
        }
    }
    return NULL;
}

/* The older name of an argument. */
static const char *name_of(const char *type, const char *name, size_t len, char room[64])
{
    snprintf(room, 64, "%.*s", (int)len, name);
    if (strcmp(room, "type") == 0 && strcmp(type, "queue") == 0) {
        return "queue_type";
    }
    if (strcmp(room, "ack-mode") == 0) {
        return "ackmode";
    }
    if (strcmp(room, "applies-to") == 0 || strcmp(room, "apply-to") == 0) {
        return "apply-to";
    }
    if (strcmp(room, "username") == 0 && strcmp(type, "user_connections") != 0) {
        return "user";
    }
    for (char *at = room; *at; at++) {
        *at = *at == '-' ? '_' : *at;
    }
    return room;
}

static void add_arguments(struct admin_modern *out, const struct reading *reading, const char *type)
{
    char room[64];
    for (size_t i = 0; i < reading->option_count; i++) {
        const char *name = reading->options[i].name;
        if (modern_is_flag(name)) {
            out->idempotent = true;
        } else {
            add(out, "%s=%s", name_of(type, name, strcspn(name, "="), room),
                reading->options[i].value);
        }
    }
}

/* The older one wants a virtual host for these, and the key of a binding. */
static void add_what_is_missing(struct admin_modern *out, const struct reading *reading,
                                const char *verb, const char *type)
{
    const char *key = option_of(reading, "routing-key");
    if (strcmp(type, "permission") == 0 || strcmp(type, "vhost_limit") == 0) {
        add(out, "vhost=%s", reading->vhost ? reading->vhost : "/");
    }
    if (strcmp(type, "binding") == 0 && strcmp(verb, "delete") == 0) {
        add(out, "properties_key=%s", key && *key ? key : "~");
    }
}

static void translate_change(struct admin_modern *out, struct reading *reading, const char *verb,
                             const char *type)
{
    add(out, "%s", verb);
    add(out, "%s", type);
    add_what_is_missing(out, reading, verb, type);
    if (strcmp(type, "binding") == 0 && strcmp(verb, "delete") == 0) {
        for (size_t i = 0; i < reading->option_count; i++) {
            if (is_named(reading->options[i].name, "routing-key")) {
                reading->options[i] = reading->options[--reading->option_count];
            }
        }
    }
    add_arguments(out, reading, type);
}

/* Columns are words; what else a list takes is none of the older one's. */
static void translate_list(struct admin_modern *out, const struct reading *reading,
                           const char *verb, const char *type)
{
    add(out, "%s", verb);
    add(out, "%s", type);
    for (size_t i = 0; i < reading->option_count; i++) {
        const char *at = reading->options[i].value;
        if (is_named(reading->options[i].name, "name")) {
            add(out, "name=%s", at);
            continue;
        }
        if (!is_named(reading->options[i].name, "columns")) {
            add(out, "--%s", reading->options[i].name);
            continue;
        }
        while (*at) {
            size_t len = strcspn(at, ",");
            add(out, "%.*s", (int)len, at);
            at += len + (at[len] == ',');
        }
    }
}

/* To or from a file, or what stands for one. */
static void translate_definitions(struct admin_modern *out, const struct reading *reading)
{
    const char *file = option_of(reading, "file");
    bool import = strstr(reading->group, "import") || strstr(reading->action, "import");
    if (!file) {
        file = import ? "/dev/stdin" : "/dev/stdout";
        add(out, "--quiet");
    }
    add(out, import ? "import" : "export");
    add(out, "%s", file);
    for (size_t i = 0; i < reading->option_count; i++) {
        const char *name = reading->options[i].name;
        if (!is_named(name, "file") && !modern_is_flag(name)) {
            add(out, "--%s", name); // which is refused
        }
    }
}

static void translate(struct admin_modern *out, struct reading *reading)
{
    const char *group = reading->group, *action = reading->action;
    const char *singular = FIND(types, group), *verb = FIND(actions, action);
    if (modern_is(group, "definitions") || modern_is(action, "definitions")) {
        translate_definitions(out, reading);
    } else if (modern_is(group, "publish") || modern_is(group, "get")) {
        add(out, "%s", group);
        add_arguments(out, reading, "");
    } else if (modern_is(group, "health_check")) {
        translate_change(out, reading, group, action);
    } else if (singular && verb && strcmp(verb, "list") == 0) {
        translate_list(out, reading, verb, group);
    } else if (modern_is(group, "queues") && modern_is(action, "show")) {
        translate_list(out, reading, "show", "queue");
    } else if (modern_is(action, "close_of_user")) {
        translate_change(out, reading, verb, "user_connections");
    } else if (singular && verb) {
        bool binds = modern_is(action, "bind") || modern_is(action, "unbind");
        translate_change(out, reading, verb, binds ? "binding" : singular);
    } else if (modern_is(group, "list") || modern_is(group, "show")) {
        translate_list(out, reading, group, action);
    } else {
        translate_change(out, reading, group,
                         modern_is(action, "permissions") ? "permission" : action);
    }
}

bool admin_modern_translate(struct admin_modern *out, int argc, char *const *argv)
{
    struct reading reading = {.group = NULL};
    *out = (struct admin_modern){.count = 0};
    modern_read(&reading, argc, argv);
    if (!is_modern(&reading)) {
        return false;
    }
    add(out, "%s", argv[0]);
    for (size_t i = 0; i < reading.global_count; i += 2) {
        add(out, "%s%s", reading.globals[i], reading.globals[i + 1]);
    }
    translate(out, &reading);
    return out->count < MODERN_WORDS_MAX;
}

void admin_modern_finish(struct admin_modern *modern)
{
    for (int i = 0; i < modern->count; i++) {
        free(modern->words[i]);
    }
}
