#include "conf/environment.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "conf/config_file.h"
#include "conf/format.h"

/* Variables that hold the value of a setting, or with _FILE behind them the name of its file. */
static const struct {
    const char *name;
    const char *file_name;
    const char *key;
} values[] = {
    {"RABBITMQ_DEFAULT_USER", "RABBITMQ_DEFAULT_USER_FILE", "default_user"},
    {"RABBITMQ_DEFAULT_PASS", "RABBITMQ_DEFAULT_PASS_FILE", "default_pass"},
    {"RABBITMQ_DEFAULT_VHOST", "RABBITMQ_DEFAULT_VHOST_FILE", "default_vhost"},
};

/* Variables of older images: whoever sets them counts on them. */
static const struct {
    const char *prefix;
    const char *instead;
} gone[] = {
    {"RABBITMQ_SSL_", "ssl_options.* and listeners.ssl.default"},
    {"RABBITMQ_MANAGEMENT_SSL_", "management.ssl.*"},
    {"RABBITMQ_VM_MEMORY_HIGH_WATERMARK", "vm_memory_high_watermark.*"},
    {"RABBITMQ_ADVANCED_CONFIG_FILE", "the settings of rabbitmq.conf"},
};

const char *environment_get(char *const *variables, const char *name)
{
    size_t len = strlen(name);
    for (; *variables; variables++) {
        if (strncmp(*variables, name, len) == 0 && (*variables)[len] == '=') {
            const char *value = *variables + len + 1;
            return *value ? value : NULL;
        }
    }
    return NULL;
}

static void set(struct settings *settings, const char *name, const char *key, const char *value,
                struct findings *findings)
{
    struct setting_origin origin = {.source = SOURCE_ENVIRONMENT, .name = name};
    settings_set(settings, format_slice(key), format_slice(value), origin, findings);
}

static void apply_value(struct settings *settings, char *const *variables, size_t index,
                        struct findings *findings)
{
    const char *name = values[index].name;
    const char *value = environment_get(variables, name);
    const char *path = environment_get(variables, values[index].file_name);
    if (value && path) {
        findings_add(findings, FINDING_ERROR, "%s and %s are both set, one is enough", name,
                     values[index].file_name);
    } else if (value) {
        set(settings, name, values[index].key, value, findings);
    } else if (path) {
        char *content = config_file_content(path, values[index].file_name, findings);
        if (content) {
            set(settings, values[index].file_name, values[index].key, content, findings);
        }
        free(content);
    }
}

/* They replace all listeners that a file names, as the one place where the node is reached. */
static void apply_listener(struct settings *settings, char *const *variables,
                           struct findings *findings)
{
    const char *port = environment_get(variables, "RABBITMQ_NODE_PORT");
    const char *address = environment_get(variables, "RABBITMQ_NODE_IP_ADDRESS");
    const char *name = port ? "RABBITMQ_NODE_PORT" : "RABBITMQ_NODE_IP_ADDRESS";
    if (!port && !address) {
        return;
    }
    struct bytes value = {0};
    bool everywhere = !address || strcmp(address, "auto") == 0;
    bool bare = !everywhere && strchr(address, ':') && address[0] != '[';
    if (!everywhere) {
        format_add(&value, bare ? "[%s]:" : "%s:", address);
    }
    format_add(&value, "%s%c", port ? port : "5672", '\0');
    settings_clear(settings, SETTING_listeners_tcp);
    set(settings, name, "listeners.tcp.default", (const char *)value.ptr, findings);
    bytes_finish(&value);
}

static void apply_node(struct settings *settings, char *const *variables, struct findings *findings)
{
    const char *name = environment_get(variables, "RABBITMQ_NODENAME");
    if (name) {
        set(settings, "RABBITMQ_NODENAME", "node.name", name, findings);
    }
}

static void apply_logs(struct settings *settings, char *const *variables, struct findings *findings)
{
    const char *logs = environment_get(variables, "RABBITMQ_LOGS");
    if (!logs) {
        return;
    }
    if (strcmp(logs, "-") == 0) {
        set(settings, "RABBITMQ_LOGS", "log.console", "true", findings);
    } else {
        set(settings, "RABBITMQ_LOGS", "log.file", logs, findings);
    }
}

static char *join(const char *text, const char *end)
{
    struct bytes out = {0};
    format_add(&out, "%s%s", text, end);
    char *joined = format_copy(bytes_slice(&out));
    bytes_finish(&out);
    return joined;
}

/* RabbitMQ keeps a node's data in MNESIA_DIR, or in a directory of the node's name in MNESIA_BASE.
 * Ours does not depend on the host's name. */
static void apply_directory(struct settings *settings, char *const *variables,
                            struct findings *findings)
{
    const char *directory = environment_get(variables, "RABBITMQ_MNESIA_DIR");
    const char *base = environment_get(variables, "RABBITMQ_MNESIA_BASE");
    if (directory) {
        set(settings, "RABBITMQ_MNESIA_DIR", "storage.directory", directory, findings);
    } else if (base) {
        char *inside = join(base, "/leveret");
        set(settings, "RABBITMQ_MNESIA_BASE", "storage.directory", inside, findings);
        free(inside);
    }
}

static void warn_of_gone(char *const *variables, struct findings *findings)
{
    for (; *variables; variables++) {
        for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
            if (strncmp(*variables, gone[i].prefix, strlen(gone[i].prefix)) == 0) {
                findings_add(findings, FINDING_WARNING, "%.*s has no effect: use %s",
                             (int)strcspn(*variables, "="), *variables, gone[i].instead);
            }
        }
    }
}

void environment_apply(struct settings *settings, char *const *variables, struct findings *findings)
{
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        apply_value(settings, variables, i, findings);
    }
    apply_node(settings, variables, findings);
    apply_listener(settings, variables, findings);
    apply_logs(settings, variables, findings);
    apply_directory(settings, variables, findings);
    warn_of_gone(variables, findings);
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);
    return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

char *environment_config_file(char *const *variables)
{
    const char *path = environment_get(variables, "RABBITMQ_CONFIG_FILE");
    return path ? join(path, ends_with(path, ".conf") ? "" : ".conf") : NULL;
}

char *environment_config_files(char *const *variables)
{
    const char *path = environment_get(variables, "RABBITMQ_CONFIG_FILES");
    struct stat status;
    if (!path) {
        return NULL;
    }
    bool directory = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    return join(path, directory ? "/*.conf" : "");
}
