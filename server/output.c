#include "server/output.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "queue/msg.h"

_Static_assert(sizeof(struct chunk) <= CHUNK_SIZE, "a chunk is one allocation of a known size");

/* More free ones than these go back to the allocator, so that a burst does not leave its memory
 * behind. */
enum { FREE_CHUNKS_MAX = 64, FREE_SPLICES_MAX = 256 };

static void chunk_release(struct chunk_pool *pool, struct chunk *chunk)
{
    if (pool->chunk_count >= FREE_CHUNKS_MAX) {
        free(chunk);
        return;
    }
    chunk->next = pool->chunks;
    pool->chunks = chunk;
    pool->chunk_count++;
}

static void splice_release(struct chunk_pool *pool, struct splice *splice)
{
    msg_unref(splice->msg);
    splice->msg = NULL;
    if (pool->splice_count >= FREE_SPLICES_MAX) {
        free(splice);
        return;
    }
    splice->next = pool->splices;
    pool->splices = splice;
    pool->splice_count++;
}

void chunk_pool_finish(struct chunk_pool *pool)
{
    while (pool->chunks) {
        struct chunk *chunk = pool->chunks;
        pool->chunks = chunk->next;
        free(chunk);
    }
    while (pool->splices) {
        struct splice *splice = pool->splices;
        pool->splices = splice->next;
        free(splice);
    }
    *pool = (struct chunk_pool){0};
}

void output_add_chunk(struct output *out, struct chunk_pool *pool)
{
    struct chunk *chunk = pool->chunks;
    if (chunk) {
        pool->chunks = chunk->next;
        pool->chunk_count--;
    } else {
        chunk = memory_raw(sizeof *chunk);
    }
    chunk->next = NULL;
    chunk->begin = chunk->end = 0;
    if (out->last) {
        out->last->next = chunk;
    } else {
        out->first = chunk;
    }
    out->last = chunk;
}

void output_add(struct output *out, struct chunk_pool *pool, struct slice octets)
{
    while (octets.len > 0) {
        uint8_t *room = output_reserve(out, pool, 1);
        size_t len = CHUNK_ROOM - out->last->end;
        len = len < octets.len ? len : octets.len;
        memcpy(room, octets.ptr, len);
        output_commit(out, len);
        octets.ptr += len;
        octets.len -= len;
    }
}

void output_splice(struct output *out, struct chunk_pool *pool, struct msg *msg,
                   struct slice octets)
{
    struct splice *splice = pool->splices;
    if (splice) {
        pool->splices = splice->next;
        pool->splice_count--;
    } else {
        splice = memory_raw(sizeof *splice);
    }
    *splice = (struct splice){.at = out->written, .octets = octets, .msg = msg_ref(msg)};
    if (out->splices) {
        out->splice_last->next = splice;
    } else {
        out->splices = splice;
    }
    out->splice_last = splice;
    out->spliced += octets.len;
}

static struct iovec piece(const uint8_t *ptr, size_t len)
{
    return (struct iovec){.iov_base = (void *)(uintptr_t)ptr, .iov_len = len};
}

int output_gather(const struct output *out, struct iovec *pieces, int max)
{
    const struct splice *splice = out->splices;
    const struct chunk *chunk = out->first;
    uint32_t from = chunk ? chunk->begin : 0;
    uint64_t at = out->sent;
    int count = 0;

    while (count < max) {
        if (splice && splice->at == at) {
            pieces[count++] = piece(splice->octets.ptr, splice->octets.len);
            splice = splice->next;
            continue;
        }
        while (chunk && from == chunk->end) {
            chunk = chunk->next;
            from = chunk ? chunk->begin : 0;
        }
        if (!chunk) {
            break;
        }
        size_t len = chunk->end - from;
        if (splice && splice->at - at < len) {
            len = (size_t)(splice->at - at);
        }
        pieces[count++] = piece(chunk->data + from, len);
        at += len;
        from += (uint32_t)len;
    }
    return count;
}

/* Takes up to `octets` off the first splice, which is next in line. */
static size_t sent_splice(struct output *out, struct chunk_pool *pool, size_t octets)
{
    struct splice *splice = out->splices;
    if (octets < splice->octets.len) {
        splice->octets.ptr += octets;
        splice->octets.len -= octets;
        out->spliced -= octets;
        return octets;
    }
    size_t len = splice->octets.len;
    out->spliced -= len;
    out->splices = splice->next;
    splice_release(pool, splice);
    return len;
}

/* Takes up to `octets` off the first chunk, but none behind the next splice. */
static size_t sent_chunk(struct output *out, struct chunk_pool *pool, size_t octets)
{
    struct chunk *chunk = out->first;
    CHECK(chunk);
    size_t len = chunk->end - chunk->begin;
    len = len < octets ? len : octets;
    if (out->splices && out->splices->at - out->sent < len) {
        len = (size_t)(out->splices->at - out->sent);
    }
    chunk->begin += (uint32_t)len;
    out->sent += len;
    if (chunk->begin == chunk->end) {
        out->first = chunk->next;
        if (!out->first) {
            out->last = NULL;
        }
        chunk_release(pool, chunk);
    }
    return len;
}

void output_sent(struct output *out, struct chunk_pool *pool, size_t octets)
{
    CHECK(octets <= output_size(out));
    while (octets > 0) {
        bool splice_next = out->splices && out->splices->at == out->sent;
        octets -= splice_next ? sent_splice(out, pool, octets) : sent_chunk(out, pool, octets);
    }
}

void output_finish(struct output *out, struct chunk_pool *pool)
{
    while (out->first) {
        struct chunk *chunk = out->first;
        out->first = chunk->next;
        chunk_release(pool, chunk);
    }
    while (out->splices) {
        struct splice *splice = out->splices;
        out->splices = splice->next;
        splice_release(pool, splice);
    }
    *out = (struct output){0};
}
