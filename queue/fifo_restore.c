#include "queue/fifo_chunk.h"

#include <string.h>

#include "queue/ledger.h"

/* Places that recovery finds in the journal. Chunks of slots stay sorted all the time: a place out
 * of order goes between others of its chunk, which is split when it is full. */

static struct fifo_chunk *insert_chunk(struct fifo *fifo, uint32_t index, uint64_t first)
{
    const struct fifo_chunk *before = index > 0 ? fifo_chunk_at(fifo, index - 1) : NULL;
    bool in_order = before && index == fifo_chunk_count(fifo) && before->cap == CHUNK_LATER;
    struct fifo_chunk *chunk =
        chunk_new_slots(fifo, in_order ? CHUNK_LATER : CHUNK_SLOTS_FIRST, first);
    fifo_chunk_insert(fifo, index, chunk);
    return chunk;
}

static void count_slots(struct fifo_chunk *chunk)
{
    uint32_t live = 0, resident = 0;
    for (uint32_t i = chunk->begin; i < chunk->end; i++) {
        live += !slot_is_gone(chunk_slots(chunk)[i]);
        resident += slot_msg(chunk_slots(chunk)[i]) != NULL;
    }
    chunk->live = (uint16_t)live;
    chunk->resident = (uint16_t)resident;
}

/* Moves the upper half of a chunk that is full into one of its own. */
static void split(struct fifo *fifo, uint32_t index)
{
    struct fifo_chunk *chunk = fifo_chunk_at(fifo, index);
    uint32_t middle = chunk->end / 2;
    uint64_t shift = slot_offset(chunk_slots(chunk)[middle]);
    struct fifo_chunk *upper = chunk_new_slots(fifo, CHUNK_LATER, chunk->first + shift);
    for (uint32_t i = middle; i < chunk->end; i++) {
        chunk_slots(upper)[i - middle] = slot_shifted(chunk_slots(chunk)[i], -shift);
        chunk_set_expires(upper, i - middle, chunk_expires(chunk, i));
    }
    upper->end = (uint16_t)(chunk->end - middle);
    chunk->end = (uint16_t)middle;
    count_slots(chunk);
    count_slots(upper);
    ((struct slot_chunk *)upper)->at_low = ((struct slot_chunk *)chunk)->at_low;
    ((struct slot_chunk *)upper)->at_high = ((struct slot_chunk *)chunk)->at_high;
    if (list_linked(&chunk->link)) {
        list_insert_before(chunk->link.next, &upper->link);
    }
    fifo_chunk_insert(fifo, index + 1, upper);
}

/* Makes room for one more slot. False if the chunk has as many as one may have. */
static bool make_room(struct fifo *fifo, uint32_t index)
{
    struct fifo_chunk *chunk = fifo_chunk_at(fifo, index);
    if (chunk->end < chunk->cap) {
        return true;
    }
    if (chunk->live < chunk->cap / 2 || (chunk->live < chunk->cap && chunk->cap == CHUNK_LATER)) {
        chunk_squeeze(chunk);
        return true;
    }
    if (chunk->cap == CHUNK_LATER) {
        return false;
    }
    uint32_t twice = chunk->cap * 2u < CHUNK_LATER ? chunk->cap * 2u : CHUNK_LATER;
    fifo_chunk_resize(fifo, index, twice);
    return true;
}

/* Lets a chunk begin at a lower position. False if the last of it could not be named then. */
static bool begin_lower(struct fifo_chunk *chunk, uint64_t position)
{
    uint64_t shift = chunk->first - position;
    uint64_t last = slot_offset(chunk_slots(chunk)[chunk->end - 1]);
    if (shift > SLOT_OFFSET_MAX || last + shift > SLOT_OFFSET_MAX) {
        return false;
    }
    for (uint32_t i = chunk->begin; i < chunk->end; i++) {
        chunk_slots(chunk)[i] = slot_shifted(chunk_slots(chunk)[i], shift);
    }
    chunk->first = position;
    return true;
}

/* The chunk, by index, that a new place at this position is to be in, having room. The one given is
 * where it would be found, or is the first and above it. */
static uint32_t chunk_for(struct fifo *fifo, uint32_t index, uint64_t position)
{
    struct fifo_chunk *chunk = fifo_chunk_at(fifo, index);
    if (!chunk->slots || position - chunk->first > SLOT_OFFSET_MAX) {
        bool above = position >= chunk->first;
        if (above || !chunk->slots || !begin_lower(chunk, position)) {
            insert_chunk(fifo, index + above, position);
            return index + above;
        }
    }
    if (make_room(fifo, index)) {
        return index;
    }
    if (chunk_search(chunk, position) == chunk->end) {
        insert_chunk(fifo, index + 1, position);
        return index + 1;
    }
    split(fifo, index);
    return index + (fifo_chunk_at(fifo, index + 1)->first <= position);
}

static void open_gap(struct fifo_chunk *chunk, uint32_t at)
{
    size_t count = chunk->end - at;
    memmove(chunk_slots(chunk) + at + 1, chunk_slots(chunk) + at, count * sizeof(struct slot));
    if (chunk->times) {
        memmove(chunk->times + at + 1, chunk->times + at, count * sizeof *chunk->times);
    }
    chunk->end++;
}

/* Puts it into the slot at `at`, which is a gap or empty. */
static void fill(struct fifo *fifo, struct fifo_chunk *chunk, uint32_t at,
                 const struct stored *stored)
{
    uint64_t offset = stored->position - chunk->first;
    if (slot_fits(stored->at, stored->body_len, stored->rest_len)) {
        chunk_slots(chunk)[at] = slot_of_stored(stored, offset);
        chunk_note_at(chunk, stored->at);
    } else {
        chunk_slots(chunk)[at] = slot_of_msg(msg_stub(stored), offset);
        chunk->resident++;
    }
    chunk_set_expires(chunk, at, stored->expires);
    chunk_count_paged(chunk, NULL, stored->body_len, 1);
    chunk->live++;
    fifo->count++;
    if (fifo->residency) {
        ledger_add(fifo->residency->ledger, stored->at,
                   stored_octets(stored->body_len, stored->rest_len));
    }
}

/* Something is there already: it is stored elsewhere now. */
static void replace(struct fifo *fifo, struct fifo_chunk *chunk, uint32_t at, uint64_t stored_at)
{
    struct stored before;
    struct msg *msg = chunk_read(chunk, at, &before);
    bool counted = fifo_counts(fifo, msg, &before);
    if (msg) {
        msg->stored_at = stored_at;
    } else {
        chunk_slots(chunk)[at] = slot_moved(chunk_slots(chunk)[at], stored_at);
        chunk_note_at(chunk, stored_at);
    }
    if (fifo->residency) {
        uint64_t octets = stored_octets(before.body_len, before.rest_len);
        if (counted) {
            ledger_drop(fifo->residency->ledger, before.at, octets);
        }
        before.at = stored_at;
        if (fifo_counts(fifo, msg, &before)) {
            ledger_add(fifo->residency->ledger, stored_at, octets);
        }
    }
}

static bool is_there(struct fifo_chunk *chunk, uint32_t at, uint64_t position)
{
    return at < chunk->end && chunk->first + slot_offset(chunk_slots(chunk)[at]) == position;
}

enum queue_restored fifo_restore(struct fifo *fifo, const struct stored *stored)
{
    uint64_t position = stored->position;
    if (fifo->count == 0) {
        fifo_clear(fifo, NULL);
        insert_chunk(fifo, 0, position);
    }
    uint32_t index = fifo_chunk_find(fifo, position);
    struct fifo_chunk *chunk = fifo_chunk_at(fifo, index);
    if (!chunk->slots && chunk->first <= position && position < chunk->first + chunk->end) {
        chunk = fifo_chunk_to_slots(fifo, index);
    }
    if (chunk->slots) {
        uint32_t at = chunk_search(chunk, position);
        bool there = is_there(chunk, at, position);
        if (there && !slot_is_gone(chunk_slots(chunk)[at])) {
            replace(fifo, chunk, at, stored->at);
            return QUEUE_RESTORE_REPLACED;
        }
        if (there) {
            fill(fifo, chunk, at, stored);
            return QUEUE_RESTORE_ADDED;
        }
    }
    chunk = fifo_chunk_at(fifo, chunk_for(fifo, index, position));
    uint32_t at = chunk_search(chunk, position);
    open_gap(chunk, at);
    fill(fifo, chunk, at, stored);
    return QUEUE_RESTORE_ADDED;
}
