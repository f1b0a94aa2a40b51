#include "ctl/groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conf/format.h"
#include "ctl/run.h"

enum { PATH_ROOM = 4096, STREAM_PAUSE_MS = 100 };

/* What the system knows of the broker's process: /proc/PID/NAME. 0 and told if there is none. */
static long find_process(struct run *run)
{
    long process;
    struct answer answer = {.status = 0};
    struct question question = {.method = "GET", .path = http_path("whoami", NULL)};
    int code = run_ask(run, question, &answer); // tells if there is nobody
    answer_finish(&answer);
    if (code != EXIT_OK) {
        return 0;
    }
    if (!run_reach(run, &process) || process <= 0) {
        run_fail(run, EXIT_UNAVAILABLE, "the broker's process is in another container");
        return 0;
    }
    return process;
}

/* The file's octets, with a zero behind them; false and told if it cannot be read. */
static bool read_file(struct run *run, long process, const char *name, struct bytes *out)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", process, name);
    FILE *file = fopen(path, "re");
    if (!file) {
        run_fail(run, EXIT_UNAVAILABLE, "%s cannot be read: %s", path, strerror(errno));
        return false;
    }
    for (size_t len = 1; len > 0; out->len += len) {
        len = fread(bytes_reserve(out, PATH_ROOM), 1, PATH_ROOM, file);
    }
    fclose(file);
    bytes_add_u8(out, 0);
    return true;
}

/* Those that RabbitMQ or Leveret look at; a password is nobody's business. */
static bool is_ours(const char *variable)
{
    return (strncmp(variable, "RABBITMQ_", 9) == 0 || strncmp(variable, "LEVERET_", 8) == 0) &&
           strchr(variable, '=') && !strstr(variable, "PASS");
}

static int print_variables(struct run *run, const struct bytes *environment)
{
    json_t *variables = json_object();
    const char *end = (const char *)environment->ptr + environment->len;
    for (const char *at = (const char *)environment->ptr; at < end; at += strlen(at) + 1) {
        if (is_ours(at) && !run_wants_data(run)) {
            fprintf(run->out, "%s\n", at);
        } else if (is_ours(at)) {
            const char *value = strchr(at, '=');
            json_object_setn_new(variables, at, (size_t)(value - at), json_string(value + 1));
        }
    }
    if (run_wants_data(run)) {
        json_t *told = json_pack("{s:s,s:s,s:O}", "node", run_node(run), "result", "ok",
                                 "variables", variables);
        run_tell(run, told);
    }
    json_decref(variables);
    return EXIT_OK;
}

static int os_env(struct run *run)
{
    struct bytes environment = {0};
    run_banner(run, "Listing RabbitMQ-specific environment variables defined on node %s...",
               run_node(run));
    long process = find_process(run);
    int code = EXIT_UNAVAILABLE;
    if (process > 0 && read_file(run, process, "environ", &environment)) {
        code = print_variables(run, &environment);
    }
    bytes_finish(&environment);
    return code;
}

static int command_line_arguments(struct run *run)
{
    struct bytes words = {0};
    run_banner(run, "Command line arguments of node %s ...", run_node(run));
    long process = find_process(run);
    if (process == 0 || !read_file(run, process, "cmdline", &words)) {
        bytes_finish(&words);
        return EXIT_UNAVAILABLE;
    }
    const char *end = (const char *)words.ptr + words.len - 1;
    for (const char *at = (const char *)words.ptr; at < end; at += strlen(at) + 1) {
        fprintf(run->out, "%s\n", at);
    }
    bytes_finish(&words);
    return EXIT_OK;
}

/* Where the broker's log goes: what its standard error output is. A file has a path that begins
 * with a slash. False and told if nobody knows. */
static bool find_log(struct run *run, char path[PATH_ROOM])
{
    char link[64];
    long process = find_process(run);
    if (process == 0) {
        return false;
    }
    snprintf(link, sizeof link, "/proc/%ld/fd/2", process);
    ssize_t len = readlink(link, path, PATH_ROOM - 1);
    if (len < 0) {
        run_fail(run, EXIT_UNAVAILABLE, "%s cannot be read: %s", link, strerror(errno));
        return false;
    }
    path[len] = '\0';
    return true;
}

static bool is_file(const char *path)
{
    return path[0] == '/' && strncmp(path, "/dev/", 5) != 0;
}

static int log_location(struct run *run)
{
    char path[PATH_ROOM];
    run_banner(run, "Log file location(s) on node %s ...", run_node(run));
    if (!find_log(run, path)) {
        return EXIT_UNAVAILABLE;
    }
    const char *place = is_file(path) ? path : "<stderr>";
    if (run->formatter == FORMATTER_JSON) {
        return run_tell(run, json_pack("{s:s,s:[s],s:s}", "node_name", run_node(run), "paths",
                                       place, "result", "ok"));
    }
    return run_say(run, "%s", place);
}

/* Opens the log; NULL and told if it is no file. */
static FILE *open_log(struct run *run)
{
    char path[PATH_ROOM];
    if (!find_log(run, path)) {
        return NULL;
    }
    FILE *file = is_file(path) ? fopen(path, "re") : NULL;
    if (!file) {
        run_fail(run, EXIT_UNAVAILABLE,
                 "the log goes to the standard error output, which is no file here (%s): ask "
                 "whoever keeps it, such as journalctl or docker logs",
                 path);
    }
    return file;
}

/* Goes to where the last lines begin. */
static void seek_lines(FILE *file, long lines)
{
    fseek(file, 0, SEEK_END);
    long at = ftell(file);
    for (long seen = 0; at > 0; at--) {
        fseek(file, at - 1, SEEK_SET);
        if (fgetc(file) == '\n' && ++seen > lines) {
            break;
        }
    }
    fseek(file, at, SEEK_SET);
}

static void copy_rest(FILE *file, FILE *out)
{
    char text[PATH_ROOM];
    size_t len;
    clearerr(file);
    while ((len = fread(text, 1, sizeof text, file)) > 0) {
        fwrite(text, 1, len, out);
    }
    fflush(out);
}

static int log_tail(struct run *run)
{
    long lines = run_number(run, "number", 50);
    if (lines < 1) {
        return run_misuse(run, EXIT_USAGE, "the number of lines must be a positive integer");
    }
    run_banner(run, "Last %ld log lines on node %s ...", lines, run_node(run));
    FILE *file = open_log(run);
    if (!file) {
        return EXIT_UNAVAILABLE;
    }
    seek_lines(file, lines);
    copy_rest(file, run->out);
    fclose(file);
    return EXIT_OK;
}

/* What is added to the log from now on, for so many seconds; 0: until somebody stops it. */
static int log_tail_stream(struct run *run)
{
    struct timespec pause = {.tv_nsec = STREAM_PAUSE_MS * 1000000L};
    long seconds = run_number(run, "duration", 0);
    if (seconds < 0) {
        return run_misuse(run, EXIT_USAGE, "the duration must be a number of seconds");
    }
    run_banner(run, "Streaming logs from node %s ...", run_node(run));
    FILE *file = open_log(run);
    if (!file) {
        return EXIT_UNAVAILABLE;
    }
    fseek(file, 0, SEEK_END);
    for (long passed = 0; seconds == 0 || passed < seconds * 1000; passed += STREAM_PAUSE_MS) {
        copy_rest(file, run->out);
        nanosleep(&pause, NULL);
    }
    copy_rest(file, run->out);
    fclose(file);
    return EXIT_OK;
}

static const struct command commands[] = {
    {.name = "command_line_arguments",
     .usage = "",
     .help = "Displays the command line of the broker's process",
     .run = command_line_arguments},
    {.name = "log_location",
     .usage = "[--all]",
     .help = "Tells which file the log is; there is one at most",
     .options = "all/a",
     .run = log_location},
    {.name = "log_tail",
     .usage = "[--number <number>]",
     .help = "Prints the last lines of the log, if it is a file",
     .options = "number/N=",
     .run = log_tail},
    {.name = "log_tail_stream",
     .usage = "[--duration <seconds>]",
     .help = "Prints what comes to the log, if it is a file",
     .options = "duration/d=",
     .run = log_tail_stream,
     .endless = true},
    {.name = "os_env",
     .usage = "",
     .help = "Lists the RABBITMQ_ and LEVERET_ variables of the broker's process, but passwords",
     .run = os_env},
};

const struct command_group group_process = COMMAND_GROUP("Process and log", commands);
