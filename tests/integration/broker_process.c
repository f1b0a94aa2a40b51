#include "tests/integration/broker_process.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 64, VARIABLES_MAX = 16 };

uint64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void sleep_ms(int ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    while (nanosleep(&left, &left) < 0 && errno == EINTR) {
    }
}

/* In the child. A sanitizer must not hold freed memory back, nor a parent that dies leave it. With
 * more variables it is quiet. */
static void become_broker(char **arguments, int log_fd, const char *const *more)
{
    char *environment[VARIABLES_MAX] = {
        "PATH=/usr/bin:/bin",
        "ASAN_OPTIONS=quarantine_size_mb=0:thread_local_quarantine_size_kb=0"};
    for (size_t i = 2; more && *more && i + 1 < VARIABLES_MAX; i++) {
        environment[i] = (char *)*more++;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(log_fd, STDERR_FILENO);
    if (more) {
        dup2(log_fd, STDOUT_FILENO);
    }
    execve(arguments[0], arguments, environment);
    _exit(127);
}

static char *binary(void)
{
    char *other = getenv("LEVERET_BINARY");
    return other ? other : LEVERET;
}

char *directory_make(void)
{
    char *path = strdup("/tmp/leveret-test.XXXXXX");
    CHECK(path && mkdtemp(path));
    return path;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

void directory_remove(const char *path)
{
    enum { DESCRIPTORS = 16 };
    nftw(path, remove_entry, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}

static void spawn(struct broker_process *broker, char **arguments, const char *const *environment)
{
    broker->log = calloc(1, 1);
    broker->log_fd = memfd_create("log", MFD_CLOEXEC);
    CHECK(broker->log && broker->log_fd >= 0);
    broker->pid = fork();
    CHECK(broker->pid >= 0);
    if (broker->pid == 0) {
        become_broker(arguments, broker->log_fd, environment);
    }
}

struct broker_process broker_launch_options(const char *const *options)
{
    char *arguments[ARGUMENTS_MAX] = {binary(), "--config", "/dev/null"};
    struct broker_process broker = {.pid = 0};
    for (size_t count = 3; *options; options++) {
        CHECK(count + 1 < ARGUMENTS_MAX);
        arguments[count++] = (char *)*options;
    }
    spawn(&broker, arguments, NULL);
    return broker;
}

static bool says_where(const char *setting)
{
    return strncmp(setting, "storage.directory=", 18) == 0 ||
           strcmp(setting, "storage.in_memory=true") == 0;
}

static struct broker_process launch(const char *config, const char *const *settings,
                                    const char *const *environment)
{
    char *arguments[ARGUMENTS_MAX] = {binary(), "--config", (char *)config};
    struct broker_process broker = {.pid = 0};
    size_t count = 3;
    bool listens = false, stores = false, manages = false, measures = false;
    for (; *settings; settings++) {
        CHECK(count + 12 < ARGUMENTS_MAX);
        listens |= strncmp(*settings, "listeners.tcp.", 14) == 0;
        stores |= says_where(*settings);
        manages |= strncmp(*settings, "management.tcp.", 15) == 0;
        measures |= strncmp(*settings, "prometheus.tcp.", 15) == 0;
        arguments[count++] = "--set";
        arguments[count++] = (char *)*settings;
    }
    if (!manages) {
        arguments[count++] = "--set";
        arguments[count++] = "management.tcp.port=none";
    }
    if (!measures) {
        arguments[count++] = "--set";
        arguments[count++] = "prometheus.tcp.port=none";
    }
    if (!listens) {
        arguments[count++] = "--set";
        arguments[count++] = "listeners.tcp.default=127.0.0.1:0";
    }
    if (!stores) {
        broker.directory = directory_make();
        arguments[count++] = "--data-dir";
        arguments[count++] = broker.directory;
    }
    arguments[count++] = "--set"; // its default place is one that brokers share
    arguments[count++] = "management.unix_socket=none";
    spawn(&broker, arguments, environment);
    return broker;
}

struct broker_process broker_launch(const char *config, const char *const *settings)
{
    return launch(config, settings, NULL);
}

struct broker_process broker_launch_in(const char *const *environment, const char *const *settings)
{
    struct broker_process broker = launch("/dev/null", settings, environment);
    broker.quiet = true;
    return broker;
}

/* Takes in what has been logged since. The log is a file and not a pipe, for the broker would wait
 * for a test that does not read. */
static void read_log(struct broker_process *broker)
{
    char part[4096];
    ssize_t len;
    while ((len = pread(broker->log_fd, part, sizeof part, (off_t)broker->log_len)) > 0) {
        if (!broker->quiet) {
            fwrite(part, 1, (size_t)len, stderr);
        }
        broker->log = realloc(broker->log, broker->log_len + (size_t)len + 1);
        CHECK(broker->log);
        memcpy(broker->log + broker->log_len, part, (size_t)len);
        broker->log_len += (size_t)len;
        broker->log[broker->log_len] = '\0';
    }
}

bool broker_has_ended(const struct broker_process *broker)
{
    siginfo_t info = {.si_pid = 0};
    return broker->pid == 0 ||
           (waitid(P_PID, (id_t)broker->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid != 0);
}

bool broker_logs(struct broker_process *broker, const char *text, int ms)
{
    uint64_t end = clock_ms() + (uint64_t)ms;
    for (;;) {
        bool last = broker_has_ended(broker) || clock_ms() >= end;
        read_log(broker);
        if (strstr(broker->log, text)) {
            return true;
        } else if (last) {
            return false;
        }
        sleep_ms(5);
    }
}

static int port_of(const struct broker_process *broker, const char *line)
{
    const char *at = strstr(broker->log, line);
    if (!at || strncmp(at + strlen(line), "unix:", 5) == 0) {
        return 0;
    }
    at += strcspn(at, "\n");
    while (at[-1] != ':') {
        at--;
    }
    return (int)strtol(at, NULL, 10);
}

struct broker_process broker_start(const char *const *settings)
{
    return broker_start_with("/dev/null", settings);
}

struct broker_process broker_start_with(const char *config, const char *const *settings)
{
    struct broker_process broker = broker_launch(config, settings);
    CHECK(broker_await(&broker));
    return broker;
}

bool broker_await(struct broker_process *broker)
{
    if (!broker_logs(broker, "Server startup complete", PATIENCE_MS)) {
        return false;
    }
    broker->port = port_of(broker, "started TCP listener on ");
    broker->tls_port = port_of(broker, "started TLS (SSL) listener on ");
    return true;
}

void broker_signal(const struct broker_process *broker, int number)
{
    CHECK(kill(broker->pid, number) == 0);
}

int broker_wait(struct broker_process *broker, int ms)
{
    uint64_t end = clock_ms() + (uint64_t)ms;
    int status = 0;
    while (waitpid(broker->pid, &status, WNOHANG) == 0) {
        if (clock_ms() >= end) {
            kill(broker->pid, SIGKILL);
            waitpid(broker->pid, &status, 0);
            broker->ended_by = SIGKILL;
            broker->pid = 0;
            return -1;
        }
        sleep_ms(5);
    }
    read_log(broker);
    broker->ended_by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    broker->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void broker_stop(struct broker_process *broker)
{
    if (broker->pid > 0) {
        broker_signal(broker, SIGTERM);
        CHECK(broker_wait(broker, PATIENCE_MS) == 0);
    }
    broker_forget(broker);
}

void broker_forget(struct broker_process *broker)
{
    close(broker->log_fd);
    free(broker->log);
    broker->log = NULL;
    if (broker->directory) {
        directory_remove(broker->directory);
        free(broker->directory);
        broker->directory = NULL;
    }
}

uint64_t broker_resident(const struct broker_process *broker)
{
    char path[64];
    unsigned long long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)broker->pid);
    FILE *file = fopen(path, "r");
    CHECK(file && fscanf(file, "%*u %llu", &pages) == 1);
    fclose(file);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}
