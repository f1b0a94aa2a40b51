#include "queue/fifo_chunk.h"
#include "queue/ledger.h"

/* An open chunk is small as a rule: for less content than this it is not worth a new one. */
enum { WORTH_A_CHUNK = 4096 };

enum fate { FATE_NONE, FATE_GOES, FATE_WAITS, FATE_STAYS };

/* What becomes of the message in memory (or NULL). A place that is not journaled itself may be all
 * that would still need the record, and the record's segment be gone. */
static enum fate fate_of(const struct fifo *fifo, struct msg *msg, uint64_t written)
{
    if (!msg || msg->stub) {
        return FATE_NONE;
    }
    bool journaled = fifo_journals(fifo, msg->persistent);
    if (msg->stored_at == 0) {
        return journaled ? FATE_WAITS : FATE_STAYS;
    }
    if (!journaled && !ledger_find(fifo->residency->ledger, msg->stored_at)) {
        msg->stored_at = 0;
        return FATE_STAYS;
    }
    if (!slot_fits(msg->stored_at, msg->body_len, msg->route_len + msg->properties_len)) {
        return FATE_STAYS;
    }
    return msg->stored_at <= written ? FATE_GOES : FATE_WAITS;
}

/* Whether anything should go; counts what is left in any case. */
static bool survey(struct fifo_chunk *chunk, uint64_t written, struct eviction *out)
{
    uint64_t bytes = 0;
    uint32_t going = 0;
    for (uint32_t i = chunk->begin; i < chunk->end; i++) {
        struct msg *msg = chunk_msg(chunk, i);
        enum fate fate = fate_of(chunk->fifo, msg, written);
        out->waiting += fate == FATE_WAITS;
        out->staying += fate == FATE_STAYS;
        if (fate == FATE_GOES) {
            going++;
            bytes += msg_size(msg);
        }
    }
    if (chunk_is_open(chunk) && bytes < WORTH_A_CHUNK) {
        out->waiting += going;
        return false;
    }
    return going > 0;
}

/* Leaves what is in the journal of the message in a slot. */
static void drop_content(struct fifo *fifo, struct fifo_chunk *chunk, uint32_t index)
{
    struct stored stored;
    struct msg *msg = chunk_read(chunk, index, &stored);
    if (!fifo_counts(fifo, msg, &stored)) {
        ledger_add(fifo->residency->ledger, stored.at, msg_stored_octets(msg));
    }
    struct slot *slot = &chunk_slots(chunk)[index];
    *slot = slot_of_stored(&stored, slot_offset(*slot));
    chunk_note_at(chunk, stored.at);
    chunk->resident--;
    chunk_count_paged(chunk, NULL, stored.body_len, 1);
    residency_leave(fifo->residency, msg);
    msg_unref(msg);
}

struct fifo_chunk *fifo_evict(struct fifo_chunk *chunk, uint64_t written, struct eviction *out)
{
    struct fifo *fifo = chunk->fifo;
    *out = (struct eviction){0};
    if (!survey(chunk, written, out)) {
        bool empty = chunk->slots && out->waiting + out->staying == 0; // they have been taken
        if (empty) {
            list_unlink(&chunk->link);
        }
        return empty ? NULL : chunk;
    }
    uint32_t index = fifo_chunk_search(fifo, chunk->first);
    chunk = fifo_chunk_to_slots(fifo, index);
    for (uint32_t i = chunk->begin; i < chunk->end; i++) {
        if (fate_of(fifo, slot_msg(chunk_slots(chunk)[i]), written) == FATE_GOES) {
            drop_content(fifo, chunk, i);
            out->gone++;
        }
    }
    if (out->waiting + out->staying > 0) {
        return chunk;
    }
    list_unlink(&chunk->link);
    if (index > 0 && fifo_chunk_append(fifo, index - 1, chunk)) {
        fifo_chunk_remove(fifo, index);
    }
    return NULL;
}
