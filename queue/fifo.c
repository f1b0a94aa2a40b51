#include "queue/fifo.h"

#include <stdlib.h>

#include "base/memory.h"
#include "queue/msg.h"

/* The first chunk of a queue is small, since most queues are short. */
enum { CHUNK_FIRST = 30, CHUNK_LATER = 1022 };

struct fifo_chunk {
    struct fifo_chunk *next;
    uint32_t cap;
    uint16_t begin; // items[begin..end) are in the queue
    uint16_t end;
    struct msg *items[];
};

static void add_chunk(struct fifo *fifo)
{
    uint32_t cap = fifo->tail ? CHUNK_LATER : CHUNK_FIRST;
    struct fifo_chunk *chunk = memory_raw(sizeof *chunk + cap * sizeof chunk->items[0]);
    chunk->next = NULL;
    chunk->cap = cap;
    chunk->begin = chunk->end = 0;
    if (fifo->tail) {
        fifo->tail->next = chunk;
    } else {
        fifo->head = chunk;
    }
    fifo->tail = chunk;
}

void fifo_push(struct fifo *fifo, struct msg *msg)
{
    if (!fifo->tail || fifo->tail->end == fifo->tail->cap) {
        add_chunk(fifo);
    }
    fifo->tail->items[fifo->tail->end++] = msg;
    fifo->count++;
}

/* The first chunk has been emptied. A small one that is the last is kept for the next message. */
static void drop_empty(struct fifo *fifo)
{
    struct fifo_chunk *chunk = fifo->head;
    if (!chunk->next && chunk->cap == CHUNK_FIRST) {
        chunk->begin = chunk->end = 0;
        return;
    }
    fifo->head = chunk->next;
    if (!fifo->head) {
        fifo->tail = NULL;
    }
    free(chunk);
}

struct msg *fifo_take(struct fifo *fifo)
{
    if (fifo->count == 0) {
        return NULL;
    }
    struct fifo_chunk *chunk = fifo->head;
    struct msg *msg = chunk->items[chunk->begin++];
    fifo->count--;
    if (chunk->begin == chunk->end) {
        drop_empty(fifo);
    }
    return msg;
}

void fifo_clear(struct fifo *fifo)
{
    struct msg *msg;
    while ((msg = fifo_take(fifo))) {
        msg_unref(msg);
    }
    free(fifo->head);
    *fifo = (struct fifo){0};
}
