#include "admin/local_socket.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"
#include "conf/format.h"
#include "conf/socket_places.h"

enum { DIRECTORY_MODE = 0700, SOCKET_MODE = 0600, PATH_ROOM = 108, BACKLOG = 64 };

struct local_socket {
    int fd;
    char path[PATH_ROOM];
    struct stat identity; // of the file, which may have been replaced when we end
};

static bool fill_address(struct sockaddr_un *address, const char *path)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    int len = snprintf(address->sun_path, sizeof address->sun_path, "%s", path);
    return len > 0 && (size_t)len < sizeof address->sun_path;
}

/* Whether somebody listens there: 0 if so, or else a positive errno. Who asks with a socket of
 * another type learns it from the kernel, and whoever listens is not woken. */
static int find_listener(const char *path)
{
    struct sockaddr_un address;
    int result = 0;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || !fill_address(&address, path)) {
        result = EINVAL;
    } else if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
        result = errno == EPROTOTYPE ? 0 : errno;
    }
    if (fd >= 0) {
        close(fd);
    }
    return result;
}

/* Sockets of brokers that were killed. One that is being opened has another name until it is
 * listened at, so that nobody takes it for one of these. */
static void sweep(const char *directory)
{
    char path[PATH_ROOM];
    struct dirent *entry;
    DIR *all = opendir(directory);
    while (all && (entry = readdir(all))) {
        size_t len = strlen(entry->d_name);
        size_t suffix = strlen(SOCKET_SUFFIX);
        if (len <= suffix || strcmp(entry->d_name + len - suffix, SOCKET_SUFFIX) != 0 ||
            snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) >= PATH_ROOM) {
            continue;
        }
        if (find_listener(path) == ECONNREFUSED) {
            unlink(path);
        }
    }
    if (all) {
        closedir(all);
    }
}

/* Makes the directory if it is not there. It must be ours alone, and no link to another place. */
static int take_directory(const char *path)
{
    struct stat status;
    if (mkdir(path, DIRECTORY_MODE) < 0 && errno != EEXIST) {
        return -errno;
    }
    if (lstat(path, &status) < 0) {
        return -errno;
    }
    if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid()) {
        return -EPERM;
    }
    if ((status.st_mode & 0777) != DIRECTORY_MODE && chmod(path, DIRECTORY_MODE) < 0) {
        return -errno;
    }
    return 0;
}

/* Listens under a name of our own first: the final name appears when somebody answers there, in
 * place of what may be left of another broker. */
static int listen_at(struct local_socket *local)
{
    char path[PATH_ROOM];
    struct sockaddr_un address;
    if (snprintf(path, sizeof path, "%s.%ld", local->path, (long)getpid()) >= PATH_ROOM ||
        !fill_address(&address, path)) {
        return -ENAMETOOLONG;
    }
    local->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (local->fd < 0) {
        return -errno;
    }
    unlink(path);
    if (bind(local->fd, (const struct sockaddr *)&address, sizeof address) == 0) {
        if (chmod(path, SOCKET_MODE) == 0 && listen(local->fd, BACKLOG) == 0 &&
            rename(path, local->path) == 0 && stat(local->path, &local->identity) == 0) {
            return 0;
        }
        int error = errno;
        unlink(path);
        errno = error;
    }
    int rc = -errno;
    close(local->fd);
    return rc;
}

/* Named after the port, or after the process if there is none, or if a broker at another address
 * has the same. */
static int open_in(struct local_socket *local, const char *directory,
                   const struct local_socket_options *options)
{
    int rc = take_directory(directory);
    if (rc < 0) {
        return rc;
    }
    sweep(directory);
    int len = snprintf(local->path, PATH_ROOM, "%s/%s:%u" SOCKET_SUFFIX, directory, options->node,
                       options->port);
    if (options->port == 0 || (len < PATH_ROOM && find_listener(local->path) == 0)) {
        len = snprintf(local->path, PATH_ROOM, "%s/%s:pid-%ld" SOCKET_SUFFIX, directory,
                       options->node, (long)getpid());
    }
    return len < PATH_ROOM ? listen_at(local) : -ENAMETOOLONG;
}

static int open_anywhere(struct local_socket *local, const struct local_socket_options *options,
                         struct text *error)
{
    struct socket_places places = socket_places_of(options->runtime_directory, (unsigned)geteuid());
    int rc = -ENOENT;
    for (size_t i = 0; i < places.count; i++) {
        rc = open_in(local, places.paths[i], options);
        if (rc == 0) {
            return 0;
        }
        text_format(error, "%s%s: %s", format_slice(i > 0 ? ", " : ""),
                    format_slice(places.paths[i]), format_slice(strerror(-rc)));
    }
    return rc;
}

static int open_named(struct local_socket *local, const char *path, struct text *error)
{
    int rc = -EADDRINUSE;
    if (snprintf(local->path, PATH_ROOM, "%s", path) >= PATH_ROOM) {
        rc = -ENAMETOOLONG;
    } else if (find_listener(path) != 0) {
        rc = listen_at(local);
    }
    if (rc < 0) {
        text_format(error, "%s: %s", format_slice(path), format_slice(strerror(-rc)));
    }
    return rc;
}

struct local_socket *local_socket_open(const struct local_socket_options *options,
                                       struct text *error)
{
    struct local_socket *local = memory_new(sizeof *local);
    int rc = strcmp(options->where, "auto") == 0 ? open_anywhere(local, options, error)
                                                 : open_named(local, options->where, error);
    if (rc < 0) {
        free(local);
        return NULL;
    }
    return local;
}

int local_socket_fd(const struct local_socket *local)
{
    return local->fd;
}

const char *local_socket_path(const struct local_socket *local)
{
    return local->path;
}

void local_socket_free(struct local_socket *local)
{
    struct stat now;
    if (!local) {
        return;
    }
    if (lstat(local->path, &now) == 0 && now.st_ino == local->identity.st_ino &&
        now.st_dev == local->identity.st_dev) {
        unlink(local->path);
    }
    free(local);
}

bool local_socket_trusts(int fd)
{
    struct ucred peer;
    int domain = 0;
    socklen_t size = sizeof domain;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0 || domain != AF_UNIX) {
        return false;
    }
    size = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid());
}
