#ifndef QUEUE_ATTEMPTS_H
#define QUEUE_ATTEMPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run;

/* How often messages of a queue were handed out in vain: a table by position that only has those
 * that came back at least once, at 16 octets each. Zero-initialise it. */
struct attempt {
    uint64_t position;  // 0: none
    uint32_t failed;    // deliveries that ended without an acknowledgement
    bool out : 1;       // handed out at present
    bool journaled : 1; // the journal knows of it
};

struct attempts {
    struct attempt *items; // owned; cap of them, a power of two
    size_t cap;
    size_t count;
};

/* Both are valid until the table changes. */
struct attempt *attempts_find(const struct attempts *attempts, uint64_t position); // or NULL
struct attempt *attempts_obtain(struct attempts *attempts, uint64_t position); // made if need be

/* These messages are done with: one; those of a run whose positions are `step` apart; all that are
 * not handed out. It does not matter whether they are in the table. */
void attempts_drop(struct attempts *attempts, uint64_t position);
void attempts_drop_run(struct attempts *attempts, const struct run *run, uint64_t step);
void attempts_drop_ready(struct attempts *attempts);

void attempts_finish(struct attempts *attempts); // frees the memory

#endif
