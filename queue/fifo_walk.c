#include "queue/fifo_chunk.h"
#include "queue/ledger.h"
#include "queue/moves.h"

/* What a fifo holds, as checkpoints and compaction see it. */

/* The first index of a chunk whose position is not below. */
static uint32_t index_of(struct fifo_chunk *chunk, uint64_t position)
{
    if (chunk->slots) {
        return chunk_search(chunk, position);
    }
    uint64_t begin = chunk->first + chunk->begin, end = chunk->first + chunk->end;
    return position <= begin ? chunk->begin
                             : (uint32_t)((position < end ? position : end) - chunk->first);
}

uint64_t fifo_first(const struct fifo *fifo)
{
    struct stored stored;
    chunk_read(fifo->head, fifo->head->begin, &stored);
    return stored.position;
}

size_t fifo_walk(const struct fifo *fifo, struct queue_cursor *cursor, struct stored *out,
                 size_t count)
{
    size_t found = 0;
    uint32_t i = fifo_chunk_search(fifo, cursor->position);
    for (; i < fifo_chunk_count(fifo); i++) {
        struct fifo_chunk *chunk = fifo_chunk_at(fifo, i);
        uint32_t index = index_of(chunk, cursor->position);
        for (; index < chunk->end; index++) {
            if (count-- == 0) {
                return found;
            }
            chunk_read(chunk, index, &out[found]);
            out[found].expires = chunk_expires(chunk, index);
            cursor->position = out[found].position + 1;
            found += out[found].at != 0 && fifo_journals(fifo, out[found].persistent);
        }
    }
    cursor->done = true;
    return found;
}

/* Whether nothing in the chunk can be stored in [from, end). A message in memory can be anywhere.
 */
static bool is_elsewhere(const struct fifo_chunk *chunk, uint64_t from, uint64_t end)
{
    const struct slot_chunk *slots = (const struct slot_chunk *)chunk;
    return chunk->slots && chunk->resident == 0 && (slots->at_high < from || end <= slots->at_low);
}

void fifo_collect(const struct fifo *fifo, uint64_t from, uint64_t end, struct places *out)
{
    for (uint32_t i = 0; i < fifo_chunk_count(fifo); i++) {
        struct fifo_chunk *chunk = fifo_chunk_at(fifo, i);
        for (uint32_t index = is_elsewhere(chunk, from, end) ? chunk->end : chunk->begin;
             index < chunk->end; index++) {
            struct stored stored;
            struct msg *msg = chunk_read(chunk, index, &stored);
            if (from <= stored.at && stored.at < end && fifo_counts(fifo, msg, &stored)) {
                places_add(out, &(struct place){stored.position, stored.at,
                                                fifo_journals(fifo, stored.persistent)});
            }
        }
    }
}

static bool relocate_slot(const struct moves *moves, struct slot *slot)
{
    const struct move *move = moves_find(moves, slot_at(*slot));
    if (!move) {
        return false;
    }
    struct stored stored = slot_stored(*slot);
    ledger_move(moves->ledger, move->from, move->to,
                stored_octets(stored.body_len, stored.rest_len));
    *slot = slot_moved(*slot, move->to);
    return true;
}

/* Moves what is in a chunk, and finds its bounds anew. */
static uint64_t relocate_chunk(struct fifo *fifo, struct fifo_chunk *chunk,
                               const struct moves *moves)
{
    uint64_t found = 0;
    if (chunk->slots) {
        ((struct slot_chunk *)chunk)->at_low = UINT64_MAX;
        ((struct slot_chunk *)chunk)->at_high = 0;
    }
    for (uint32_t i = chunk->begin; i < chunk->end; i++) {
        struct stored stored;
        struct msg *msg = chunk_read(chunk, i, &stored);
        if (msg) {
            found += moves_apply(moves, msg, fifo_counts(fifo, msg, &stored));
        } else if (stored.at != 0) {
            found += relocate_slot(moves, &chunk_slots(chunk)[i]);
            chunk_note_at(chunk, slot_at(chunk_slots(chunk)[i]));
        }
    }
    return found;
}

uint64_t fifo_relocate(struct fifo *fifo, const struct moves *moves)
{
    uint64_t found = 0;
    if (moves->count == 0) {
        return 0;
    }
    uint64_t from = moves->items[0].from, last = moves->items[moves->count - 1].from;
    for (uint32_t i = 0; i < fifo_chunk_count(fifo); i++) {
        struct fifo_chunk *chunk = fifo_chunk_at(fifo, i);
        if (!is_elsewhere(chunk, from, last + 1)) {
            found += relocate_chunk(fifo, chunk, moves);
        }
    }
    return found;
}

/* A row of many chunks is as long as what is in it, about. */
static uint64_t octets_of_chunks(const struct fifo *fifo)
{
    const struct fifo_chunk *head = fifo->head;
    if (!head) {
        return 0;
    }
    uint64_t count = fifo_chunk_count(fifo), places = fifo->count, slots = fifo->paged;
    if (count == 1) {
        places = head->cap;
        slots = head->slots ? places : 0;
    }
    return count * sizeof(struct slot_chunk) + fifo->cap * sizeof(void *) +
           (places - slots) * sizeof(struct msg *) + slots * sizeof(struct slot) +
           (head->times ? places * sizeof *head->times : 0);
}

void fifo_survey(const struct fifo *fifo, struct queue_extent *out)
{
    struct msg *msg = fifo->count > 0 ? chunk_msg(fifo->head, fifo->head->begin) : NULL;
    out->paged += fifo->paged;
    out->paged_bytes += fifo->paged_bytes;
    out->octets += octets_of_chunks(fifo);
    out->head = msg && !msg->stub ? msg : NULL;
}
