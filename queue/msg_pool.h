#ifndef QUEUE_MSG_POOL_H
#define QUEUE_MSG_POOL_H

#include <stddef.h>

struct msg;

/* Messages come and go, most of them of a few sizes. The memory of those that are given back is
 * kept for the next ones, as far as it is little: that costs a quarter of what the allocator does.
 * Zeroed it is empty. */
enum {
    MSG_POOL_STEP = 16,  // sizes are told apart by these
    MSG_POOL_SIZES = 96, // and those above 1.5 KiB are left to the allocator
    MSG_POOL_KEPT = 128, // of all sizes together
};

struct msg_pool {
    struct msg_pool_room *rooms[MSG_POOL_SIZES]; // owned, by size
    unsigned kept;
};

/* Memory for a message of `size` octets in all, or for one of the same step; not zeroed. */
void *msg_pool_take(struct msg_pool *pool, size_t size);

/* As msg_unref. The last reference leaves the memory to the pool. NULL is fine. */
void msg_pool_give(struct msg_pool *pool, struct msg *msg);

void msg_pool_finish(struct msg_pool *pool);

/* What to allocate for `size` octets, so that the pool may keep it. */
size_t msg_pool_room(size_t size);

#endif
