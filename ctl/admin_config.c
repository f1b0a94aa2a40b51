#include "ctl/admin_config.h"

#include <stdlib.h>
#include <string.h>

#include "conf/format.h"

/* C(key of the file, option): the keys that RabbitMQ's has. */
#define CONFIG_KEYS(C)                                                                             \
    C("hostname", "host")                                                                          \
    C("port", "port")                                                                              \
    C("path_prefix", "path-prefix")                                                                \
    C("username", "username")                                                                      \
    C("password", "password")                                                                      \
    C("vhost", "vhost")                                                                            \
    C("declare_vhost", "declare-vhost")                                                            \
    C("base_uri", "base-uri")                                                                      \
    C("ssl", "ssl")                                                                                \
    C("ssl_key_file", "ssl-key-file")                                                              \
    C("ssl_cert_file", "ssl-cert-file")                                                            \
    C("ssl_ca_cert_file", "ssl-ca-cert-file")                                                      \
    C("ssl_disable_hostname_verification", "ssl-disable-hostname-verification")                    \
    C("ssl_insecure", "ssl-insecure")                                                              \
    C("request_timeout", "request-timeout")                                                        \
    C("format", "format")                                                                          \
    C("sort", "sort")                                                                              \
    C("sort_reverse", "sort-reverse")                                                              \
    C("depth", "depth")

static const char *option_of(const char *key)
{
    static const struct {
        const char *key;
        const char *option;
    } keys[] = {
#define C(key, option) {key, option},
        CONFIG_KEYS(C)
#undef C
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcasecmp(keys[i].key, key) == 0) {
            return keys[i].option;
        }
    }
    return NULL;
}

/* Cuts the blanks at both ends off. */
static char *trimmed(char *text)
{
    text += strspn(text, " \t\r");
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r", text[len - 1])) {
        text[--len] = '\0';
    }
    return text;
}

/* What was given on the command line stays. */
static void add_option(struct options *options, const char *name, const char *value)
{
    bool off = strcmp(value, "False") == 0;
    if (!name || off || options_has(options, name) || options->value_count == OPTIONS_MAX) {
        return;
    }
    options->values[options->value_count++] =
        (struct option_value){name, strcmp(value, "True") == 0 ? "" : value};
}

static void take_line(struct admin *admin, char *line)
{
    char *at = line + strcspn(line, "=:");
    if (*at) {
        *at = '\0';
        add_option(&admin->options, option_of(trimmed(line)), trimmed(at + 1));
    }
}

/* Whether this begins a section; *named tells whether it is the one of this name. */
static bool is_section(const char *line, const char *name, bool *named)
{
    size_t len = strcspn(line, "]");
    if (line[0] != '[' || line[len] != ']') {
        return false;
    }
    *named = strlen(name) == len - 1 && memcmp(line + 1, name, len - 1) == 0;
    return true;
}

/* Takes the lines of the section; false if there is none. Cuts the text into lines. */
static bool take_section(struct admin *admin, char *text, const char *name)
{
    bool found = false, inside = false;
    char *rest = text, *line;
    while ((line = strsep(&rest, "\n"))) {
        line = trimmed(line);
        if (is_section(line, name, &inside)) {
            found = found || inside;
        } else if (inside && *line != '#' && *line != ';') {
            take_line(admin, line);
        }
    }
    return found;
}

static char *read_config(const char *path)
{
    struct bytes text = {0};
    enum { PART = 4096 };
    FILE *file = fopen(path, "re");
    if (!file) {
        return NULL;
    }
    for (size_t len = 1; len > 0; text.len += len) {
        len = fread(bytes_reserve(&text, PART), 1, PART, file);
    }
    fclose(file);
    char *copy = format_copy(bytes_slice(&text));
    bytes_finish(&text);
    return copy;
}

static bool take_file(struct admin *admin, const char *path, bool wanted)
{
    const char *node = options_value(&admin->options, "node");
    admin->config = read_config(path);
    if (!admin->config) {
        if (wanted) {
            admin_misuse(admin, "Could not read config file '%s'", path);
        }
        return !wanted;
    }
    if (!take_section(admin, admin->config, node ? node : "default") && node &&
        strcmp(node, "default") != 0) {
        admin_misuse(admin, "Could not read section '%s' in config file '%s':\n   No section: '%s'",
                     node, path, node);
        return false;
    }
    return true;
}

bool admin_config_take(struct admin *admin)
{
    const char *said = options_value(&admin->options, "config"), *home = getenv("HOME");
    if (said || !home) {
        return !said || take_file(admin, said, true);
    }
    struct bytes path = {0};
    format_add(&path, "%s/.rabbitmqadmin.conf%c", home, '\0');
    bool taken = take_file(admin, (const char *)path.ptr, false);
    bytes_finish(&path);
    return taken;
}
