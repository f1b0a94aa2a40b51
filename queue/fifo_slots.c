#include "queue/fifo_chunk.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Chunks of slots: made of chunks of messages, given another size, and merged. */

/* Puts `with` where `chunk` is in the residency's list. */
static void relink(struct fifo_chunk *chunk, struct fifo_chunk *with)
{
    struct list_node *next = chunk->link.next;
    list_unlink(&chunk->link);
    list_insert_before(next, &with->link);
}

struct fifo_chunk *fifo_chunk_to_slots(struct fifo *fifo, uint32_t index)
{
    struct fifo_chunk *chunk = fifo_chunk_at(fifo, index);
    if (chunk->slots) {
        return chunk;
    }
    uint32_t count = chunk->end - chunk->begin;
    uint32_t cap = count > 0 ? count : CHUNK_SLOTS_FIRST;
    struct fifo_chunk *with = chunk_new_slots(fifo, cap, chunk->first + chunk->begin);
    for (uint32_t i = 0; i < count; i++) {
        chunk_slots(with)[i] = slot_of_msg(chunk_msgs(chunk)[chunk->begin + i], i);
        chunk_set_expires(with, i, chunk_expires(chunk, chunk->begin + i));
    }
    with->end = with->live = with->resident = (uint16_t)count;
    if (list_linked(&chunk->link)) {
        relink(chunk, with);
    }
    fifo_chunk_replace(fifo, index, with);
    chunk_free(chunk);
    return with;
}

struct fifo_chunk *fifo_chunk_resize(struct fifo *fifo, uint32_t index, uint32_t cap)
{
    struct fifo_chunk *chunk = fifo_chunk_at(fifo, index);
    struct list_node *next = chunk->link.next;
    ASSERT(chunk->slots && chunk->end <= cap && cap <= CHUNK_LATER);
    if (next) {
        list_unlink(&chunk->link);
    }
    chunk = memory_grow(chunk, sizeof(struct slot_chunk) + cap * sizeof(struct slot));
    if (next) {
        list_insert_before(next, &chunk->link);
    }
    if (chunk->times) {
        chunk->times = memory_grow(chunk->times, cap * sizeof *chunk->times);
        for (uint32_t i = chunk->cap; i < cap; i++) {
            chunk->times[i] = QUEUE_NEVER;
        }
    }
    chunk->cap = (uint16_t)cap;
    fifo_chunk_replace(fifo, index, chunk);
    return chunk;
}

/* Whether all that is in `chunk` can be named in `before`, and has room when that has grown. */
static bool fits_behind(struct fifo_chunk *before, struct fifo_chunk *chunk)
{
    if (!before->slots || before->live + chunk->live > CHUNK_LATER) {
        return false;
    }
    uint64_t last = slot_offset(chunk_slots(chunk)[chunk->end - 1]);
    return chunk->first + last - before->first <= SLOT_OFFSET_MAX;
}

bool fifo_chunk_append(struct fifo *fifo, uint32_t index, struct fifo_chunk *chunk)
{
    struct fifo_chunk *to = fifo_chunk_at(fifo, index);
    ASSERT(!list_linked(&chunk->link));
    if (!fits_behind(to, chunk)) {
        return false;
    }
    if (to->live < to->end) {
        chunk_squeeze(to);
    }
    uint32_t room = to->end + chunk->live;
    if (room > to->cap) {
        uint32_t twice = to->cap * 2u < CHUNK_LATER ? to->cap * 2u : CHUNK_LATER;
        to = fifo_chunk_resize(fifo, index, room > twice ? room : twice);
    }
    for (uint32_t i = chunk->begin; i < chunk->end; i++) {
        struct slot slot = chunk_slots(chunk)[i];
        if (!slot_is_gone(slot)) {
            chunk_set_expires(to, to->end, chunk_expires(chunk, i));
            chunk_slots(to)[to->end++] = slot_shifted(slot, chunk->first - to->first);
        }
    }
    to->live += chunk->live;
    to->resident += chunk->resident;
    if (chunk->resident < chunk->live) {
        chunk_note_at(to, ((struct slot_chunk *)chunk)->at_low);
        chunk_note_at(to, ((struct slot_chunk *)chunk)->at_high);
    }
    chunk_free(chunk);
    return true;
}
