#include "queue/fifo_chunk.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The row of chunks of a fifo: an array once there are two of them, from whose front they mostly
 * go, and at whose end they mostly come. */

/* Makes room for one more behind the end. */
static void make_room(struct fifo *fifo)
{
    if (fifo->end < fifo->cap) {
        return;
    }
    if (fifo->begin > fifo->cap / 2) {
        memmove(fifo->chunks, fifo->chunks + fifo->begin,
                (fifo->end - fifo->begin) * sizeof *fifo->chunks);
        fifo->end -= fifo->begin;
        fifo->begin = 0;
        return;
    }
    fifo->cap = fifo->cap ? fifo->cap * 2 : 8;
    fifo->chunks = memory_grow(fifo->chunks, fifo->cap * sizeof *fifo->chunks);
}

void fifo_chunk_insert(struct fifo *fifo, uint32_t index, struct fifo_chunk *chunk)
{
    if (!fifo->head) {
        fifo->head = fifo->tail = chunk;
        return;
    }
    make_room(fifo);
    if (fifo->end == fifo->begin) { // the second chunk
        fifo->chunks[fifo->end++] = fifo->head;
    }
    struct fifo_chunk **at = fifo->chunks + fifo->begin + index;
    memmove(at + 1, at, (size_t)(fifo->chunks + fifo->end - at) * sizeof *at);
    *at = chunk;
    fifo->end++;
    fifo->head = fifo->chunks[fifo->begin];
    fifo->tail = fifo->chunks[fifo->end - 1];
}

void fifo_chunk_replace(struct fifo *fifo, uint32_t index, struct fifo_chunk *chunk)
{
    if (!fifo->chunks) {
        fifo->head = fifo->tail = chunk;
        return;
    }
    fifo->chunks[fifo->begin + index] = chunk;
    fifo->head = fifo->chunks[fifo->begin];
    fifo->tail = fifo->chunks[fifo->end - 1];
}

/* Gives memory back that the row is not going to need soon. */
static void shrink(struct fifo *fifo, uint32_t count)
{
    memmove(fifo->chunks, fifo->chunks + fifo->begin, count * sizeof *fifo->chunks);
    fifo->begin = 0;
    fifo->end = count;
    fifo->cap = count * 2 > 8 ? count * 2 : 8;
    fifo->chunks = memory_grow(fifo->chunks, fifo->cap * sizeof *fifo->chunks);
}

void fifo_chunk_truncate(struct fifo *fifo, uint32_t count)
{
    if (!fifo->chunks) {
        return;
    }
    fifo->end = fifo->begin + count;
    fifo->head = fifo->chunks[fifo->begin];
    fifo->tail = fifo->chunks[fifo->end - 1];
    if (count == 1) {
        free(fifo->chunks), fifo->chunks = NULL;
        fifo->begin = fifo->end = fifo->cap = 0;
    } else if (fifo->cap > 16 && count < fifo->cap / 4) {
        shrink(fifo, count);
    }
}

void fifo_chunk_remove(struct fifo *fifo, uint32_t index)
{
    if (!fifo->chunks) {
        fifo->head = fifo->tail = NULL;
        return;
    }
    uint32_t count = fifo_chunk_count(fifo);
    if (index == 0) {
        fifo->begin++;
    } else {
        struct fifo_chunk **at = fifo->chunks + fifo->begin + index;
        memmove(at, at + 1, (count - index - 1) * sizeof *at);
    }
    fifo_chunk_truncate(fifo, count - 1);
}

uint32_t fifo_chunk_search(const struct fifo *fifo, uint64_t position)
{
    uint32_t low = 0, high = fifo_chunk_count(fifo); // chunks below `low` begin at or before it
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (fifo_chunk_at(fifo, middle)->first <= position) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 ? low - 1 : 0;
}

static bool is_at(const struct fifo *fifo, uint32_t index, uint64_t position)
{
    uint32_t count = fifo_chunk_count(fifo);
    return index < count && fifo_chunk_at(fifo, index)->first <= position &&
           (index + 1 == count || position < fifo_chunk_at(fifo, index + 1)->first);
}

uint32_t fifo_chunk_find(struct fifo *fifo, uint64_t position)
{
    if (is_at(fifo, fifo->found, position)) {
        return fifo->found;
    }
    bool next = is_at(fifo, fifo->found + 1, position);
    fifo->found = next ? fifo->found + 1 : fifo_chunk_search(fifo, position);
    return fifo->found;
}
