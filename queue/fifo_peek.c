#include "queue/fifo_chunk.h"

/* A look at one message. Whole chunks are passed over by their counts. */

static uint32_t length_of(const struct fifo_chunk *chunk)
{
    return chunk->slots ? chunk->live : (uint32_t)chunk->end - chunk->begin;
}

/* Where in the chunk, which is long enough, the one at `index` among those that are there is. */
static uint32_t place_of(struct fifo_chunk *chunk, uint32_t index)
{
    uint32_t at = chunk->begin;
    if (length_of(chunk) == (uint32_t)chunk->end - chunk->begin) {
        return at + index;
    }
    for (;; at++) {
        bool gone = slot_is_gone(chunk_slots(chunk)[at]);
        if (!gone && index-- == 0) {
            return at;
        }
    }
}

bool fifo_peek(const struct fifo *fifo, uint64_t index, struct delivery *out)
{
    if (index >= fifo->count) {
        return false;
    }
    uint32_t i = 0;
    for (; index >= length_of(fifo_chunk_at(fifo, i)); i++) {
        index -= length_of(fifo_chunk_at(fifo, i));
    }
    struct fifo_chunk *chunk = fifo_chunk_at(fifo, i);
    uint32_t at = place_of(chunk, (uint32_t)index);
    struct stored stored;
    struct msg *msg = chunk_read(chunk, at, &stored);
    *out = (struct delivery){.msg = msg ? msg_ref(msg) : msg_stub(&stored),
                             .expires = chunk_expires(chunk, at),
                             .position = stored.position};
    return true;
}
