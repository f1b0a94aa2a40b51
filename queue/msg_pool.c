#include "queue/msg_pool.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>

#include "base/memory.h"
#include "queue/msg.h"

/* Memory that is kept. Whoever still uses it as a message is found out by AddressSanitizer. */
struct msg_pool_room {
    struct msg_pool_room *next;
};

/* An allocator adds some octets to what it is asked for, and rounds that up: with so much less than
 * whole steps nothing is wasted. */
enum { OVERHEAD = 8 };

static size_t steps_of(size_t size)
{
    return (size + OVERHEAD + MSG_POOL_STEP - 1) / MSG_POOL_STEP;
}

size_t msg_pool_room(size_t size)
{
    return steps_of(size) * MSG_POOL_STEP - OVERHEAD;
}

void *msg_pool_take(struct msg_pool *pool, size_t size)
{
    size_t steps = steps_of(size);
    struct msg_pool_room *room = steps < MSG_POOL_SIZES ? pool->rooms[steps] : NULL;
    if (!room) {
        return memory_raw(msg_pool_room(size));
    }
    ASAN_UNPOISON_MEMORY_REGION(room, msg_pool_room(size));
    pool->rooms[steps] = room->next;
    pool->kept--;
    return room;
}

static void keep(struct msg_pool *pool, struct msg *msg)
{
    size_t size = msg_size(msg);
    size_t steps = steps_of(size);
    if (steps >= MSG_POOL_SIZES || pool->kept == MSG_POOL_KEPT) {
        msg_free(msg);
        return;
    }
    struct msg_pool_room *room = (struct msg_pool_room *)msg;
    room->next = pool->rooms[steps];
    pool->rooms[steps] = room;
    pool->kept++;
    ASAN_POISON_MEMORY_REGION(room, msg_pool_room(size));
}

void msg_pool_give(struct msg_pool *pool, struct msg *msg)
{
    if (msg && --msg->refs == 0) {
        if (msg->stub) {
            msg_free(msg);
        } else {
            keep(pool, msg);
        }
    }
}

void msg_pool_finish(struct msg_pool *pool)
{
    for (size_t steps = 0; steps < MSG_POOL_SIZES; steps++) {
        while (pool->rooms[steps]) {
            struct msg_pool_room *room = pool->rooms[steps];
            ASAN_UNPOISON_MEMORY_REGION(room, steps * MSG_POOL_STEP - OVERHEAD);
            pool->rooms[steps] = room->next;
            free(room);
        }
    }
    pool->kept = 0;
}
