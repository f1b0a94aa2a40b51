#include "ctl/groups.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/run.h"

static int close_named(struct run *run, const char *name, const char *reason)
{
    return run_change(run,
                      (struct question){.method = "DELETE",
                                        .path = http_path("connections", name, NULL),
                                        .reason = reason},
                      NULL);
}

/* The same but for blanks: list_connections shows as pid a name without them. */
static bool same_name(const char *a, const char *b)
{
    for (;;) {
        a += strspn(a, " ");
        b += strspn(b, " ");
        if (*a != *b || !*a) {
            return *a == *b;
        }
        a++;
        b++;
    }
}

/* What is listed at the path, an array; NULL and the code in *code, told. Takes the path. */
static json_t *get_list(struct run *run, char *path, int *code)
{
    struct answer answer = {.status = 0};
    *code = run_ask(run, (struct question){.method = "GET", .path = path}, &answer);
    json_t *list = json_is_array(answer.json) ? json_incref(answer.json) : NULL;
    if (*code == EXIT_OK && !list) {
        *code = answer.status == 404
                    ? EXIT_OK
                    : run_fail(run, EXIT_UNAVAILABLE, "%s", answer_reason(&answer));
    }
    answer_finish(&answer);
    return list;
}

static int close_connection(struct run *run)
{
    const char *wanted = run_argument(run, 0), *reason = run_argument(run, 1);
    size_t index;
    json_t *connection;
    int code;
    const char *name = NULL;
    run_banner(run, "Closing connection %s, reason: %s...", wanted, reason);
    json_t *list = get_list(run, http_path("connections", NULL), &code);
    json_array_foreach(list, index, connection)
    {
        if (same_name(member_text(connection, "name"), wanted)) {
            name = member_text(connection, "name");
        }
    }
    if (code == EXIT_OK) {
        code =
            name ? close_named(run, name, reason)
                 : run_fail(run, EXIT_UNAVAILABLE, "Error:\nthere is no connection \"%s\"", wanted);
    }
    json_decref(list);
    return code;
}

/* Closes those of a list, `limit` at most (0: all). */
static int close_all(struct run *run, const json_t *list, long limit)
{
    size_t index;
    json_t *connection;
    long closed = 0;
    long delay = run_number(run, "per-connection-delay", 0);
    const char *reason = run_argument(run, run->options.argument_count - 1);
    int code = delay < 0 ? run_misuse(run, EXIT_DATA, "the delay must be a number") : EXIT_OK;
    json_array_foreach(list, index, connection)
    {
        if (code == EXIT_OK && (limit == 0 || closed < limit)) {
            code = close_named(run, member_text(connection, "name"), reason);
            closed++;
        }
    }
    bool told = strcmp(run->command->name, "close_all_user_connections") != 0;
    return code == EXIT_OK && told ? run_done(run, "Closed %ld connections", closed) : code;
}

static int close_all_connections(struct run *run)
{
    bool global = options_has(&run->options, "global");
    long limit = run_number(run, "limit", 0);
    int code;
    if (limit < 0) {
        return run_misuse(run, EXIT_DATA, "the limit must be a number");
    }
    char count[24] = "all";
    if (limit > 0) {
        snprintf(count, sizeof count, "%ld", limit);
    }
    if (global) {
        run_banner(run, "Closing %s connections to node %s (across all vhosts), reason: %s...",
                   count, run_node(run), run_argument(run, 0));
    } else {
        run_banner(run, "Closing %s connections in vhost %s, reason: %s...", count, run_vhost(run),
                   run_argument(run, 0));
    }
    char *path = global ? http_path("connections", NULL)
                        : http_path("vhosts", run_vhost(run), "connections", NULL);
    json_t *list = get_list(run, path, &code);
    if (code == EXIT_OK) {
        code = close_all(run, list, limit);
    }
    json_decref(list);
    return code;
}

static int close_all_user_connections(struct run *run)
{
    const char *user = run_argument(run, 0);
    int code;
    run_banner(run, "Closing connections of user %s, reason: %s...", user, run_argument(run, 1));
    json_t *list = get_list(run, http_path("connections", "username", user, NULL), &code);
    if (code == EXIT_OK) {
        code = close_all(run, list, 0);
    }
    json_decref(list);
    return code;
}

static const struct command commands[] = {
    {.name = "close_all_connections",
     .usage = "[--vhost <vhost> --limit <limit>] [-n <node> --global] <explanation>",
     .help = "Closes all connections of the vhost, or of the node",
     .options = "global limit= per-connection-delay=",
     .least = 1,
     .most = 1,
     .run = close_all_connections},
    {.name = "close_all_user_connections",
     .usage = "<username> <explanation>",
     .help = "Closes all connections of the specified user",
     .least = 2,
     .most = 2,
     .run = close_all_user_connections},
    {.name = "close_connection",
     .usage = "<connection> <explanation>",
     .help = "Closes a connection: its name, or pid, of list_connections",
     .least = 2,
     .most = 2,
     .run = close_connection},
};

const struct command_group group_connections = COMMAND_GROUP("Connections", commands);
