#ifndef PERSIST_LOCK_H
#define PERSIST_LOCK_H

#include "persist/disk.h"
#include "persist/fault.h"

/* Takes the lock on a data directory, the file `lock` in it, and writes into it who holds it: one
 * line. Returns a descriptor; the lock lasts until it is closed or its process ends. If another one
 * holds it, -EWOULDBLOCK, and the fault's detail is that one's line. */
int lock_take(struct disk *disk, const char *dir, const char *holder, struct fault *fault);

#endif
