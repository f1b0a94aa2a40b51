#ifndef QUEUE_RETURNED_H
#define QUEUE_RETURNED_H

#include "queue/queue.h"

/* The messages that were taken from a queue and given back: a heap by position, so that they come
 * out in the order in which they once stood, however they were given back. Each position in it
 * is lower than that of any message never taken. Zero-initialise it. */
struct returned {
    struct returned_item {
        uint64_t position;
        uint64_t expires;
        struct msg *msg; // owns one reference
    } * items;           // owned
    size_t count;
    size_t cap;
    size_t stubs;        // of them, those whose content is not in memory
    uint64_t stub_bytes; // octets of their bodies
};

void returned_add(struct returned *returned, const struct delivery *delivery); // takes its msg
bool returned_take(struct returned *returned, struct delivery *out); // the lowest position
/* What returned_take would hand out after `index` others, of which there are more. It stays there;
 * the caller owns a reference of its own. Looks at every item a few times. */
void returned_peek(const struct returned *returned, size_t index, struct delivery *out);
void returned_clear(struct returned *returned); // drops all and frees the memory

#endif
