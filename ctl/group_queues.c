#include "ctl/groups.h"

#include <stdlib.h>

#include "conf/format.h"
#include "ctl/run.h"

static char *queue_path(const struct run *run, const char *what)
{
    return http_path("queues", run_vhost(run), run_argument(run, 0), what, NULL);
}

static int purge_queue(struct run *run)
{
    run_banner(run, "Purging queue '%s' in vhost '%s' ...", run_argument(run, 0), run_vhost(run));
    int exists = run_exists(run, queue_path(run, NULL));
    if (exists <= 0) {
        return exists < 0 ? -exists : run_fail(run, EXIT_UNAVAILABLE, "not_found");
    }
    return run_change(
        run, (struct question){.method = "DELETE", .path = queue_path(run, "contents")}, NULL);
}

/* The messages in it, or minus the code; told if there is no such queue. */
static long long count_messages(struct run *run)
{
    struct answer answer = {.status = 0};
    struct question question = {.method = "GET", .path = queue_path(run, NULL)};
    int code = run_ask(run, question, &answer);
    if (code == EXIT_OK && answer.status >= 400) {
        code = run_fail(run, EXIT_USAGE, "Queue not found");
    }
    long long count = json_integer_value(json_object_get(answer.json, "messages_ready"));
    answer_finish(&answer);
    return code == EXIT_OK ? count : -code;
}

static int delete_queue(struct run *run)
{
    bool empty = options_has(&run->options, "if-empty");
    bool unused = options_has(&run->options, "if-unused");
    const char *name = run_argument(run, 0);
    run_banner(run, "Deleting queue '%s' on vhost '%s'%s%s%s ...", name, run_vhost(run),
               empty || unused ? " if queue is " : "",
               empty && unused ? "empty and if queue is unused" : "",
               empty == unused ? ""
               : empty         ? "empty"
                               : "unused");
    long long count = count_messages(run);
    if (count < 0) {
        return (int)-count;
    }
    char *path = queue_path(run, NULL);
    struct bytes target = {0};
    format_add(&target, "%s?%s%s", path, empty ? "if-empty=true&" : "",
               unused ? "if-unused=true" : "");
    free(path);
    struct question question = {.method = "DELETE", .path = format_copy(bytes_slice(&target))};
    int code = run_change(run, question, NULL);
    bytes_finish(&target);
    return code == EXIT_OK
               ? run_say(run, "Queue was successfully deleted with %lld ready messages", count)
               : code;
}

/* Copies of a queue elsewhere, which there are none of, are always as they should be. */
static int sync_queue(struct run *run)
{
    bool cancel = run->command->name[0] == 'c';
    run_banner(run, "%s queue '%s' in vhost '%s' ...",
               cancel ? "Stopping synchronising" : "Synchronising", run_argument(run, 0),
               run_vhost(run));
    int exists = run_exists(run, queue_path(run, NULL));
    if (exists <= 0) {
        return exists < 0 ? -exists : run_fail(run, EXIT_UNAVAILABLE, "not_found");
    }
    return EXIT_OK;
}

/* There is one node, on which all queues are. */
static int rebalance(struct run *run)
{
    const char *type = run_argument(run, 0);
    if (type && strcmp(type, "all") != 0 && strcmp(type, "classic") != 0 &&
        strcmp(type, "quorum") != 0) {
        return run_fail(run, EXIT_UNAVAILABLE,
                        "type %s is not supported. Try one of all, classic, quorum.", type);
    }
    run_banner(run, "Nothing to rebalance: there is a single node");
    return run_change(
        run, (struct question){.method = "POST", .path = http_path("rebalance", "queues", NULL)},
        NULL);
}

static const struct command commands[] = {
    {.name = "cancel_sync_queue",
     .usage = "[--vhost <vhost>] <queue>",
     .help = "Does nothing: there are no mirrors",
     .least = 1,
     .most = 1,
     .run = sync_queue},
    {.name = "delete_queue",
     .usage = "[--vhost <vhost>] <queue_name> [--if-empty] [--if-unused]",
     .help = "Deletes a queue",
     .options = "if-empty/e if-unused/u",
     .least = 1,
     .most = 1,
     .run = delete_queue},
    {.name = "purge_queue",
     .usage = "[--vhost <vhost>] <queue>",
     .help = "Purges a queue (removes all messages in it)",
     .least = 1,
     .most = 1,
     .run = purge_queue},
    {.name = "rebalance",
     .usage = "<type> [--vhost-pattern <pattern>] [--queue-pattern <pattern>]",
     .help = "Does nothing: there is a single node",
     .options = "vhost-pattern= queue-pattern=",
     .most = 1,
     .run = rebalance},
    {.name = "sync_queue",
     .usage = "[--vhost <vhost>] <queue>",
     .help = "Does nothing: there are no mirrors",
     .least = 1,
     .most = 1,
     .run = sync_queue},
};

const struct command_group group_queues = COMMAND_GROUP("Queues", commands);
