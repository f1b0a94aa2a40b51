#ifndef PERSIST_READER_H
#define PERSIST_READER_H

#include "persist/disk.h"

/* Segments that are open for reading: the READER_FILES that were used last. */
struct reader;

enum { READER_FILES = 16 };

struct reader *reader_new(struct disk *disk, const char *dir); // borrows both
void reader_free(struct reader *reader);

/* A descriptor of the segment that starts at this position; valid until the next call. */
int reader_open(struct reader *reader, uint64_t first);

/* The segment will be no more. */
void reader_forget(struct reader *reader, uint64_t first);

#endif
