#include "queue/fifo_chunk.h"

#include <stdlib.h>

#include "queue/ledger.h"

/* Places that were settled, as recovery finds it. A slot is emptied; a chunk that is mostly empty
 * is packed, so that memory follows what is left. */

/* Empties a slot; returns the octets of the body. */
static uint64_t forget_slot(struct fifo *fifo, struct fifo_chunk *chunk, uint32_t index)
{
    struct stored stored;
    struct msg *msg = chunk_read(chunk, index, &stored);
    if (fifo->residency && fifo_counts(fifo, msg, &stored)) {
        ledger_drop(fifo->residency->ledger, stored.at,
                    stored_octets(stored.body_len, stored.rest_len));
    }
    struct slot *slot = &chunk_slots(chunk)[index];
    chunk_count_paged(chunk, msg, stored.body_len, -1);
    if (msg) {
        chunk_let_go(chunk, msg);
        msg_unref(msg);
        chunk->resident--;
    }
    *slot = (struct slot){0, slot_offset(*slot) << 48};
    chunk->live--;
    fifo->count--;
    return stored.body_len;
}

uint32_t fifo_chunk_tidy(struct fifo *fifo, uint32_t index)
{
    struct fifo_chunk *chunk = fifo_chunk_at(fifo, index);
    if (chunk->live == 0) {
        fifo_chunk_remove(fifo, index);
        chunk_free(chunk);
        return index;
    }
    while (slot_is_gone(chunk_slots(chunk)[chunk->begin])) {
        chunk->begin++;
    }
    while (slot_is_gone(chunk_slots(chunk)[chunk->end - 1])) {
        chunk->end--;
    }
    if (chunk->cap > CHUNK_SLOTS_FIRST && chunk->live <= chunk->cap / 4) {
        chunk_squeeze(chunk);
        fifo_chunk_resize(fifo, index, chunk->cap / 2u);
    }
    return index + 1;
}

uint64_t fifo_forget(struct fifo *fifo, const struct run *run, uint64_t *bytes)
{
    uint64_t before = fifo->count, end = run->first + run->count;
    if (before == 0) {
        return 0;
    }
    uint32_t index = fifo_chunk_find(fifo, run->first);
    while (index < fifo_chunk_count(fifo) && fifo_chunk_at(fifo, index)->first < end) {
        struct fifo_chunk *chunk = fifo_chunk_at(fifo, index);
        if (!chunk->slots && chunk->first + chunk->end <= run->first) {
            index++;
            continue;
        }
        chunk = fifo_chunk_to_slots(fifo, index);
        uint32_t at = chunk_search(chunk, run->first);
        for (; at < chunk->end && chunk->first + slot_offset(chunk_slots(chunk)[at]) < end; at++) {
            if (!slot_is_gone(chunk_slots(chunk)[at])) {
                *bytes += forget_slot(fifo, chunk, at);
            }
        }
        index = fifo_chunk_tidy(fifo, index);
    }
    return before - fifo->count;
}

/* Gives a chunk of slots that was merged with all that fit the size that it needs. */
static void fit(struct fifo *fifo, uint32_t index)
{
    struct fifo_chunk *chunk = fifo_chunk_at(fifo, index);
    if (chunk->slots && chunk->live < chunk->cap) {
        chunk_squeeze(chunk);
        fifo_chunk_resize(fifo, index, chunk->live);
    }
}

void fifo_pack(struct fifo *fifo)
{
    uint32_t count = fifo_chunk_count(fifo), kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct fifo_chunk *chunk = fifo_chunk_at(fifo, i);
        bool movable = kept > 0 && chunk->slots && !list_linked(&chunk->link);
        if (movable && fifo_chunk_append(fifo, kept - 1, chunk)) {
            continue;
        }
        if (kept > 0) {
            fit(fifo, kept - 1);
        }
        fifo_chunk_replace(fifo, kept++, chunk);
    }
    if (kept > 0) {
        fifo_chunk_truncate(fifo, kept);
        fit(fifo, kept - 1);
    }
}
