#include "tests/crash/power_cut.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/memory.h"
#include "tests/crash/lossy_log.h"

enum { SECTOR = 512, PATH_ROOM = 1200 };

struct synced {
    uint64_t inode;
    uint64_t before; // offset in the log
};

/* One that was not synced. */
struct change {
    struct lossy_entry entry;
    const uint8_t *payload; // borrowed from the log
    struct bytes made;      // owned; what the change had made of the place, once it is undone
    bool dropped;
};

struct cut {
    const char *side;
    struct prng *prng;
    unsigned keep_percent;
    unsigned torn_percent; // of writes
    bool prefix;           // once a change is dropped, all later ones of the names are, too
    struct bytes log;
    struct synced *synced; // owned
    size_t synced_count;
    struct change *changes; // owned
    size_t change_count;
    struct power_cut_report report;
};

/* --- The log. --- */

static void read_log(struct cut *cut)
{
    char path[PATH_ROOM];
    struct stat status;
    snprintf(path, sizeof path, "%s/log", cut->side);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return; // killed before it did anything
    }
    CHECK(fstat(fd, &status) == 0);
    size_t size = (size_t)status.st_size;
    bytes_reserve(&cut->log, size);
    while (cut->log.len < size) {
        ssize_t got = read(fd, cut->log.ptr + cut->log.len, size - cut->log.len);
        CHECK(got > 0);
        cut->log.len += (size_t)got;
    }
    close(fd);
}

/* The entry at this offset, and where the next one is; false at the end of the complete ones. */
static bool entry_at(const struct cut *cut, size_t *offset, struct lossy_entry *entry,
                     const uint8_t **payload)
{
    if (cut->log.len - *offset < sizeof *entry) {
        return false;
    }
    memcpy(entry, cut->log.ptr + *offset, sizeof *entry);
    CHECK(entry->magic == LOSSY_MAGIC);
    size_t size = sizeof *entry + (entry->zeroes ? 0 : entry->payload_size);
    if (cut->log.len - *offset < size) {
        return false;
    }
    *payload = cut->log.ptr + *offset + sizeof *entry;
    *offset += size;
    return true;
}

static struct synced *synced_of(struct cut *cut, uint64_t inode)
{
    for (size_t i = 0; i < cut->synced_count; i++) {
        if (cut->synced[i].inode == inode) {
            return &cut->synced[i];
        }
    }
    return NULL;
}

static void find_synced(struct cut *cut)
{
    struct lossy_entry entry;
    const uint8_t *payload;
    for (size_t offset = 0; entry_at(cut, &offset, &entry, &payload);) {
        if (entry.kind != LOSSY_SYNC) {
            continue;
        }
        struct synced *synced = synced_of(cut, entry.inode);
        if (!synced) {
            cut->synced = memory_grow(cut->synced, (cut->synced_count + 1) * sizeof *synced);
            synced = &cut->synced[cut->synced_count++];
            *synced = (struct synced){.inode = entry.inode};
        }
        if (entry.offset > synced->before) {
            synced->before = entry.offset;
        }
    }
}

static void find_changes(struct cut *cut)
{
    size_t cap = 0;
    struct change change = {.dropped = false};
    for (size_t offset = 0, at = 0; entry_at(cut, &offset, &change.entry, &change.payload);
         at = offset) {
        bool name = change.entry.kind >= LOSSY_CREATE;
        const struct synced *synced =
            synced_of(cut, name ? change.entry.directory : change.entry.inode);
        if (change.entry.kind == LOSSY_SYNC || (synced && at < synced->before)) {
            continue;
        }
        if (cut->change_count == cap) {
            cap = cap ? 2 * cap : 64;
            cut->changes = memory_grow(cut->changes, cap * sizeof *cut->changes);
        }
        cut->changes[cut->change_count++] = change;
    }
}

/* --- Contents. --- */

static void side_path(const struct cut *cut, char path[PATH_ROOM], const char *kind,
                      uint64_t number)
{
    snprintf(path, PATH_ROOM, "%s/%s%llu", cut->side, kind, (unsigned long long)number);
}

static int open_file(const struct cut *cut, uint64_t inode)
{
    char path[PATH_ROOM];
    side_path(cut, path, "", inode);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0);
    return fd;
}

static void write_at(int fd, struct slice octets, uint64_t offset)
{
    CHECK(octets.len == 0 ||
          pwrite(fd, octets.ptr, octets.len, (off_t)offset) == (ssize_t)octets.len);
}

static void put_back(int fd, const struct change *change, uint64_t offset)
{
    size_t size = change->entry.payload_size;
    if (change->entry.zeroes) {
        uint8_t *zeroes = memory_new(size + 1);
        write_at(fd, (struct slice){zeroes, size}, offset);
        free(zeroes);
    } else {
        write_at(fd, (struct slice){change->payload, size}, offset);
    }
}

static void undo_content(struct cut *cut, struct change *change)
{
    const struct lossy_entry *entry = &change->entry;
    int fd = open_file(cut, entry->inode);
    if (entry->kind == LOSSY_WRITE) {
        ssize_t got =
            pread(fd, bytes_reserve(&change->made, entry->size), entry->size, (off_t)entry->offset);
        CHECK(got >= 0);
        change->made.len = (size_t)got;
        put_back(fd, change, entry->offset);
        CHECK(ftruncate(fd, (off_t)entry->old_size) == 0);
    } else {
        CHECK(ftruncate(fd, (off_t)entry->old_size) == 0);
        put_back(fd, change, entry->size);
    }
    close(fd);
}

/* Up to a place, or sector by sector. */
static void redo_torn(struct cut *cut, int fd, const struct change *change)
{
    struct slice made = bytes_slice(&change->made);
    uint64_t offset = change->entry.offset;
    if (prng_chance(cut->prng, 50)) {
        made.len = prng_below(cut->prng, (uint32_t)made.len);
        write_at(fd, made, offset);
        return;
    }
    while (made.len > 0) {
        size_t size = SECTOR - offset % SECTOR;
        size = size < made.len ? size : made.len;
        if (prng_chance(cut->prng, 50)) {
            write_at(fd, (struct slice){made.ptr, size}, offset);
        }
        made.ptr += size;
        made.len -= size;
        offset += size;
    }
}

static void redo_content(struct cut *cut, struct change *change)
{
    bool torn = change->entry.kind == LOSSY_WRITE && prng_chance(cut->prng, cut->torn_percent);
    change->dropped = !torn && !prng_chance(cut->prng, cut->keep_percent);
    if (change->dropped) {
        return;
    }
    int fd = open_file(cut, change->entry.inode);
    if (change->entry.kind == LOSSY_SIZE) {
        CHECK(ftruncate(fd, (off_t)change->entry.size) == 0);
    } else if (torn) {
        redo_torn(cut, fd, change);
        cut->report.torn++;
    } else {
        write_at(fd, bytes_slice(&change->made), change->entry.offset);
    }
    close(fd);
}

/* --- Names. --- */

static const char *first_path(const struct change *change)
{
    return (const char *)change->payload;
}

static const char *second_path(const struct change *change)
{
    return (const char *)change->payload + strlen(first_path(change)) + 1;
}

static uint64_t inode_of(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 ? (uint64_t)status.st_ino : 0;
}

static void link_file(const struct cut *cut, uint64_t inode, const char *path)
{
    char from[PATH_ROOM];
    side_path(cut, from, "", inode);
    CHECK(link(from, path) == 0);
}

/* A change that was logged and not made any more is not there to be undone. */
static void undo_name(struct cut *cut, const struct change *change)
{
    const struct lossy_entry *entry = &change->entry;
    const char *path = first_path(change);
    char aside[PATH_ROOM];
    if (entry->kind == LOSSY_CREATE) {
        CHECK(unlink(path) == 0 || errno == ENOENT);
    } else if (entry->kind == LOSSY_UNLINK && inode_of(path) == 0) {
        link_file(cut, entry->inode, path);
    } else if (entry->kind == LOSSY_RENAME && inode_of(path) == 0) {
        CHECK(rename(second_path(change), path) == 0);
        if (entry->victim != 0) {
            link_file(cut, entry->victim, second_path(change));
        }
    } else if (entry->kind == LOSSY_MKDIR) {
        side_path(cut, aside, "directory-", (uint64_t)(change - cut->changes));
        CHECK(rename(path, aside) == 0 || errno == ENOENT);
    }
}

static bool touches(const struct change *change, const char *path)
{
    const char *paths[] = {first_path(change), second_path(change)};
    for (unsigned i = 0; i < 2; i++) {
        size_t len = strlen(paths[i]);
        bool below = change->entry.kind == LOSSY_MKDIR && strncmp(path, paths[i], len) == 0 &&
                     path[len] == '/';
        if (len > 0 && (below || strcmp(path, paths[i]) == 0)) {
            return true;
        }
    }
    return false;
}

static bool builds_on_dropped(const struct cut *cut, const struct change *change)
{
    for (const struct change *other = cut->changes; other < change; other++) {
        if (other->dropped && other->entry.kind >= LOSSY_CREATE &&
            (cut->prefix || touches(other, first_path(change)) ||
             (*second_path(change) && touches(other, second_path(change))))) {
            return true;
        }
    }
    return false;
}

static void redo_name(struct cut *cut, struct change *change)
{
    const struct lossy_entry *entry = &change->entry;
    const char *path = first_path(change);
    char aside[PATH_ROOM];
    change->dropped = builds_on_dropped(cut, change) || !prng_chance(cut->prng, cut->keep_percent);
    if (change->dropped) {
        return;
    }
    if (entry->kind == LOSSY_CREATE && inode_of(path) == 0) {
        link_file(cut, entry->inode, path);
    } else if (entry->kind == LOSSY_UNLINK) {
        CHECK(unlink(path) == 0 || errno == ENOENT);
    } else if (entry->kind == LOSSY_RENAME && inode_of(path) != 0) {
        CHECK(rename(path, second_path(change)) == 0);
    } else if (entry->kind == LOSSY_MKDIR) {
        side_path(cut, aside, "directory-", (uint64_t)(change - cut->changes));
        CHECK(rename(aside, path) == 0 || errno == ENOENT);
    }
}

/* --- All of it. --- */

static void undo_all(struct cut *cut)
{
    for (size_t i = cut->change_count; i-- > 0;) {
        if (cut->changes[i].entry.kind >= LOSSY_CREATE) {
            undo_name(cut, &cut->changes[i]);
        } else {
            undo_content(cut, &cut->changes[i]);
        }
    }
}

static void redo_some(struct cut *cut)
{
    for (size_t i = 0; i < cut->change_count; i++) {
        if (cut->changes[i].entry.kind >= LOSSY_CREATE) {
            redo_name(cut, &cut->changes[i]);
        } else {
            redo_content(cut, &cut->changes[i]);
        }
        cut->report.undone += cut->changes[i].dropped;
        cut->report.left += !cut->changes[i].dropped;
    }
}

/* Directories that were put aside, of a broker's very first moments, have little in them. */
static void empty(const char *directory)
{
    char path[PATH_ROOM];
    const struct dirent *found;
    DIR *dir = opendir(directory);
    CHECK(dir);
    while ((found = readdir(dir))) {
        if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0) {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", directory, found->d_name);
        if (unlink(path) < 0) {
            CHECK(errno == EISDIR);
            empty(path);
            CHECK(rmdir(path) == 0);
        }
    }
    closedir(dir);
}

static struct power_cut_report make(struct cut *cut)
{
    read_log(cut);
    find_synced(cut);
    find_changes(cut);
    undo_all(cut);
    redo_some(cut);
    empty(cut->side);
    for (size_t i = 0; i < cut->change_count; i++) {
        bytes_finish(&cut->changes[i].made);
    }
    free(cut->changes);
    free(cut->synced);
    bytes_finish(&cut->log);
    return cut->report;
}

struct power_cut_report power_cut(const char *side, struct prng *prng)
{
    static const unsigned percents[] = {0, 50, 90, 100};
    struct cut cut = {.side = side, .prng = prng, .torn_percent = 40};
    cut.keep_percent = percents[prng_below(prng, 4)];
    cut.prefix = prng_chance(prng, 50);
    return make(&cut);
}

struct power_cut_report power_cut_all(const char *side)
{
    struct prng prng = {.state = 0};
    struct cut cut = {.side = side, .prng = &prng};
    return make(&cut);
}
