#include "server/machine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

/* Reads a small file whole; false if there is none. */
static bool read_file(const char *path, char *out, size_t room)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    ssize_t len = read(fd, out, room - 1);
    close(fd);
    out[len > 0 ? len : 0] = '\0';
    return len > 0;
}

/* A file that says "max", or a number near the largest one, sets no limit. */
static uint64_t read_limit(const char *directory, const char *name)
{
    char path[PATH_ROOM], text[64], *end;
    int len = snprintf(path, sizeof path, "%s/%s", directory, name);
    if (len < 0 || (size_t)len >= sizeof path || !read_file(path, text, sizeof text)) {
        return UINT64_MAX;
    }
    uint64_t limit = strtoull(text, &end, 10);
    return end == text || limit >= INT64_MAX / 2 ? UINT64_MAX : limit;
}

/* A limit holds for the groups below it, so that of each directory from the group's up to the root
 * counts. Inside a container the group's path is often one of outside: what is not there sets no
 * limit, and the root of what is visible is the container's own group. */
static uint64_t limit_of_path(const char *root, const char *group, const char *name)
{
    char path[PATH_ROOM];
    uint64_t least = UINT64_MAX;
    size_t root_len = strlen(root);
    int len = snprintf(path, sizeof path, "%s%s", root, group);
    if (len < 0 || (size_t)len >= sizeof path) {
        return least;
    }
    for (;;) {
        uint64_t limit = read_limit(path, name);
        least = limit < least ? limit : least;
        char *slash = strrchr(path, '/');
        if (!slash || slash < path + root_len) {
            return least;
        }
        *slash = '\0';
    }
}

/* A line is "0::/group" of version 2, or "4:memory,cpu:/group" of version 1. */
static uint64_t limit_of_line(const char *root, const char *line)
{
    char group[PATH_ROOM], memory_root[PATH_ROOM];
    const char *controllers = strchr(line, ':');
    const char *path = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!path) {
        return UINT64_MAX;
    }
    snprintf(group, sizeof group, "%.*s", (int)strcspn(path + 1, "\n"), path + 1);
    if (path == controllers + 1) {
        return limit_of_path(root, group, "memory.max");
    }
    const char *memory = strstr(controllers, "memory");
    if (!memory || memory > path) {
        return UINT64_MAX;
    }
    snprintf(memory_root, sizeof memory_root, "%s/memory", root);
    return limit_of_path(memory_root, group, "memory.limit_in_bytes");
}

uint64_t machine_group_limit(const char *root, const char *groups)
{
    uint64_t least = UINT64_MAX;
    for (const char *line = groups; line && *line;) {
        uint64_t limit = limit_of_line(root, line);
        least = limit < least ? limit : least;
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return least;
}

uint64_t machine_memory(void)
{
    char groups[PATH_ROOM] = "";
    uint64_t total = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    read_file("/proc/self/cgroup", groups, sizeof groups);
    uint64_t limit = machine_group_limit("/sys/fs/cgroup", groups);
    return limit < total ? limit : total;
}

uint64_t machine_memory_used(void)
{
    char text[128];
    unsigned long long resident = 0;
    if (!read_file("/proc/self/statm", text, sizeof text) ||
        sscanf(text, "%*u %llu", &resident) != 1) {
        return 0;
    }
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t machine_descriptor_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? UINT64_MAX : limit.rlim_cur;
}

uint64_t machine_process_limit(void)
{
    static const uint64_t unlimited = 1048576; // Erlang processes of a node of RabbitMQ
    struct rlimit limit;
    bool limited = getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
    return limited ? limit.rlim_cur : unlimited;
}

/* One by one, which a kernel before 6.2 does not spare us. */
static uint64_t count_descriptors(void)
{
    uint64_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder) {
        return 0;
    }
    while (readdir(folder)) {
        count++;
    }
    closedir(folder);
    return count > 3 ? count - 3 : 0; // without `.`, `..` and the folder itself
}

uint64_t machine_descriptors_used(void)
{
    struct stat folder;
    bool told = stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0;
    return told ? (uint64_t)folder.st_size : count_descriptors();
}

uint64_t machine_context_switches(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)(usage.ru_nvcsw + usage.ru_nivcsw) : 0;
}

uint64_t machine_free_space(const char *dir)
{
    struct statvfs disk;
    return statvfs(dir, &disk) == 0 ? (uint64_t)disk.f_bavail * disk.f_frsize : 0;
}

uint64_t machine_raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) {
        return 0;
    }
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) {
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur;
}
