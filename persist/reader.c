#include "persist/reader.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/memory.h"
#include "persist/segment.h"

struct open_file {
    uint64_t first;
    uint64_t used; // when, in calls
    int fd;        // owned; -1: the place is free
};

struct reader {
    struct disk *disk; // borrowed
    const char *dir;   // borrowed
    uint64_t calls;
    struct open_file files[READER_FILES];
};

struct reader *reader_new(struct disk *disk, const char *dir)
{
    struct reader *reader = memory_new(sizeof *reader);
    reader->disk = disk;
    reader->dir = dir;
    for (size_t i = 0; i < READER_FILES; i++) {
        reader->files[i].fd = -1;
    }
    return reader;
}

static void close_file(struct reader *reader, struct open_file *file)
{
    if (file->fd >= 0) {
        reader->disk->close(reader->disk, file->fd);
    }
    *file = (struct open_file){.fd = -1};
}

void reader_free(struct reader *reader)
{
    if (reader) {
        for (size_t i = 0; i < READER_FILES; i++) {
            close_file(reader, &reader->files[i]);
        }
        free(reader);
    }
}

static struct open_file *find(struct reader *reader, uint64_t first)
{
    for (size_t i = 0; i < READER_FILES; i++) {
        if (reader->files[i].fd >= 0 && reader->files[i].first == first) {
            return &reader->files[i];
        }
    }
    return NULL;
}

static struct open_file *oldest(struct reader *reader)
{
    struct open_file *found = &reader->files[0];
    for (size_t i = 1; i < READER_FILES; i++) {
        found = reader->files[i].used < found->used ? &reader->files[i] : found;
    }
    return found;
}

int reader_open(struct reader *reader, uint64_t first)
{
    struct open_file *file = find(reader, first);
    if (!file) {
        char name[SEGMENT_NAME_MAX], path[DISK_PATH_MAX];
        segment_name(name, first, ".seg");
        int rc = disk_path(path, reader->dir, name);
        if (rc < 0) {
            return rc;
        }
        file = oldest(reader);
        close_file(reader, file);
        int fd = reader->disk->open(reader->disk, path, O_RDONLY);
        if (fd < 0) {
            return fd;
        }
        *file = (struct open_file){.first = first, .fd = fd};
    }
    file->used = ++reader->calls;
    return file->fd;
}

void reader_forget(struct reader *reader, uint64_t first)
{
    struct open_file *file = find(reader, first);
    if (file) {
        close_file(reader, file);
    }
}
