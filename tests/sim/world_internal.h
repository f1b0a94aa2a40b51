#ifndef TESTS_SIM_WORLD_INTERNAL_H
#define TESTS_SIM_WORLD_INTERNAL_H

#include "server/conn.h"
#include "tests/sim/absence.h"
#include "tests/sim/client.h"
#include "tests/sim/model.h"
#include "tests/sim/node.h"
#include "tests/sim/world.h"
#include "tests/unit/persist/fake_disk.h"

enum {
    HANDSHAKE_TIMEOUT_MS = 10000,
    CLOSING_TIMEOUT_MS = 30000 + 3000, // for close-ok, and for what breaks everything after that
    OUTPUT_TOO_HIGH = 1280 * 1024,     // with so much unread a client is surely not read from
    PIECES_MAX = 4096,
    MESSAGE_MAX = 1 << 27,
};

struct world {
    struct prng prng;
    struct arena arena;
    struct verdict *verdict; // borrowed
    struct trace *trace;     // borrowed
    struct manners manners;
    struct absences absences; // of the broker
    struct node node;
    struct fake_disk disk; // of durable worlds
    struct fake_disk left; // what a crash has left of it, which may be before the world knows
    struct model *model;
    struct list cables; // struct cable.link
    struct list gone;   // struct cable.link: those that are over; the model still knows them
    uint64_t bodies;    // octets of bodies sent so far
    uint64_t now_ms;
    uint64_t instant;     // between two ends of ticks
    uint64_t flushed;     // up to this instant, all is on the disk
    uint32_t message_max; // octets of a body
    uint32_t cables_made;
    uint32_t clients_max;
    uint32_t steps;
    uint32_t slow;         // percent of clients that read little or nothing
    uint32_t flush_chance; // percent of ticks after which the disk gets what there is
    uint32_t segment_size;
    uint32_t resident_max; // octets of messages
    bool durable;          // there is a disk, and what is on it survives
    bool crashed;          // what goes on is a ghost that nobody hears
    bool in_bulk;          // many operations arrive at once
    bool alarm;
    bool punctual; // the broker is called at the moment when something is due
    struct iovec pieces[PIECES_MAX];
};

/* Between a client and the engine: octets on their way in both directions. */
struct cable {
    struct list_node link; // world.cables, or gone
    struct client client;
    struct conn *conn;        // owned; NULL once it is over
    struct model_conn *model; // what should be
    size_t arrived;           // octets of client.out that are at the broker's door
    size_t taken;             // octets of it that the engine has taken
    size_t read;              // octets of client.in that the client has read
    uint64_t connected_ms;
    uint64_t fed_ms;     // octets arrived last
    uint64_t heard_ms;   // octets were sent to it last, or were waiting to be
    uint64_t resumed_ms; // it was read from again last
    uint64_t closed_ms;  // the session ended; 0 before
    uint64_t deadline;   // as far as the engine has announced it
    uint64_t beat_ms;    // when it sends its next heartbeat
    uint32_t appetite;   // percent of ticks in which it reads
    bool beats;          // sends heartbeats
    bool announced;      // the engine has said that there is something new
    bool wants_input;    // as far as the engine has announced it
    bool held;           // octets were kept back because it did not want input
    bool lost;
};

struct cable *cable_plug(struct world *world); // a client connects

/* Up to `octets` more arrive at the broker's door, as far as there are. Unless they come in bulk,
 * no operation is complete behind the first. */
void cable_feed(struct world *world, struct cable *cable, size_t octets);
/* All that is on its way, unless the broker stops reading. */
void cable_feed_all(struct world *world, struct cable *cable);
size_t cable_waiting(const struct cable *cable); // octets that have not arrived yet

/* The client reads, as far as it likes. What is over is cleared away. */
void cable_flush(struct world *world, struct cable *cable);

void cable_cut(struct world *world, struct cable *cable); // the client is gone
void cable_free(struct cable *cable);

/* The engine has been called: what it produced is taken down, and accounted for unless some of it
 * is held back. */
void world_observe(struct world *world);
void world_record(struct world *world); // takes it down only
void world_tick(struct world *world);
void world_idle(struct world *world, int ticks);   // clients do nothing meanwhile
void world_wait(struct world *world, uint64_t ms); // time passes; what is due happens
void world_settle(struct world *world);            // the journal catches up

/* The disk and its crashes (world_disk.c) */
void world_flush(struct world *world); // the disk gets what there is
void world_crash_soon(struct world *world);
void world_trouble(struct world *world);    // something goes wrong with the disk, now or soon
void world_note_crash(struct world *world); // if it has happened meanwhile

/* What has crashed comes back; or a broker that was stopped in good order. */
void world_come_back(struct world *world);
void world_stop_and_start(struct world *world);

/* Draws what kind of history this is to be (world_kind.c) */
void world_choose_kind(struct world *world);

/* Building and tearing down (world_build.c) */
void world_hang_up(struct world *world); // all connections are gone, without a word to the model
struct node_options world_node_options(struct world *world, struct disk *disk);
void world_build(struct world *world);
void world_destroy(struct world *world);
bool world_holds(const struct world *world); // something waits for the journal

#endif
