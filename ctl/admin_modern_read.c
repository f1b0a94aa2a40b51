#include "ctl/admin_modern_internal.h"

#include <stdio.h>
#include <string.h>

/* Options of the program. Those that end with `=` have a value; without a name they are passed
 * over. */
static const struct pair globals[] = {
    {"--config", "--config="},
    {"-c", "--config="},
    {"--node", "--node="},
    {"-N", "--node="},
    {"--host", "--host="},
    {"--hostname", "--host="},
    {"-H", "--host="},
    {"--port", "--port="},
    {"-P", "--port="},
    {"--base-uri", "--base-uri="},
    {"-U", "--base-uri="},
    {"--path-prefix", "--path-prefix="},
    {"--vhost", "--vhost="},
    {"-V", "--vhost="},
    {"--username", "--username="},
    {"-u", "--username="},
    {"--password", "--password="},
    {"-p", "--password="},
    {"--socket", "--socket="},
    {"--format", "--format="},
    {"-f", "--format="},
    {"--sort", "--sort="},
    {"-S", "--sort="},
    {"--depth", "--depth="},
    {"-d", "--depth="},
    {"--timeout", "--request-timeout="},
    {"--request-timeout", "--request-timeout="},
    {"-t", "--request-timeout="},
    {"--tls-ca-cert-file", "--ssl-ca-cert-file="},
    {"--tls-cert-file", "--ssl-cert-file="},
    {"--tls-key-file", "--ssl-key-file="},
    {"--ssl-ca-cert-file", "--ssl-ca-cert-file="},
    {"--ssl-cert-file", "--ssl-cert-file="},
    {"--ssl-key-file", "--ssl-key-file="},
    {"--use-tls", "--ssl"},
    {"--tls", "--ssl"},
    {"--ssl", "--ssl"},
    {"--insecure", "--ssl-insecure"},
    {"--ssl-insecure", "--ssl-insecure"},
    {"-k", "--ssl-insecure"},
    {"-s", "--ssl"},
    {"--quiet", "--quiet"},
    {"-q", "--quiet"},
    {"--help", "--help"},
    {"-h", "--help"},
    {"--version", "--version"},
    {"--sort-reverse", "--sort-reverse"},
    {"-R", "--sort-reverse"},
    {"--non-interactive", "--format=tsv"},
    {"--verbose", ""},
    {"--table-style", "="},
};

/* Letters of publish and get, which elsewhere mean other things. */
static const struct pair letters[] = {
    {"-k", "routing-key"}, {"-e", "exchange"}, {"-m", "payload"},  {"-p", "properties"},
    {"-q", "queue"},       {"-c", "count"},    {"-a", "ack-mode"}, {"-f", "payload-file"},
};

const char *modern_find(const struct pair *table, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].newer, name) == 0) {
            return table[i].older;
        }
    }
    return NULL;
}

bool modern_is(const char *text, const char *wanted)
{
    return text && strcmp(text, wanted) == 0;
}

bool modern_is_flag(const char *name)
{
    return strcmp(name, "idempotently") == 0 || strcmp(name, "stdout") == 0 ||
           strcmp(name, "stdin") == 0;
}

static bool begins(const char *word, const char *name)
{
    return strncmp(word, name, strlen(name)) == 0;
}

/* Behind a command that is about users --username is no login, nor --password behind one that
 * makes them. */
static bool is_own(const struct reading *reading, const char *word)
{
    const char *group = reading->group, *action = reading->action;
    if (!action) {
        return false;
    }
    bool limits = strstr(group, "limit") || strstr(action, "limit");
    bool permissions = strstr(group, "permission") || strstr(action, "permission");
    bool connections = modern_is(action, "user_connections") || modern_is(action, "close_of_user");
    bool makes =
        (modern_is(group, "users") && !modern_is(action, "list")) || modern_is(action, "user");
    return (begins(word, "--username") && (limits || permissions || connections)) ||
           (begins(word, "--password") && makes) ||
           (begins(word, "--port") && modern_is(action, "port_listener"));
}

static void keep_global(struct reading *reading, const char *older, const char *value)
{
    bool valued = older[0] && older[strlen(older) - 1] == '=';
    if (reading->global_count + 2 > MODERN_WORDS_MAX) {
        reading->too_much = true;
        return;
    }
    if (older[0] == '-') {
        reading->globals[reading->global_count++] = older;
        reading->globals[reading->global_count++] = valued ? value : "";
    }
    if (strcmp(older, "--vhost=") == 0) {
        reading->vhost = value;
    }
}

static void keep_option(struct reading *reading, const char *name, const char *value)
{
    if (reading->option_count == MODERN_WORDS_MAX) {
        reading->too_much = true;
        return;
    }
    reading->options[reading->option_count].name = name;
    reading->options[reading->option_count++].value = value;
}

/* "--name=value": the name as it is in tables, and the value or NULL. */
static const char *split(const char *word, char room[64], const char **value)
{
    size_t len = strcspn(word, "=");
    *value = word[len] ? word + len + 1 : NULL;
    snprintf(room, 64, "%.*s", (int)len, word);
    return room;
}

/* Takes an option, of which the word behind it may be the value. Returns how many words it took. */
static int read_option(struct reading *reading, char *const *words, int count)
{
    char room[64];
    const char *value;
    const char *name = split(words[0], room, &value);
    bool message = modern_is(reading->group, "publish") || modern_is(reading->group, "get");
    const char *letter = message ? FIND(letters, name) : NULL;
    const char *older = letter || is_own(reading, name) ? NULL : FIND(globals, name);
    if (older) {
        bool valued = older[0] && older[strlen(older) - 1] == '=';
        bool behind = valued && !value && count > 1;
        keep_global(reading, older, value ? value : behind ? words[1] : "");
        return behind ? 2 : 1;
    }
    const char *own = letter ? letter : words[0] + 2;
    bool behind = !modern_is_flag(own) && !value && count > 1;
    if (!letter && strncmp(words[0], "--", 2) != 0) {
        reading->older = true;
        return 1;
    }
    keep_option(reading, own, value ? value : behind ? words[1] : "");
    return behind ? 2 : 1;
}

void modern_read(struct reading *reading, int argc, char *const *argv)
{
    for (int i = 1; i < argc;) {
        if (argv[i][0] == '-' && argv[i][1]) {
            i += read_option(reading, argv + i, argc - i);
            continue;
        }
        if (!reading->group) {
            reading->group = argv[i];
        } else if (!reading->action) {
            reading->action = argv[i];
        } else {
            reading->older = true;
        }
        i++;
    }
}
