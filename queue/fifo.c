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

struct msg *fifo_take(struct fifo *fifo)
{
    if (fifo->count == 0) {
        return NULL;
    }
    struct fifo_chunk *chunk = fifo->head;
    struct msg *msg = chunk->items[chunk->begin++];
    fifo->count--;
    if (chunk->begin == chunk->end) {
        if (chunk->next) {
            fifo->head = chunk->next;
            free(chunk);
        } else {
            chunk->begin = chunk->end = 0; // the last chunk is kept for the next message
        }
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
