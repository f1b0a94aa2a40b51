#ifndef TESTS_UNIT_PERSIST_FAKE_DISK_H
#define TESTS_UNIT_PERSIST_FAKE_DISK_H

#include "persist/disk.h"

/* A disk in memory that keeps apart what was synced and what was only written, fails when it is
 * told to, and can lose power.
 *
 * Power off: each call fails. fake_disk_restart decides, by the seed, what has survived: of each
 * file that was not synced, each sector of 512 octets is old, new, or torn somewhere; of the names
 * changed in a directory since it was synced, the first few. */
struct fake_disk {
    struct disk disk; // what is handed out
    uint64_t calls;   // so far; closing does not count
    uint64_t reads;   // of these, how many read a file's content
    uint64_t changes; // and how many change or sync or lock anything
    uint64_t fail_at; // this call fails with fail_error and has no effect; 0: none does
    int fail_error;
    bool reads_work;         // if that only reads, the call after it fails instead
    uint64_t short_at;       // this call, if it is a write, does a half
    uint64_t off_at;         // power fails during this call
    bool off;                // no power
    uint64_t copy_at;        // right before this call, *copy becomes a copy of it all
    struct fake_disk *copy;  // borrowed; initialised by that
    const char *copy_suffix; // or: copy_delay calls after something gets a name that ends in this
    uint64_t copy_delay;
    uint64_t space;           // that may be reserved; 0: no limit
    struct fake_state *state; // owned
};

void fake_disk_init(struct fake_disk *fake);
void fake_disk_finish(struct fake_disk *fake);

/* Power comes back. Also clears what was to fail. */
void fake_disk_restart(struct fake_disk *fake, uint64_t seed);

/* As if the process had been killed: what was written stays, nothing is open. */
void fake_disk_kill(struct fake_disk *fake);

/* A file's content, as it would be read; also to be damaged. NULL if there is no such file. */
uint8_t *fake_disk_content(struct fake_disk *fake, const char *path, size_t *len);

/* Everything is as in `from`: a copy to go on from more than once. Initialises `to`. */
void fake_disk_copy(struct fake_disk *to, const struct fake_disk *from);

/* A random number; *seed goes on. */
uint64_t fake_random(uint64_t *seed);

#endif
