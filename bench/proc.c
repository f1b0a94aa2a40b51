#include "bench/proc.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { INODES_MAX = 16, STATE_LISTEN = 0x0A };

struct inodes {
    unsigned long at[INODES_MAX];
    size_t count;
};

static void collect_listeners(struct inodes *inodes, const char *path, unsigned port)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        return;
    }
    char line[512];
    while (fgets(line, sizeof line, file) && inodes->count < INODES_MAX) {
        unsigned local = 0;
        unsigned state = 0;
        unsigned long inode = 0;
        int fields =
            sscanf(line, " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*s %*s %lu",
                   &local, &state, &inode);
        if (fields == 3 && local == port && state == STATE_LISTEN) {
            inodes->at[inodes->count++] = inode;
        }
    }
    fclose(file);
}

static bool is_one_of(const struct inodes *inodes, const char *link)
{
    unsigned long inode = 0;
    if (sscanf(link, "socket:[%lu]", &inode) != 1) {
        return false;
    }
    for (size_t i = 0; i < inodes->count; i++) {
        if (inodes->at[i] == inode) {
            return true;
        }
    }
    return false;
}

static bool process_holds(long pid, const struct inodes *inodes)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/fd", pid);
    DIR *dir = opendir(path);
    if (!dir) {
        return false;
    }
    bool holds = false;
    for (struct dirent *entry = readdir(dir); entry && !holds; entry = readdir(dir)) {
        char link[128];
        ssize_t len = readlinkat(dirfd(dir), entry->d_name, link, sizeof link - 1);
        if (len > 0) {
            link[len] = '\0';
            holds = is_one_of(inodes, link);
        }
    }
    closedir(dir);
    return holds;
}

pid_t proc_find_listener(uint16_t port)
{
    struct inodes inodes = {.count = 0};
    collect_listeners(&inodes, "/proc/net/tcp", port);
    collect_listeners(&inodes, "/proc/net/tcp6", port);
    DIR *dir = inodes.count > 0 ? opendir("/proc") : NULL;
    if (!dir) {
        return 0;
    }
    long found = 0;
    for (struct dirent *entry = readdir(dir); entry && found == 0; entry = readdir(dir)) {
        long pid = isdigit((unsigned char)entry->d_name[0]) ? strtol(entry->d_name, NULL, 10) : 0;
        if (pid > 0 && process_holds(pid, &inodes)) {
            found = pid;
        }
    }
    closedir(dir);
    return (pid_t)found;
}

/* Reads a whole small /proc file; text is empty if there is none. */
static void read_small(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 ? read(fd, text, size - 1) : 0;
    text[len > 0 ? len : 0] = '\0';
    if (fd >= 0) {
        close(fd);
    }
}

static int64_t stat_cpu_ns(pid_t pid)
{
    char path[64];
    char text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    read_small(path, text, sizeof text);
    const char *after_name = strrchr(text, ')'); // the name may hold spaces and parentheses
    unsigned long long user = 0;
    unsigned long long system = 0;
    if (!after_name ||
        sscanf(after_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
               &system) != 2) {
        return 0;
    }
    return (int64_t)(user + system) * (1000000000 / sysconf(_SC_CLK_TCK));
}

static int64_t threads_cpu_ns(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *dir = opendir(path);
    if (!dir) {
        return 0;
    }
    int64_t sum = 0;
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (isdigit((unsigned char)entry->d_name[0])) {
            char file[384];
            char text[128];
            snprintf(file, sizeof file, "%s/%s/schedstat", path, entry->d_name);
            read_small(file, text, sizeof text);
            sum += strtoll(text, NULL, 10);
        }
    }
    closedir(dir);
    return sum;
}

int64_t proc_cpu_ns(pid_t pid)
{
    if (pid == 0) {
        return 0;
    }
    int64_t living = threads_cpu_ns(pid);
    int64_t all = stat_cpu_ns(pid);
    return living > all ? living : all;
}

static double status_mib(pid_t pid, const char *field)
{
    char path[64];
    char text[4096];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    read_small(path, text, sizeof text);
    const char *at = pid > 0 ? strstr(text, field) : NULL;
    return at ? strtod(at + strlen(field), NULL) / 1024.0 : 0;
}

double proc_rss_mib(pid_t pid)
{
    return status_mib(pid, "\nVmRSS:");
}

double proc_peak_mib(pid_t pid)
{
    return status_mib(pid, "\nVmHWM:");
}

void proc_reset_peak(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/clear_refs", (int)pid);
    int fd = pid > 0 ? open(path, O_WRONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        ssize_t written = write(fd, "5", 1);
        (void)written; // without the right to reset, the peak is since the process's start
        close(fd);
    }
}

int64_t proc_own_cpu_ns(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    int64_t seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
    int64_t micros = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    return seconds * 1000000000 + micros * 1000;
}
