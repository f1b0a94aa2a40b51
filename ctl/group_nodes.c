#include "ctl/groups.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#include "ctl/run.h"

enum { STARTUP_SECONDS = 300, STOP_SECONDS = 60, PAUSE_MS = 20 };

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_a_little(void)
{
    struct timespec time = {.tv_nsec = PAUSE_MS * 1000000L};
    nanosleep(&time, NULL);
}

static long long deadline_of(const struct run *run, long seconds)
{
    long said = run_number(run, "timeout", seconds);
    return now_ms() + 1000LL * (said < 0 ? seconds : said);
}

static int timed_out(struct run *run, long seconds)
{
    long said = run_number(run, "timeout", seconds);
    fflush(run->out);
    fprintf(run->err, "Error: operation %s on node %s timed out. Timeout value used: %ld\n",
            run->command->name, run_node(run), 1000 * (said < 0 ? seconds : said));
    return EXIT_TIMED_OUT;
}

/* A broker answers once it has started. Looks for it again and again, as it may not be there yet.
 */
static bool await_broker(struct run *run, long long deadline)
{
    long process;
    while (!run_reach(run, &process)) {
        if (now_ms() >= deadline) {
            return false;
        }
        pause_a_little();
    }
    return true;
}

static int await_startup(struct run *run)
{
    return await_broker(run, deadline_of(run, STARTUP_SECONDS)) ? EXIT_OK
                                                                : timed_out(run, STARTUP_SECONDS);
}

static int await_online_nodes(struct run *run)
{
    char *end;
    const char *text = run_argument(run, 0);
    long count = strtol(text, &end, 10);
    if (*end || count < 1) {
        return run_misuse(run, EXIT_DATA, "Bad argument: Argument must be a positive integer");
    }
    run_banner(run,
               "Will wait for at least %ld nodes to join the cluster of %s. Timeout: %ld "
               "seconds.",
               count, run_node(run), run_number(run, "timeout", STARTUP_SECONDS));
    if (count > 1) {
        return run_fail(run, EXIT_SOFTWARE,
                        "Error: timed out while waiting. Not enough nodes joined %s's cluster: "
                        "there is a single node, others cannot join it.",
                        run_node(run));
    }
    return await_startup(run);
}

/* The process whose number is in the file, once it is there; 0 if time is up. */
static long await_pid(const char *path, long long deadline)
{
    for (;;) {
        char text[32] = "";
        FILE *file = fopen(path, "re");
        if (file) {
            long pid = fgets(text, sizeof text, file) ? strtol(text, NULL, 10) : 0;
            fclose(file);
            if (pid > 0) {
                return pid;
            }
        }
        if (now_ms() >= deadline) {
            return 0;
        }
        pause_a_little();
    }
}

static bool process_lives(long pid)
{
    return kill((pid_t)pid, 0) == 0 || errno == EPERM;
}

/* Until the broker answers, or the process that it is to be is no more. */
static int await_process(struct run *run, long pid, long long deadline)
{
    long process;
    while (!run_reach(run, &process)) {
        if (!process_lives(pid)) {
            return run_fail(run, EXIT_UNAVAILABLE, "process_not_running");
        }
        if (now_ms() >= deadline) {
            return timed_out(run, STARTUP_SECONDS);
        }
        pause_a_little();
    }
    run_banner(run, "Applications 'rabbit_and_plugins' are running on node '%s'", run_node(run));
    return EXIT_OK;
}

static int wait_command(struct run *run)
{
    const char *file = run_argument(run, 0);
    long pid = run_number(run, "pid", 0);
    long long deadline = deadline_of(run, STARTUP_SECONDS);
    if ((file != NULL) == (pid > 0)) {
        return run_misuse(run, EXIT_USAGE,
                          file ? "\"Cannot specify both pid and pidfile\""
                               : "\"No pid or pidfile specified\"");
    }
    if (file) {
        run_banner(run, "Waiting for pid file '%s' to appear", file);
        pid = await_pid(file, deadline);
        if (pid == 0) {
            return timed_out(run, STARTUP_SECONDS);
        }
        run_banner(run, "pid is %ld", pid);
    }
    run_banner(run, "Waiting for the broker to answer while OS process '%ld' is running", pid);
    return await_process(run, pid, deadline);
}

/* Tells the process to stop and waits until it has: also one that its parent has not yet asked
 * about. A descriptor of the process cannot come to mean another one. */
static int stop_process(struct run *run, long pid)
{
    int process = pidfd_open((pid_t)pid, 0);
    struct pollfd end = {.fd = process, .events = POLLIN};
    if (process < 0 || pidfd_send_signal(process, SIGTERM, NULL, 0) < 0) {
        int code = run_fail(run, EXIT_UNAVAILABLE, "the broker's process %ld cannot be told: %s",
                            pid, strerror(errno));
        if (process >= 0) {
            close(process);
        }
        return code;
    }
    long long left = deadline_of(run, STOP_SECONDS) - now_ms();
    int ended = poll(&end, 1, (int)left);
    close(process);
    return ended == 1 ? EXIT_OK : timed_out(run, STOP_SECONDS);
}

/* A broker stops by itself when it gets SIGTERM, and says goodbye to its clients. */
static int stop(struct run *run)
{
    long pid = 0;
    struct answer answer = {.status = 0};
    run_banner(run, "Stopping and halting node %s ...", run_node(run));
    struct question question = {.method = "GET", .path = http_path("whoami", NULL)};
    int code = run_ask(run, question, &answer); // tells if there is nobody
    answer_finish(&answer);
    if (code != EXIT_OK) {
        return code;
    }
    if (!run_reach(run, &pid) || pid <= 0) {
        return run_fail(run, EXIT_UNAVAILABLE, "the broker's process is in another container");
    }
    return stop_process(run, pid);
}

static json_t *suspension(bool suspended, bool close_clients)
{
    return json_pack("{s:b,s:b}", "suspended", suspended, "close", close_clients);
}

static int change_listeners(struct run *run, json_t *body)
{
    return run_change(
        run, (struct question){.method = "PUT", .path = http_path("leveret", "listeners", NULL)},
        body);
}

static int suspend_listeners(struct run *run)
{
    run_banner(run, "Will suspend client connection listeners on node %s ...", run_node(run));
    return change_listeners(run, suspension(true, false));
}

static int resume_listeners(struct run *run)
{
    run_banner(run, "Will resume client connection listeners on node %s ...", run_node(run));
    return change_listeners(run, suspension(false, false));
}

/* What a stopped application is to clients: nobody gets in, and who was there is gone. */
static int stop_app(struct run *run)
{
    run_banner(run, "Stopping rabbit application on node %s ...", run_node(run));
    return change_listeners(run, suspension(true, true));
}

static int start_app(struct run *run)
{
    run_banner(run, "Starting node %s ...", run_node(run));
    return change_listeners(run, suspension(false, false));
}

static int reset(struct run *run)
{
    struct answer answer = {.status = 0};
    struct question question = {.method = "POST", .path = http_path("leveret", "reset", NULL)};
    int code = run_ask(run, question, &answer);
    if (code == EXIT_OK && answer.status == 400) {
        fputs("Error: this command requires the 'rabbit' app to be stopped on the target node. "
              "Stop it with 'rabbitmqctl stop_app'.\n",
              run->err);
        run_usage(run);
        code = EXIT_USAGE;
    } else if (code == EXIT_OK && answer.status >= 400) {
        code = run_fail(run, EXIT_UNAVAILABLE, "%s", answer_reason(&answer));
    } else if (code == EXIT_OK) {
        run_banner(run, "Resetting node %s ...", run_node(run));
    }
    answer_finish(&answer);
    return code;
}

static const struct command commands[] = {
    {.name = "await_online_nodes",
     .usage = "<count> [--timeout <timeout>]",
     .help = "Waits until the broker has started; there is a single node",
     .least = 1,
     .most = 1,
     .patient = true,
     .run = await_online_nodes},
    {.name = "await_startup",
     .usage = "[--timeout <timeout>]",
     .help = "Waits until the broker has started",
     .patient = true,
     .run = await_startup},
    {.name = "force_reset", .usage = "", .help = "As reset", .run = reset},
    {.name = "reset",
     .usage = "",
     .help = "Deletes everything, and makes the default user and virtual host again; after "
             "stop_app only",
     .run = reset},
    {.name = "resume_listeners",
     .usage = "",
     .help = "Lets clients connect again",
     .run = resume_listeners},
    {.name = "shutdown",
     .usage = "[--wait]",
     .help = "Stops the broker, and waits until its process has ended",
     .options = "wait no-wait",
     .patient = true,
     .run = stop},
    {.name = "start_app", .usage = "", .help = "Lets clients connect again", .run = start_app},
    {.name = "stop",
     .usage = "[<pidfile>]",
     .help = "Stops the broker, and waits until its process has ended",
     .options = "idempotent",
     .most = 1,
     .patient = true,
     .run = stop},
    {.name = "stop_app",
     .usage = "",
     .help = "Closes all connections and lets no client connect; the process goes on",
     .run = stop_app},
    {.name = "suspend_listeners",
     .usage = "",
     .help = "Lets no more clients connect",
     .run = suspend_listeners},
    {.name = "wait",
     .usage = "[<pidfile>] [--pid|-P <pid>] [--timeout <timeout>]",
     .help = "Waits until the broker has started that a PID file tells of",
     .options = "pid/P=",
     .most = 1,
     .patient = true,
     .run = wait_command},
};

const struct command_group group_nodes = COMMAND_GROUP("Nodes", commands);
