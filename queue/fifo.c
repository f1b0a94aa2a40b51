#include "queue/fifo.h"

#include <stdlib.h>

#include "queue/fifo_chunk.h"
#include "queue/ledger.h"
#include "queue/purged.h"

/* The tail is full, or is not for pushes. */
FIFO_ASIDE static struct fifo_chunk *add_chunk(struct fifo *fifo, uint64_t position)
{
    const struct fifo_chunk *tail = fifo->tail;
    bool long_already = tail && !tail->slots && tail->end == tail->cap;
    uint32_t cap = long_already ? CHUNK_LATER : CHUNK_FIRST;
    struct fifo_chunk *chunk = chunk_new_msgs(fifo, cap, position);
    fifo_chunk_insert(fifo, fifo_chunk_count(fifo), chunk);
    return chunk;
}

void fifo_push(struct fifo *fifo, struct msg *msg, uint64_t position, uint64_t expires)
{
    struct fifo_chunk *chunk = fifo->tail;
    if (!chunk || chunk->end >= chunk->limit) {
        chunk = add_chunk(fifo, position);
    }
    ASSERT(chunk->first + chunk->end == position && !msg->stub);
    uint32_t index = chunk->end++;
    chunk_msgs(chunk)[index] = msg;
    fifo->count++;
    if (expires != QUEUE_NEVER || chunk->times) {
        chunk_set_expires(chunk, index, expires);
    }
    residency_enter(fifo->residency, msg);
}

/* Positions of messages in a chunk are consecutive. */
void fifo_skip(struct fifo *fifo, uint64_t position_next)
{
    struct fifo_chunk *tail = fifo->tail;
    if (tail && !tail->slots && tail->first + tail->end != position_next) {
        if (tail->begin == tail->end) {
            tail->first = position_next - tail->end;
        } else {
            tail->limit = 0;
        }
    }
}

/* Makes an empty chunk ready for the next message. */
static void begin_again(struct fifo_chunk *chunk)
{
    chunk->first += chunk->end;
    chunk->begin = chunk->end = 0;
}

/* The first chunk has been emptied. A small one that is the last is kept for the next message; if
 * it was full it may have been put aside as one that nothing comes to any more. */
FIFO_ASIDE static void drop_empty(struct fifo *fifo, struct fifo_chunk *chunk)
{
    if (chunk != fifo->tail || chunk->cap != CHUNK_FIRST || chunk->limit == 0) {
        fifo_chunk_remove(fifo, 0);
        chunk_free(chunk);
        return;
    }
    if (list_linked(&chunk->link)) {
        list_unlink(&chunk->link);
        list_push(&fifo->residency->chunks, &chunk->link);
    }
    free(chunk->times), chunk->times = NULL;
    begin_again(chunk);
}

/* The same. Where there is still room it is the last: the short way of a short queue. */
static inline void leave_empty(struct fifo *fifo, struct fifo_chunk *chunk)
{
    if (chunk->end < chunk->limit && chunk->cap == CHUNK_FIRST && !chunk->times) {
        begin_again(chunk);
    } else {
        drop_empty(fifo, chunk);
    }
}

void chunk_take_slot(struct fifo_chunk *chunk, uint32_t index, struct delivery *out)
{
    struct slot *slot = &chunk_slots(chunk)[index];
    out->position = chunk->first + slot_offset(*slot);
    out->expires = chunk_expires(chunk, index);
    out->msg = slot_msg(*slot);
    if (out->msg) {
        chunk_let_go(chunk, out->msg);
        chunk->resident--;
    } else {
        struct stored stored = slot_stored(*slot);
        out->msg = msg_stub(&stored);
    }
    chunk_count_paged(chunk, out->msg, out->msg->body_len, -1);
    *slot = (struct slot){0, slot_offset(*slot) << 48};
    chunk->live--;
}

/* Takes the first, which is in a slot. */
FIFO_ASIDE static void take_slot(struct fifo_chunk *chunk, struct delivery *out)
{
    chunk_take_slot(chunk, chunk->begin, out);
    do {
        chunk->begin++;
    } while (chunk->begin < chunk->end && slot_is_gone(chunk_slots(chunk)[chunk->begin]));
}

bool fifo_take(struct fifo *fifo, struct delivery *out)
{
    if (fifo->count == 0) {
        return false;
    }
    fifo->count--;
    struct fifo_chunk *chunk = fifo->head;
    if (chunk->slots) {
        take_slot(chunk, out);
    } else {
        uint32_t index = chunk->begin++;
        out->msg = chunk_msgs(chunk)[index];
        out->position = chunk->first + index;
        out->expires = chunk_expires(chunk, index);
        residency_leave(fifo->residency, out->msg);
    }
    if (chunk->begin == chunk->end) {
        leave_empty(fifo, chunk);
    }
    return true;
}

uint64_t fifo_expires_next(const struct fifo *fifo)
{
    return fifo->count > 0 ? chunk_expires(fifo->head, fifo->head->begin) : QUEUE_NEVER;
}

/* Drops one item: out of the ledger, and into the report. */
static void drop_item(struct fifo *fifo, struct fifo_chunk *chunk, uint32_t index,
                      struct purged *purged)
{
    struct stored stored;
    struct msg *msg = chunk_read(chunk, index, &stored);
    if (!msg && stored.at == 0) {
        return;
    }
    if (purged) {
        purged_add(purged, stored.position, stored.at == 0 ? msg : NULL,
                   fifo_journals(fifo, stored.persistent));
    }
    if (fifo->residency && fifo_counts(fifo, msg, &stored)) {
        ledger_drop(fifo->residency->ledger, stored.at,
                    stored_octets(stored.body_len, stored.rest_len));
    }
    if (msg) {
        chunk_let_go(chunk, msg);
        msg_unref(msg);
    }
}

void fifo_clear(struct fifo *fifo, struct purged *purged)
{
    uint32_t count = fifo_chunk_count(fifo);
    for (uint32_t i = 0; i < count; i++) {
        struct fifo_chunk *chunk = fifo_chunk_at(fifo, i);
        for (uint32_t index = chunk->begin; index < chunk->end; index++) {
            drop_item(fifo, chunk, index, purged);
        }
        chunk_free(chunk);
    }
    free(fifo->chunks);
    *fifo = (struct fifo){.residency = fifo->residency, .keeps = fifo->keeps};
}
