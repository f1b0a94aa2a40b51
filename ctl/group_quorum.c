#include "ctl/groups.h"

#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/listing.h"
#include "ctl/number.h"
#include "ctl/peeked.h"

/* Quorum queues, of which each has its one replica here. */

static const struct column status_columns[] = {
    {"Node Name", "Node Name", COLUMN_ATOM},
    {"Raft State", "Raft State", COLUMN_ATOM},
    {"Log Index", "Last Log Index", COLUMN_PLAIN},
    {"Commit Index", "Commit Index", COLUMN_PLAIN},
    {"Snapshot Index", "Snapshot Index", COLUMN_ATOM},
    {"Term", "Term", COLUMN_PLAIN},
    {"Machine Version", "Machine Version", COLUMN_PLAIN},
};

/* The names have blanks in them, so that all are chosen by their number. */
static int print_status(struct run *run, const json_t *rows)
{
    enum { COUNT = sizeof status_columns / sizeof *status_columns };
    struct sheet sheet = {
        .rows = rows, .count = COUNT, .headers = !options_has(&run->options, "silent")};
    for (size_t i = 0; i < COUNT; i++) {
        sheet.columns[i] = &status_columns[i];
    }
    formatter_print(run->formatter, &sheet, run->out);
    return EXIT_OK;
}

static struct question ask_status(const struct run *run)
{
    return (struct question){.method = "GET",
                             .path = http_path("queues", "quorum", run_vhost(run),
                                               run_argument(run, 0), "status", NULL)};
}

static int quorum_status(struct run *run)
{
    struct answer answer = {.status = 0};
    run_banner(run, "Status of quorum queue %s on node %s ...", run_argument(run, 0),
               run_node(run));
    int code = run_ask(run, ask_status(run), &answer);
    if (code == EXIT_OK && answer.status == 404) {
        code = run_fail(run, EXIT_UNAVAILABLE, "not_found");
    } else if (code == EXIT_OK && answer.status == 503) {
        code = run_fail(run, EXIT_UNAVAILABLE, "Cannot get quorum status of a classic queue");
    } else if (code == EXIT_OK) {
        code = print_status(run, answer.json);
    }
    answer_finish(&answer);
    return code;
}

/* In RabbitMQ's words: as JSON they are the message of an error. */
static int fail(struct run *run, const char *prefix, const char *why)
{
    if (run->formatter != FORMATTER_JSON) {
        return run_fail(run, EXIT_UNAVAILABLE, "%s", why);
    }
    return run_tell_failure(
        run, json_pack("{s:s++,s:s}", "message", prefix, why, "", "result", "error"));
}

static int fail_to_find(struct run *run)
{
    char why[400];
    snprintf(why, sizeof why, "Target queue was not found in virtual host '%.300s'",
             run_vhost(run));
    return fail(run, "", why);
}

static int reclaim_memory(struct run *run)
{
    struct answer answer = {.status = 0};
    run_banner(run, "Will flush Raft WAL of quorum queue %s ...", run_argument(run, 0));
    int code = run_ask(run, ask_status(run), &answer);
    if (code == EXIT_OK && answer.status == 404) {
        code = fail_to_find(run);
    } else if (code == EXIT_OK && answer.status == 503) {
        code = fail(run, "Failed to perform the operation: ",
                    "This operation is not applicable to classic queues");
    }
    answer_finish(&answer);
    return code;
}

static const struct column peek_columns[] = {
    {"keys", "keys", COLUMN_PLAIN},
    {"values", "values", COLUMN_PLAIN},
};

static int print_message(struct run *run, const json_t *message)
{
    json_t *rows = peeked_rows(message);
    int code = EXIT_OK;
    if (run->formatter == FORMATTER_JSON) {
        code =
            run_tell(run, json_pack("{s:o,s:s}", "message", peeked_object(rows), "result", "ok"));
    } else {
        struct sheet sheet = {.rows = rows,
                              .columns = {&peek_columns[0], &peek_columns[1]},
                              .count = 2,
                              .headers = !options_has(&run->options, "silent")};
        formatter_print(run->formatter, &sheet, run->out);
    }
    json_decref(rows);
    return code;
}

/* Of a queue that is there and of the kind that RabbitMQ looks into. */
static int show_message(struct run *run)
{
    struct answer answer = {.status = 0};
    char *path = http_path("leveret", "queues", run_vhost(run), run_argument(run, 0), "messages",
                           run_argument(run, 1), NULL);
    struct bytes target = {0};
    format_add(&target, "%s?truncate=64", path);
    free(path);
    struct question question = {.method = "GET", .path = format_copy(bytes_slice(&target))};
    bytes_finish(&target);
    int code = run_ask(run, question, &answer);
    if (code == EXIT_OK && answer.status == 200) {
        code = print_message(run, answer.json);
    } else if (code == EXIT_OK && answer.status == 404) {
        code = fail_to_find(run);
    } else if (code == EXIT_OK) {
        code = fail(run, "", answer_reason(&answer));
    }
    answer_finish(&answer);
    return code;
}

static int peek(struct run *run)
{
    struct whole position;
    struct answer answer = {.status = 0};
    if (!whole_of(run_argument(run, 1), &position) || position.number < 1) {
        return run_misuse(run, EXIT_USAGE, "\"position value must be a positive integer\"");
    }
    run_banner(run, "Peeking at quorum queue %s at position %s on node %s ...",
               run_argument(run, 0), run_argument(run, 1), run_node(run));
    int code = run_ask(run, ask_status(run), &answer);
    if (code == EXIT_OK && answer.status == 404) {
        code = fail_to_find(run);
    } else if (code == EXIT_OK && answer.status == 503) {
        code = fail(run, "Failed to perform the operation: ", "Cannot peek into a classic queue");
    } else if (code == EXIT_OK) {
        code = show_message(run);
    }
    answer_finish(&answer);
    return code;
}

static const struct command commands[] = {
    {.name = "peek",
     .usage = "[--vhost <vhost>] <queue> <position> [--timeout <timeout>]",
     .help = "Shows the message at this position of a quorum queue, and leaves it there",
     .least = 2,
     .most = 2,
     .run = peek,
     .pretty = true},
    {.name = "quorum_status",
     .usage = "[--vhost <vhost>] <queue>",
     .help = "Displays the status of a quorum queue, which has its leader here",
     .least = 1,
     .most = 1,
     .run = quorum_status,
     .pretty = true},
    {.name = "reclaim_quorum_memory",
     .usage = "[--vhost <vhost>] <quorum queue>",
     .help = "Does nothing: memory is given back by itself",
     .least = 1,
     .most = 1,
     .run = reclaim_memory},
};

const struct command_group group_quorum = COMMAND_GROUP("Quorum queues", commands);
