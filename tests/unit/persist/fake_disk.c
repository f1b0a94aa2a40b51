#include "tests/unit/persist/fake_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/list.h"
#include "base/memory.h"

enum { FILES = 2048, NAMES = 256, CHANGES = 512, FDS = 64, PATH = 96, SECTOR = 512 };

struct content {
    uint8_t *ptr; // owned
    size_t len;
};

struct file {
    struct content now, synced;
    bool locked;
};

struct name {
    char path[PATH];
    int file; // index, or -1: a directory
};

struct names {
    struct name rows[NAMES];
    size_t count;
};

/* A change of a name, or of two: what was `from` is `to` now; either may be empty. */
struct change {
    char from[PATH], to[PATH];
    int file;
};

struct open_file {
    int file; // index + 1; 0: not open
    bool locked;
};

struct fake_state {
    struct file files[FILES];
    int file_count;
    struct names now, synced;
    struct change changes[CHANGES]; // since the directories were synced
    size_t change_count;
    struct open_file fds[FDS];
};

uint64_t fake_random(uint64_t *seed)
{
    uint64_t x = (*seed += 0x9e3779b97f4a7c15u);
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static struct fake_disk *fake_of(struct disk *disk)
{
    return container_of(disk, struct fake_disk, disk);
}

static void count_call(struct fake_disk *fake)
{
    fake->calls++;
    if (fake->calls == fake->copy_at) {
        fake_disk_copy(fake->copy, fake);
    }
    if (fake->calls == fake->off_at) {
        fake->off = true; // but the call itself is done: a crash may keep any part of it
    }
}

/* Counts the call. Not 0: it must fail with that. */
static int enter_to_change(struct fake_disk *fake)
{
    fake->changes++;
    if (fake->off) {
        return -EIO;
    }
    count_call(fake);
    return fake->calls == fake->fail_at ? fake->fail_error : 0;
}

/* The same for a call that is for looking only. */
static int enter(struct fake_disk *fake)
{
    if (fake->off) {
        return -EIO;
    }
    count_call(fake);
    if (fake->calls == fake->fail_at && fake->reads_work) {
        fake->fail_at++;
    }
    return fake->calls == fake->fail_at ? fake->fail_error : 0;
}

/* A call in which power fails has no result. */
static int64_t leave(struct fake_disk *fake, int64_t result)
{
    return fake->off ? -EIO : result;
}

static void content_resize(struct content *content, size_t len)
{
    if (len > content->len) {
        content->ptr = memory_grow(content->ptr, len);
        memset(content->ptr + content->len, 0, len - content->len);
    }
    content->len = len;
}

static void content_copy(struct content *to, const struct content *from)
{
    to->len = 0;
    content_resize(to, from->len);
    slice_copy(to->ptr, (struct slice){from->ptr, from->len});
}

static struct name *find_name(struct names *names, const char *path)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->rows[i].path, path) == 0) {
            return &names->rows[i];
        }
    }
    return NULL;
}

static void remove_name(struct names *names, const char *path)
{
    struct name *name = find_name(names, path);
    if (name) {
        *name = names->rows[--names->count];
    }
}

static void apply_change(struct names *names, const struct change *change)
{
    if (change->from[0]) {
        remove_name(names, change->from);
    }
    if (change->to[0]) {
        remove_name(names, change->to);
        CHECK(names->count < NAMES);
        struct name *name = &names->rows[names->count++];
        snprintf(name->path, sizeof name->path, "%s", change->to);
        name->file = change->file;
    }
}

static void change_name(struct fake_state *state, const char *from, const char *to, int file)
{
    CHECK(state->change_count < CHANGES && strlen(from) < PATH && strlen(to) < PATH);
    struct change *change = &state->changes[state->change_count++];
    *change = (struct change){.file = file};
    snprintf(change->from, sizeof change->from, "%s", from);
    snprintf(change->to, sizeof change->to, "%s", to);
    apply_change(&state->now, change);
}

static bool is_in(const char *path, const char *dir)
{
    size_t len = strlen(dir);
    return strncmp(path, dir, len) == 0 && path[len] == '/' && !strchr(path + len + 1, '/');
}

static bool changes_in(const struct change *change, const char *dir)
{
    return is_in(change->from[0] ? change->from : change->to, dir);
}

static struct file *file_of(struct fake_disk *fake, int fd)
{
    CHECK(fd >= 0 && fd < FDS && fake->state->fds[fd].file > 0);
    return &fake->state->files[fake->state->fds[fd].file - 1];
}

static int take_fd(struct fake_state *state, int file)
{
    for (int fd = 0; fd < FDS; fd++) {
        if (state->fds[fd].file == 0) {
            state->fds[fd] = (struct open_file){.file = file + 1};
            return fd;
        }
    }
    CHECK(!"a descriptor is left");
    return -EMFILE;
}

static int fake_open(struct disk *disk, const char *path, int flags)
{
    struct fake_disk *fake = fake_of(disk);
    struct fake_state *state = fake->state;
    int rc = flags & (O_CREAT | O_TRUNC) ? enter_to_change(fake) : enter(fake);
    if (rc < 0) {
        return rc;
    }
    struct name *name = find_name(&state->now, path);
    if (!name && !(flags & O_CREAT)) {
        return -ENOENT;
    }
    if (!name) {
        CHECK(state->file_count < FILES);
        change_name(state, "", path, state->file_count++);
        name = find_name(&state->now, path);
    } else if (flags & O_TRUNC) {
        content_resize(&state->files[name->file].now, 0);
    }
    return fake->off ? -EIO : take_fd(state, name->file);
}

static int fake_close(struct disk *disk, int fd)
{
    struct fake_disk *fake = fake_of(disk);
    if (fake->state->fds[fd].locked) {
        file_of(fake, fd)->locked = false;
    }
    fake->state->fds[fd] = (struct open_file){0};
    return 0;
}

static int64_t fake_pread(struct disk *disk, int fd, void *into, size_t len, uint64_t offset)
{
    struct fake_disk *fake = fake_of(disk);
    fake->reads++;
    int rc = enter(fake);
    if (rc < 0) {
        return rc;
    }
    const struct content *now = &file_of(fake, fd)->now;
    size_t there = offset < now->len ? now->len - offset : 0;
    size_t got = len < there ? len : there;
    if (got > 0) {
        memcpy(into, now->ptr + offset, got);
    }
    return leave(fake, (int64_t)got);
}

static int64_t fake_pwrite(struct disk *disk, int fd, const void *from, size_t len, uint64_t offset)
{
    struct fake_disk *fake = fake_of(disk);
    int rc = enter_to_change(fake);
    if (rc < 0) {
        return rc;
    }
    struct content *now = &file_of(fake, fd)->now;
    if (fake->calls == fake->short_at) {
        len /= 2;
    }
    if (offset + len > now->len) {
        content_resize(now, offset + len);
    }
    slice_copy(now->ptr + offset, (struct slice){from, len});
    return leave(fake, (int64_t)len);
}

static int fake_fdatasync(struct disk *disk, int fd)
{
    struct fake_disk *fake = fake_of(disk);
    int rc = enter_to_change(fake);
    if (rc < 0 || fake->off) {
        return rc < 0 ? rc : -EIO;
    }
    struct file *file = file_of(fake, fd);
    content_copy(&file->synced, &file->now);
    return 0;
}

static uint64_t space_used(const struct fake_state *state)
{
    uint64_t used = 0;
    for (size_t i = 0; i < state->now.count; i++) {
        int file = state->now.rows[i].file;
        used += file < 0 ? 0 : state->files[file].now.len;
    }
    return used;
}

static int fake_fallocate(struct disk *disk, int fd, uint64_t size)
{
    struct fake_disk *fake = fake_of(disk);
    int rc = enter_to_change(fake);
    if (rc < 0) {
        return rc;
    }
    struct content *now = &file_of(fake, fd)->now;
    if (fake->space && space_used(fake->state) + size - now->len > fake->space) {
        return -ENOSPC;
    }
    content_resize(now, size > now->len ? size : now->len);
    return (int)leave(fake, 0);
}

static int fake_ftruncate(struct disk *disk, int fd, uint64_t size)
{
    struct fake_disk *fake = fake_of(disk);
    int rc = enter_to_change(fake);
    if (rc < 0) {
        return rc;
    }
    content_resize(&file_of(fake, fd)->now, size);
    return (int)leave(fake, 0);
}

static int64_t fake_size(struct disk *disk, int fd)
{
    struct fake_disk *fake = fake_of(disk);
    int rc = enter(fake);
    return rc < 0 ? rc : leave(fake, (int64_t)file_of(fake, fd)->now.len);
}

static int fake_lock(struct disk *disk, int fd)
{
    struct fake_disk *fake = fake_of(disk);
    int rc = enter_to_change(fake);
    if (rc < 0) {
        return rc;
    }
    if (file_of(fake, fd)->locked) {
        return -EWOULDBLOCK;
    }
    file_of(fake, fd)->locked = fake->state->fds[fd].locked = true;
    return (int)leave(fake, 0);
}

static bool ends_in(const char *path, const char *suffix)
{
    size_t len = strlen(path), suffix_len = strlen(suffix);
    return len >= suffix_len && strcmp(path + len - suffix_len, suffix) == 0;
}

static int fake_rename(struct disk *disk, const char *from, const char *to)
{
    struct fake_disk *fake = fake_of(disk);
    if (fake->copy_suffix && fake->copy_at == 0 && ends_in(to, fake->copy_suffix)) {
        fake->copy_at = fake->calls + 1 + fake->copy_delay;
    }
    int rc = enter_to_change(fake);
    if (rc < 0) {
        return rc;
    }
    const struct name *name = find_name(&fake->state->now, from);
    if (!name) {
        return -ENOENT;
    }
    change_name(fake->state, from, to, name->file);
    return (int)leave(fake, 0);
}

static int fake_unlink(struct disk *disk, const char *path)
{
    struct fake_disk *fake = fake_of(disk);
    int rc = enter_to_change(fake);
    if (rc < 0) {
        return rc;
    }
    if (!find_name(&fake->state->now, path)) {
        return -ENOENT;
    }
    change_name(fake->state, path, "", -1);
    return (int)leave(fake, 0);
}

static int fake_mkdir(struct disk *disk, const char *path)
{
    struct fake_disk *fake = fake_of(disk);
    int rc = enter_to_change(fake);
    if (rc < 0) {
        return rc;
    }
    if (find_name(&fake->state->now, path)) {
        return -EEXIST;
    }
    change_name(fake->state, "", path, -1);
    return (int)leave(fake, 0);
}

static int fake_list(struct disk *disk, const char *path, disk_entry entry, void *arg)
{
    struct fake_disk *fake = fake_of(disk);
    int rc = enter(fake);
    if (rc < 0) {
        return rc;
    }
    if (!find_name(&fake->state->now, path)) {
        return -ENOENT;
    }
    struct names names = fake->state->now; // the callback may change them
    for (size_t i = 0; i < names.count; i++) {
        if (is_in(names.rows[i].path, path)) {
            entry(arg, names.rows[i].path + strlen(path) + 1);
        }
    }
    return (int)leave(fake, 0);
}

/* The first `count` changes of that directory are durable now; the others stay as they are. */
static void settle_changes(struct fake_state *state, const char *dir, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->change_count; i++) {
        if (count > 0 && changes_in(&state->changes[i], dir)) {
            apply_change(&state->synced, &state->changes[i]);
            count--;
        } else {
            state->changes[kept++] = state->changes[i];
        }
    }
    state->change_count = kept;
}

static int fake_sync_directory(struct disk *disk, const char *path)
{
    struct fake_disk *fake = fake_of(disk);
    int rc = enter_to_change(fake);
    if (rc < 0 || fake->off) {
        return rc < 0 ? rc : -EIO;
    }
    char dir[PATH];
    snprintf(dir, sizeof dir, "%s", path);
    for (size_t len = strlen(dir); len > 0 && dir[len - 1] == '/'; len--) {
        dir[len - 1] = '\0';
    }
    settle_changes(fake->state, dir, CHANGES);
    return 0;
}

static int64_t fake_free_space(struct disk *disk, const char *path)
{
    struct fake_disk *fake = fake_of(disk);
    (void)path;
    int rc = enter(fake);
    return rc < 0 ? rc : leave(fake, (int64_t)(fake->space - space_used(fake->state)));
}

void fake_disk_init(struct fake_disk *fake)
{
    *fake = (struct fake_disk){
        .disk =
            {
                .open = fake_open,
                .close = fake_close,
                .pread = fake_pread,
                .pwrite = fake_pwrite,
                .fdatasync = fake_fdatasync,
                .fallocate = fake_fallocate,
                .ftruncate = fake_ftruncate,
                .size = fake_size,
                .lock = fake_lock,
                .rename = fake_rename,
                .unlink = fake_unlink,
                .mkdir = fake_mkdir,
                .list = fake_list,
                .sync_directory = fake_sync_directory,
                .free_space = fake_free_space,
            },
        .state = memory_new(sizeof(struct fake_state)),
    };
}

void fake_disk_finish(struct fake_disk *fake)
{
    for (int i = 0; i < fake->state->file_count; i++) {
        free(fake->state->files[i].now.ptr);
        free(fake->state->files[i].synced.ptr);
    }
    free(fake->state);
    fake->state = NULL;
}

void fake_disk_copy(struct fake_disk *to, const struct fake_disk *from)
{
    fake_disk_init(to);
    struct fake_state *state = to->state;
    *state = *from->state;
    for (int i = 0; i < state->file_count; i++) {
        state->files[i] = (struct file){0};
        content_copy(&state->files[i].now, &from->state->files[i].now);
        content_copy(&state->files[i].synced, &from->state->files[i].synced);
    }
    memset(state->fds, 0, sizeof state->fds);
    to->space = from->space;
}

/* One sector of which it is not known how far it got. */
static void lose_sector(struct file *file, size_t offset, size_t len, uint64_t *seed)
{
    uint64_t random = fake_random(seed);
    size_t kept = random % 3 == 0 ? 0 : random % 3 == 1 ? len : (random >> 8) % (len + 1);
    bool tail_is_new = random >> 63;
    for (size_t i = 0; i < len; i++) {
        bool is_new = (i < kept) != (tail_is_new && kept != 0 && kept != len);
        uint8_t old = offset + i < file->synced.len ? file->synced.ptr[offset + i] : 0;
        if (!is_new) {
            file->now.ptr[offset + i] = old;
        }
    }
}

static void lose_content(struct file *file, uint64_t *seed)
{
    if (file->now.len != file->synced.len && fake_random(seed) % 2) {
        content_resize(&file->now, file->synced.len);
    }
    for (size_t at = 0; at < file->now.len; at += SECTOR) {
        size_t len = file->now.len - at < SECTOR ? file->now.len - at : SECTOR;
        lose_sector(file, at, len, seed);
    }
    content_copy(&file->synced, &file->now);
}

static void lose_names(struct fake_state *state, uint64_t *seed)
{
    while (state->change_count > 0) {
        const struct change *first = &state->changes[0];
        char dir[PATH];
        snprintf(dir, sizeof dir, "%s", first->from[0] ? first->from : first->to);
        *strrchr(dir, '/') = '\0';
        settle_changes(state, dir, fake_random(seed) % (state->change_count + 1));
        size_t kept = 0;
        for (size_t i = 0; i < state->change_count; i++) {
            if (!changes_in(&state->changes[i], dir)) {
                state->changes[kept++] = state->changes[i];
            }
        }
        state->change_count = kept;
    }
    state->now = state->synced;
}

static void close_all(struct fake_disk *fake)
{
    struct fake_state *state = fake->state;
    memset(state->fds, 0, sizeof state->fds);
    for (int i = 0; i < state->file_count; i++) {
        state->files[i].locked = false;
    }
    fake->off = false;
    fake->fail_at = fake->short_at = fake->off_at = 0;
}

void fake_disk_restart(struct fake_disk *fake, uint64_t seed)
{
    for (int i = 0; i < fake->state->file_count; i++) {
        lose_content(&fake->state->files[i], &seed);
    }
    lose_names(fake->state, &seed);
    close_all(fake);
}

void fake_disk_kill(struct fake_disk *fake)
{
    close_all(fake);
}

uint8_t *fake_disk_content(struct fake_disk *fake, const char *path, size_t *len)
{
    const struct name *name = find_name(&fake->state->now, path);
    if (!name || name->file < 0) {
        return NULL;
    }
    *len = fake->state->files[name->file].now.len;
    return fake->state->files[name->file].now.ptr;
}
