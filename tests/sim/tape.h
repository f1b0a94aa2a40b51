#ifndef TESTS_SIM_TAPE_H
#define TESTS_SIM_TAPE_H

#include "amqp/method.h"
#include "base/bytes.h"
#include "tests/sim/arena.h"
#include "tests/sim/verdict.h"

/* How far things were when the broker said something. */
struct moment {
    uint64_t instant; // as of struct model_facts
    uint64_t durable; // the last instant of which everything is on the disk
    bool unheard;     // it has crashed, and nobody will hear it
};

/* Something that the broker said on a connection. */
struct heard {
    struct list_node link;       // tape.unexplained
    struct list_node inbox_link; // tape.inbox
    uint64_t end;                // offset in the tape of the first octet behind it
    struct moment said;
    uint16_t channel;
    struct amqp_args args; // borrows from the arena, as do the others
    struct slice properties;
    struct slice body;
};

/* All that the broker sends on one connection, taken down at the moment it is produced: when the
 * client gets to read it is another matter. */
struct tape {
    struct arena *arena;     // borrowed
    struct verdict *verdict; // borrowed
    struct bytes octets;     // owned; all that was ever sent
    struct list unexplained; // struct heard.link: what the model has not accounted for
    struct list inbox;       // struct heard.inbox_link: what the client has not read yet
    size_t parsed;           // octets of it
    uint64_t heartbeats;
    uint32_t frame_max;
    bool refused; // the protocol header of AMQP 0-9-1 in place of a frame
};

void tape_init(struct tape *tape, struct arena *arena, struct verdict *verdict);
void tape_finish(struct tape *tape);

/* "channel_close 404 NOT_FOUND - no queue..." for messages to people. */
void tape_describe(const struct heard *heard, char *out, size_t size);

/* The broker has produced these octets: whole frames, and whole contents. */
void tape_record(struct tape *tape, struct slice octets, const struct moment *moment);

#endif
