#include "queue/fifo_chunk.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct fifo_chunk *chunk_new_msgs(struct fifo *fifo, uint32_t cap, uint64_t first)
{
    struct msg_chunk *chunk = memory_raw(sizeof *chunk + cap * sizeof chunk->items[0]);
    chunk->chunk = (struct fifo_chunk){
        .fifo = fifo, .first = first, .cap = (uint16_t)cap, .limit = (uint16_t)cap};
    if (fifo->residency) {
        list_push(&fifo->residency->chunks, &chunk->chunk.link);
    }
    return &chunk->chunk;
}

struct fifo_chunk *chunk_new_slots(struct fifo *fifo, uint32_t cap, uint64_t first)
{
    struct slot_chunk *chunk = memory_raw(sizeof *chunk + cap * sizeof chunk->items[0]);
    chunk->chunk =
        (struct fifo_chunk){.fifo = fifo, .first = first, .cap = (uint16_t)cap, .slots = true};
    chunk->at_low = UINT64_MAX;
    chunk->at_high = 0;
    return &chunk->chunk;
}

void chunk_free(struct fifo_chunk *chunk)
{
    if (list_linked(&chunk->link)) {
        list_unlink(&chunk->link);
    }
    free(chunk->times);
    free(chunk);
}

FIFO_ASIDE void chunk_set_expires(struct fifo_chunk *chunk, uint32_t index, uint64_t expires)
{
    if (expires != QUEUE_NEVER && !chunk->times) {
        chunk->times = memory_raw(chunk->cap * sizeof *chunk->times);
        for (uint32_t i = 0; i < chunk->cap; i++) {
            chunk->times[i] = QUEUE_NEVER;
        }
    }
    if (chunk->times) {
        chunk->times[index] = expires;
    }
}

void chunk_note_at(struct fifo_chunk *chunk, uint64_t at)
{
    ASSERT(chunk->slots);
    struct slot_chunk *slots = (struct slot_chunk *)chunk;
    if (at < slots->at_low) {
        slots->at_low = at;
    }
    if (at > slots->at_high) {
        slots->at_high = at;
    }
}

struct msg *chunk_read(struct fifo_chunk *chunk, uint32_t index, struct stored *out)
{
    struct msg *msg;
    uint64_t offset = index;
    if (chunk->slots) {
        struct slot slot = chunk_slots(chunk)[index];
        msg = slot_msg(slot);
        offset = slot_offset(slot);
        *out = slot_stored(slot);
    } else {
        msg = chunk_msgs(chunk)[index];
    }
    if (msg) {
        *out = msg_stored(msg);
    }
    out->position = chunk->first + offset;
    out->expires = QUEUE_NEVER;
    return msg;
}

uint32_t chunk_search(struct fifo_chunk *chunk, uint64_t position)
{
    const struct slot *items = chunk_slots(chunk);
    if (chunk->begin == chunk->end || position <= chunk->first + slot_offset(items[chunk->begin])) {
        return chunk->begin;
    }
    uint64_t offset = position - chunk->first;
    if (offset > slot_offset(items[chunk->end - 1])) {
        return chunk->end;
    }
    uint64_t guess = chunk->begin + offset - slot_offset(items[chunk->begin]); // if none is missing
    if (guess < chunk->end && slot_offset(items[guess]) == offset) {
        return (uint32_t)guess;
    }
    uint32_t low = chunk->begin, high = chunk->end - 1u; // the first is below, the last is not
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slot_offset(items[middle]) < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return high;
}

/* Moves an item down; its time is the caller's. */
static void move_item(struct fifo_chunk *chunk, uint32_t to, uint32_t from)
{
    chunk_slots(chunk)[to] = chunk_slots(chunk)[from];
    if (chunk->times) {
        chunk->times[to] = chunk->times[from];
    }
}

void chunk_squeeze(struct fifo_chunk *chunk)
{
    uint32_t kept = 0;
    for (uint32_t i = chunk->begin; i < chunk->end; i++) {
        if (!slot_is_gone(chunk_slots(chunk)[i])) {
            move_item(chunk, kept++, i);
        }
    }
    chunk->begin = 0;
    chunk->end = (uint16_t)kept;
    ASSERT(chunk->live == kept);
}
