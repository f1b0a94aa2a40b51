#include "ctl/finder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "conf/format.h"
#include "conf/socket_places.h"

enum { FOUND_MAX = 64, NAME_ROOM = 100 };

#define DEFAULT_PORT "5672"

/* The sockets at which somebody answers. */
struct found {
    char paths[FOUND_MAX][HTTP_PATH_ROOM];
    char names[FOUND_MAX][NAME_ROOM];
    size_t count;
    bool forbidden; // there was one that we may not use
};

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), suffix = strlen(end);
    return len >= suffix && strcmp(text + len - suffix, end) == 0;
}

static bool is_port(const char *name, const char *port)
{
    const char *colon = strrchr(name, ':');
    return colon && strcmp(colon + 1, port) == 0;
}

bool finder_matches(const char *name, const char *node)
{
    size_t whole = strcspn(name, ":");
    size_t plain = strcspn(name, "@");
    size_t len = strlen(node);
    const char *host = strchr(node, '@');
    if (host && strcmp(host, "@localhost") == 0) { // the host is this one, whatever its name
        len = (size_t)(host - node);
    }
    return strcmp(name, node) == 0 || is_port(name, node) ||
           (len == whole && strncmp(name, node, len) == 0) ||
           (len == plain && strncmp(name, node, len) == 0);
}

/* Whether nobody but root and ourselves can have made what is in it. What is in /run was allowed by
 * root, so root may go there whoever it belongs to. */
static bool trusted(const struct finder *finder, const char *directory)
{
    struct stat status;
    if (lstat(directory, &status) < 0 || !S_ISDIR(status.st_mode)) {
        return false;
    }
    return status.st_uid == finder->user || status.st_uid == 0 ||
           (finder->user == 0 && strcmp(directory, SOCKET_PLACE_SYSTEM) == 0);
}

static void look_at(const char *directory, const char *file, struct found *found)
{
    struct http_server server = {.timeout_s = 5};
    size_t name = strlen(file) - strlen(SOCKET_SUFFIX);
    long peer;
    int len = snprintf(server.socket, sizeof server.socket, "%s/%s", directory, file);
    if (len < 0 || len >= HTTP_PATH_ROOM || name >= NAME_ROOM || found->count == FOUND_MAX) {
        return;
    }
    int rc = http_knock(&server, &peer);
    found->forbidden = found->forbidden || rc == -EACCES;
    if (rc == 0) {
        memcpy(found->paths[found->count], server.socket, sizeof server.socket);
        memcpy(found->names[found->count], file, name);
        found->names[found->count++][name] = '\0';
    }
}

static void look_into(const char *directory, struct found *found)
{
    struct dirent *entry;
    DIR *all = opendir(directory);
    if (!all) {
        found->forbidden = found->forbidden || errno == EACCES;
        return;
    }
    while ((entry = readdir(all))) {
        if (ends_with(entry->d_name, SOCKET_SUFFIX)) {
            look_at(directory, entry->d_name, found);
        }
    }
    closedir(all);
}

static void keep(struct found *found, const char *node)
{
    size_t kept = 0;
    for (size_t i = 0; i < found->count; i++) {
        if (finder_matches(found->names[i], node)) {
            memmove(found->paths[kept], found->paths[i], HTTP_PATH_ROOM);
            memmove(found->names[kept++], found->names[i], NAME_ROOM);
        }
    }
    found->count = kept;
}

static void prefer_default(struct found *found)
{
    size_t defaults = 0;
    for (size_t i = 0; i < found->count; i++) {
        defaults += is_port(found->names[i], DEFAULT_PORT);
    }
    if (defaults > 0) {
        keep(found, DEFAULT_PORT);
    }
}

static int choose(const struct finder *finder, struct found *found, struct text *why)
{
    if (finder->node) {
        keep(found, finder->node);
    } else {
        prefer_default(found);
    }
    if (found->count == 1) {
        return 0;
    }
    if (found->count > 1) {
        text_add_str(why, "several brokers run here, say which one with --node:");
        for (size_t i = 0; i < found->count; i++) {
            text_format(why, " %s", format_slice(found->names[i]));
        }
        return -ENOTUNIQ;
    }
    if (found->forbidden) {
        text_add_str(why, "only root and the user that the broker runs as may manage it");
        return -EACCES;
    }
    text_add_str(why, "no broker runs here");
    return -ENOENT;
}

static int search(const struct finder *finder, struct http_server *server, struct text *why)
{
    struct socket_places places = socket_places_of(finder->runtime_directory, finder->user);
    struct found *found = calloc(1, sizeof *found);
    int rc = -ENOMEM;
    for (size_t i = 0; found && i < places.count; i++) {
        if (trusted(finder, places.paths[i])) {
            look_into(places.paths[i], found);
        }
    }
    if (found) {
        rc = choose(finder, found, why);
    }
    if (rc == 0) {
        memcpy(server->socket, found->paths[0], HTTP_PATH_ROOM);
    }
    free(found);
    return rc;
}

int finder_find(const struct finder *finder, struct http_server *server, struct text *why)
{
    const char *path = finder->socket;
    if (!path && finder->node && strchr(finder->node, '/')) {
        path = finder->node;
    }
    if (!path) {
        return search(finder, server, why);
    }
    if (snprintf(server->socket, HTTP_PATH_ROOM, "%s", path) >= HTTP_PATH_ROOM) {
        text_add_str(why, "the path of the socket is too long");
        return -ENAMETOOLONG;
    }
    return 0;
}
