#include "queue/fifo_chunk.h"

/* Out of the middle. */

/* Whether this position is the one that fifo_take would hand out. */
static bool is_first(const struct fifo *fifo, uint64_t position)
{
    struct fifo_chunk *head = fifo->head;
    uint64_t offset = head->slots ? slot_offset(chunk_slots(head)[head->begin]) : head->begin;
    return head->first + offset == position;
}

bool fifo_pick(struct fifo *fifo, uint64_t position, struct delivery *out)
{
    if (fifo->count == 0) {
        return false;
    }
    if (is_first(fifo, position)) {
        return fifo_take(fifo, out);
    }
    uint32_t index = fifo_chunk_find(fifo, position);
    struct fifo_chunk *chunk = fifo_chunk_at(fifo, index);
    if (position < chunk->first || (!chunk->slots && position >= chunk->first + chunk->end)) {
        return false;
    }
    chunk = fifo_chunk_to_slots(fifo, index);
    uint32_t at = chunk_search(chunk, position);
    if (at == chunk->end || chunk->first + slot_offset(chunk_slots(chunk)[at]) != position ||
        slot_is_gone(chunk_slots(chunk)[at])) {
        return false;
    }
    chunk_take_slot(chunk, at, out);
    fifo->count--;
    fifo_chunk_tidy(fifo, index);
    return true;
}
