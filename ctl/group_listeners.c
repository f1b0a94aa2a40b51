#include "ctl/groups.h"

#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/listeners.h"
#include "ctl/listing.h"

static struct question get(char *path)
{
    return (struct question){.method = "GET", .path = path};
}

/* That there is one. */
static int tell_listener(struct run *run, const char *what, const char *which)
{
    if (run->formatter == FORMATTER_JSON) {
        return run_tell(
            run, json_pack("{s:s,s:s,s:s}", "node", run_node(run), what, which, "result", "ok"));
    }
    return run_say(run, "A listener for %s %s is running on node %s.", what, which, run_node(run));
}

/* As JSON: which there are instead. */
static int tell_missing(struct run *run, const char *kinds, const char *which, json_t *found)
{
    struct answer overview = {.status = 0};
    int code = run_demand(run, get(http_path("overview", NULL)), &overview);
    if (code == EXIT_OK) {
        code = run_tell_failure(run, json_pack("{s:o,s:s,s:O?,s:s}", "listeners",
                                               listeners_json(overview.json), "missing", which,
                                               kinds, found, "result", "error"));
    }
    answer_finish(&overview);
    return code;
}

/* That there is none. RabbitMQ has no "Error:" in front of ports. */
static int miss(struct run *run, const char *what, const char *which, const struct answer *answer)
{
    bool port = strcmp(what, "port") == 0;
    const char *kinds = port ? "ports" : "protocols";
    json_t *found = json_object_get(answer->json, kinds);
    struct bytes list = {0};
    if (run->formatter == FORMATTER_JSON) {
        return tell_missing(run, kinds, which, found);
    }
    formatter_add_value(&list, found);
    fprintf(run->err,
            port ? "No listener for port %s is active on node %s. Found listeners that use the "
                   "following ports: %.*s\n"
                 : "Error:\nNo listener for protocol %s is active on node %s. Found listeners for "
                   "the following protocols: %.*s\n",
            which, run_node(run), list.len > 2 ? (int)list.len - 2 : 0,
            list.len > 2 ? (const char *)list.ptr + 1 : "");
    bytes_finish(&list);
    return EXIT_UNAVAILABLE;
}

static int check_port_listener(struct run *run)
{
    char *end;
    struct answer answer = {.status = 0};
    const char *port = run_argument(run, 0);
    long number = strtol(port, &end, 10);
    if (*end || number <= 0 || number > 65535) {
        return run_misuse(run, EXIT_DATA, "Bad argument: Argument must be a positive integer");
    }
    run_banner(run, "Asking node %s if there's an active listener on port %ld ...", run_node(run),
               number);
    int code =
        run_ask(run, get(http_path("health", "checks", "port-listener", port, NULL)), &answer);
    if (code == EXIT_OK && answer.status == 200) {
        code = tell_listener(run, "port", port);
    } else if (code == EXIT_OK) {
        code = miss(run, "port", port, &answer);
    }
    answer_finish(&answer);
    return code;
}

static int check_protocol_listener(struct run *run)
{
    struct answer answer = {.status = 0};
    const char *protocol = run_argument(run, 0);
    run_banner(run, "Asking node %s if there's an active listener for protocol %s ...",
               run_node(run), protocol);
    int code = run_ask(run, get(http_path("health", "checks", "protocol-listener", protocol, NULL)),
                       &answer);
    if (code == EXIT_OK && answer.status == 200) {
        code = tell_listener(run, "protocol", protocol);
    } else if (code == EXIT_OK) {
        code = miss(run, "protocol", protocol, &answer);
    }
    answer_finish(&answer);
    return code;
}

/* All addresses are reached by that of this machine. */
static bool connects(const struct run *run, const json_t *listener)
{
    char port[16];
    long process;
    const char *address = member_text(listener, "ip_address");
    snprintf(port, sizeof port, "%lld",
             (long long)json_integer_value(json_object_get(listener, "port")));
    struct http_server server = {.host = strcmp(address, "::") == 0 || !*address ? "localhost"
                                         : strcmp(address, "0.0.0.0") == 0       ? "127.0.0.1"
                                                                                 : address,
                                 .port = port,
                                 .timeout_s = run->server.timeout_s};
    return strcmp(port, "0") == 0 || http_knock(&server, &process) == 0; // 0: a unix socket
}

static int check_port_connectivity(struct run *run)
{
    size_t index;
    json_t *listener;
    struct bytes ports = {0}, failed = {0};
    struct answer answer = {.status = 0};
    run_banner(run, "Testing TCP connections to all active listeners on node %s ...",
               run_node(run));
    int code = run_demand(run, get(http_path("overview", NULL)), &answer);
    json_array_foreach(json_object_get(answer.json, "listeners"), index, listener)
    {
        if (code == EXIT_OK && !connects(run, listener)) {
            format_add(&failed, "%s%lld", failed.len > 0 ? ", " : "",
                       (long long)json_integer_value(json_object_get(listener, "port")));
        }
    }
    listeners_add_ports(&ports, answer.json);
    if (code == EXIT_OK && failed.len > 0) {
        code = run_fail(run, EXIT_UNAVAILABLE,
                        "Connection to ports of the following listeners on "
                        "node %s failed: %.*s",
                        run_node(run), (int)failed.len, (const char *)failed.ptr);
    } else if (code == EXIT_OK && run->formatter == FORMATTER_JSON) {
        code = run_tell(run, json_pack("{s:o,s:s,s:s}", "listeners", listeners_json(answer.json),
                                       "node", run_node(run), "result", "ok"));
    } else if (code == EXIT_OK) {
        code = run_say(run, "Successfully connected to ports %.*s on node %s.", (int)ports.len,
                       (const char *)ports.ptr, run_node(run));
    }
    bytes_finish(&ports);
    bytes_finish(&failed);
    answer_finish(&answer);
    return code;
}

static const struct column listener_columns[] = {
    {"node", "node", COLUMN_ATOM},
    {"protocol", "protocol", COLUMN_ATOM},
    {"interface", "interface", COLUMN_PLAIN},
    {"port", "port", COLUMN_PLAIN},
    {"purpose", "purpose", COLUMN_PLAIN},
};

static const struct listing listening = {
    .shown = "node protocol interface port purpose",
    .columns = listener_columns,
    .count = sizeof listener_columns / sizeof *listener_columns,
};

static int listeners(struct run *run)
{
    struct answer answer = {.status = 0};
    run_banner(run, "Asking node %s to report its protocol listeners ...", run_node(run));
    int code = run_demand(
        run, (struct question){.method = "GET", .path = http_path("overview", NULL)}, &answer);
    if (code == EXIT_OK && run->formatter == FORMATTER_JSON) {
        json_t *told = json_pack("{s:o,s:s,s:s}", "listeners", listeners_json(answer.json), "node",
                                 run_node(run), "result", "ok");
        run_tell(run, told);
    } else if (code == EXIT_OK && run->formatter == FORMATTER_TABLE) {
        listeners_print(run, answer.json, "");
    } else if (code == EXIT_OK) {
        json_t *rows = listeners_json(answer.json);
        code = listing_print(run, &listening, rows);
        json_decref(rows);
    }
    answer_finish(&answer);
    return code;
}

static const struct command commands[] = {
    {.name = "check_port_connectivity",
     .usage = "[--address <address>]",
     .help = "Connects to every listener of the node",
     .options = "address=",
     .run = check_port_connectivity},
    {.name = "check_port_listener",
     .usage = "<port> [--timeout <timeout>]",
     .help = "Exits with a non-zero code if there is no listener on the port",
     .least = 1,
     .most = 1,
     .run = check_port_listener},
    {.name = "check_protocol_listener",
     .usage = "<protocol>",
     .help = "Exits with a non-zero code if there is no listener for the protocol",
     .least = 1,
     .most = 1,
     .run = check_protocol_listener},
    {.name = "listeners", .usage = "", .help = "Lists the listeners of the node", .run = listeners},
};

const struct command_group group_listeners = COMMAND_GROUP("Listeners", commands);
