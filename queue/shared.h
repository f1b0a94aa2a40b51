#ifndef QUEUE_SHARED_H
#define QUEUE_SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Records of the journal that several places in queues need, and how many of them do: a hash table
 * by the records' positions, of 16 octets an entry. Most records have one place and are not here.
 * Zero-initialise it. */
struct shared_record {
    uint64_t at;    // journal position; 0: the entry is empty
    uint64_t count; // places
};

struct shared {
    struct shared_record *records; // owned
    size_t cap;                    // a power of two, or 0
    size_t count;
};

/* The entry, borrowed until the next put or remove; NULL if there is none. */
struct shared_record *shared_find(const struct shared *shared, uint64_t at);

/* The same, made with a count of 0 if need be. */
struct shared_record *shared_put(struct shared *shared, uint64_t at);
void shared_remove(struct shared *shared, struct shared_record *record);

void shared_remove_empty(struct shared *shared); // those with a count of 0
void shared_finish(struct shared *shared);       // frees the memory

#endif
