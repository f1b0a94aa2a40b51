#include "queue/residency.h"

#include "queue/fifo_chunk.h"

/* How many messages that cannot go are looked at in one call. */
enum { PATIENCE = 256 };

void residency_init(struct residency *residency, struct ledger *ledger)
{
    *residency = (struct residency){.ledger = ledger};
    list_init(&residency->chunks);
    list_init(&residency->transient);
}

static struct fifo_chunk *first_of(const struct list *list)
{
    struct list_node *node = list_first(list);
    return node ? container_of(node, struct fifo_chunk, link) : NULL;
}

static void move_to(struct list *list, struct fifo_chunk *chunk)
{
    list_unlink(&chunk->link);
    list_push(list, &chunk->link);
}

uint64_t residency_evict(struct residency *residency, uint64_t target, uint64_t written)
{
    uint64_t gone = 0;
    int64_t patience = PATIENCE;
    struct fifo_chunk *chunk;
    while (residency->bytes > target && patience > 0 && (chunk = first_of(&residency->chunks))) {
        struct eviction eviction;
        chunk = fifo_evict(chunk, written, &eviction);
        gone += eviction.gone;
        patience -= (int64_t)eviction.waiting + eviction.staying + (eviction.gone == 0);
        if (!chunk) {
            continue;
        }
        bool settled = eviction.waiting == 0 && !chunk_is_open(chunk);
        move_to(settled ? &residency->transient : &residency->chunks, chunk);
    }
    return gone;
}

/* Adds those of a chunk from an index on that are not in the journal; returns where it stopped. */
static uint32_t gather(struct fifo_chunk *chunk, struct msg **out, size_t count, size_t *found)
{
    uint32_t i = chunk->begin;
    for (; i < chunk->end && *found < count; i++) {
        struct msg *msg = chunk_msg(chunk, i);
        if (msg && msg->stored_at == 0 && !fifo_journals(chunk->fifo, msg->persistent)) {
            out[(*found)++] = msg;
        }
    }
    return i;
}

/* A chunk that was put aside is not any more when all that is in it can go. */
size_t residency_unstored(struct residency *residency, struct msg **out, size_t count)
{
    size_t found = 0;
    struct fifo_chunk *chunk;
    while (found < count && (chunk = first_of(&residency->transient))) {
        if (gather(chunk, out, count, &found) == chunk->end) {
            move_to(&residency->chunks, chunk);
        }
    }
    int64_t patience = PATIENCE;
    list_each(node, &residency->chunks) {
        if (found == count || patience <= 0) {
            break;
        }
        chunk = container_of(node, struct fifo_chunk, link);
        patience -= 1 + chunk->end - chunk->begin;
        gather(chunk, out, count, &found);
    }
    return found;
}
