#ifndef PERSIST_CHECKPOINT_INTERNAL_H
#define PERSIST_CHECKPOINT_INTERNAL_H

#include "persist/checkpoint.h"

void checkpoint_encode_header(uint8_t to[CHECKPOINT_HEADER], uint64_t position);

enum { CHECKPOINT_VERSION_AT = 8 };

/* 0, -ENOTSUP if another version wrote it, -EUCLEAN if it is no header for that position. */
int checkpoint_check_header(struct slice from, uint64_t position);

/* The directory that checkpoints are in, and the path of one in it. */
int checkpoint_folder(char folder[DISK_PATH_MAX], const char *dir);
int checkpoint_path(char path[DISK_PATH_MAX], const char *folder, uint64_t position);

/* The position of the newest one in the folder: returns 1, or 0 if there is none. */
int checkpoint_newest(struct disk *disk, const char *folder, uint64_t *position);

/* Removes those before the position. What cannot be removed now is removed after the next one. */
void checkpoint_remove_older(struct disk *disk, const char *folder, uint64_t position);

#endif
