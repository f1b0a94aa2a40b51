#ifndef SERVER_OUTPUT_H
#define SERVER_OUTPUT_H

#include <sys/uio.h>

#include "base/slice.h"

struct msg;

/* What a connection has yet to send: a stream of copied octets in chunks, with large message bodies
 * spliced into it by reference. Chunks and splices come from a pool that all connections share,
 * and go back as soon as they are sent: an idle connection holds none, a busy one allocates
 * nothing. */
enum {
    CHUNK_SIZE = 16 * 1024 - 32, // with the allocator's overhead, just under a size class
    CHUNK_ROOM = CHUNK_SIZE - 16,
};

struct chunk {
    struct chunk *next; // output.first, or chunk_pool.chunks
    uint32_t begin;     // data[begin..end) is unsent
    uint32_t end;
    uint8_t data[CHUNK_ROOM];
};

struct splice {
    struct splice *next; // output.splices, or chunk_pool.splices
    uint64_t at;         // goes behind this many copied octets
    struct slice octets; // unsent; borrowed from msg
    struct msg *msg;     // owns one reference
};

struct chunk_pool {
    struct chunk *chunks;   // owned, free
    struct splice *splices; // owned, free
    uint32_t chunk_count;   // of the free ones
    uint32_t splice_count;
};

void chunk_pool_finish(struct chunk_pool *pool);

struct output {
    struct chunk *first;    // owned, as are those behind it
    struct chunk *last;     // where octets are added; NULL if there is none
    struct splice *splices; // owned, in order
    struct splice *splice_last;
    uint64_t written; // copied octets ever added
    uint64_t sent;    // copied octets ever sent
    size_t spliced;   // unsent octets in splices
};

void output_finish(struct output *out, struct chunk_pool *pool); // drops what is unsent

void output_add_chunk(struct output *out, struct chunk_pool *pool);

/* Room for `len` octets (at most CHUNK_ROOM) in one run; what was filled in is then added with
 * output_commit. */
static inline uint8_t *output_reserve(struct output *out, struct chunk_pool *pool, size_t len)
{
    if (!out->last || CHUNK_ROOM - out->last->end < len) {
        output_add_chunk(out, pool);
    }
    return out->last->data + out->last->end;
}

static inline void output_commit(struct output *out, size_t len)
{
    out->last->end += (uint32_t)len;
    out->written += len;
}

/* Any length; copies. */
void output_add(struct output *out, struct chunk_pool *pool, struct slice octets);

/* Adds octets of the message (part of its body) without copying; takes a reference of its own. */
void output_splice(struct output *out, struct chunk_pool *pool, struct msg *msg,
                   struct slice octets);

static inline size_t output_size(const struct output *out)
{
    return (size_t)(out->written - out->sent) + out->spliced;
}

int output_gather(const struct output *out, struct iovec *pieces, int max);
void output_sent(struct output *out, struct chunk_pool *pool, size_t octets);

#endif
