#include "bench/scenario.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/dial.h"
#include "bench/proc.h"
#include "bench/stats.h"

/* Starts a broker, knocks until it answers the AMQP header, waits until it is idle, looks at its
 * memory, and ends it. The broker runs in a process group of its own, because a shell script may
 * stand before it; only that group is ever signalled. */

enum {
    START_SECONDS_MAX = 60,
    STOP_SECONDS_MAX = 20,
    KNOCK_NS = 100000,
    SETTLE_DEFAULT = 1,
    EXEC_FAILED = 127,
};

static void become(char **command)
{
    setpgid(0, 0);
    int nowhere = open("/dev/null", O_RDWR);
    if (nowhere >= 0) {
        dup2(nowhere, STDIN_FILENO);
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
    }
    execvp(command[0], command);
    _exit(EXEC_FAILED);
}

/* A broker has accepted us when it answers the header: a listening socket alone is the kernel. */
static bool answers(const struct uri *uri)
{
    struct problem unheard = {.text = ""};
    int fd = dial(uri, &unheard);
    if (fd == -1) {
        return false;
    }
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    char first = '\0';
    bool good = send(fd, "AMQP\0\0\x09\x01", 8, MSG_NOSIGNAL) == 8 && poll(&ready, 1, 1000) == 1 &&
                recv(fd, &first, 1, 0) == 1 && first == 1;
    close(fd);
    return good;
}

static bool await_answer(pid_t child, const struct uri *uri, struct problem *problem)
{
    int64_t end_ns = clock_ns() + (int64_t)START_SECONDS_MAX * 1000000000;
    int status = 0;
    while (!answers(uri)) {
        if (waitpid(child, &status, WNOHANG) == child) {
            return problem_set(problem, "the command ended with status %d before it listened",
                               WIFEXITED(status) ? WEXITSTATUS(status) : -1);
        }
        if (clock_ns() > end_ns) {
            return problem_set(problem, "nothing answered on %s:%s within %d s", uri->host,
                               uri->port, START_SECONDS_MAX);
        }
        clock_sleep_ns(KNOCK_NS);
    }
    return true;
}

/* Returns how long the broker took to end, or -1 if it had to be killed. */
static int64_t end_group(pid_t child)
{
    int64_t start_ns = clock_ns();
    kill(-child, SIGTERM);
    while (waitpid(child, NULL, WNOHANG) == 0) {
        if (clock_ns() - start_ns > (int64_t)STOP_SECONDS_MAX * 1000000000) {
            kill(-child, SIGKILL);
            waitpid(child, NULL, 0);
            return -1;
        }
        clock_sleep_ns(1000000);
    }
    return clock_ns() - start_ns;
}

static void report_idle(pid_t child, const struct options *options, struct result *result)
{
    pid_t listener = proc_find_listener((uint16_t)strtoul(options->uri.port, NULL, 10));
    pid_t pid = listener > 0 ? listener : child;
    clock_sleep_ns(option_or(options->settle, SETTLE_DEFAULT) * 1000000000);
    result_set(result, "rss_after_mib", proc_rss_mib(pid));
    result_set(result, "rss_peak_mib", proc_peak_mib(pid));
}

void scenario_startup(const struct options *options, struct result *result)
{
    struct problem *problem = &result->problem;
    if (options->word_count < 2) {
        problem_set(problem, "startup needs a command: startup -- COMMAND ARGUMENTS");
        return;
    }
    if (answers(&options->uri)) {
        problem_set(problem, "something answers on port %s already", options->uri.port);
        return;
    }
    int64_t start_ns = clock_ns();
    pid_t child = fork();
    if (child == 0) {
        become(options->words + 1);
    }
    if (child == -1) {
        problem_set(problem, "cannot start a process: %s", strerror(errno));
        return;
    }
    setpgid(child, child); // both sides do it, so that it is done when either goes on
    if (await_answer(child, &options->uri, problem)) {
        double ms = (double)(clock_ns() - start_ns) / 1e6;
        result_set(result, "startup_ms", ms);
        report_idle(child, options, result);
        int64_t stop_ns = end_group(child);
        result_set(result, "stop_ms", (double)stop_ns / 1e6);
        result_note(result, "first connection after %.1f ms%s", ms,
                    stop_ns < 0 ? "; had to be killed" : "");
        return;
    }
    end_group(child);
}
