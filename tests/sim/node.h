#ifndef TESTS_SIM_NODE_H
#define TESTS_SIM_NODE_H

#include "base/hash.h"
#include "base/text.h"

struct absences;
struct broker;
struct disk;
struct engine;
struct store;

/* A broker as a process would have it: the core, the engine, and on a disk, if it has one, the
 * store. */
struct node_options {
    struct disk *disk;         // borrowed; NULL: it lives in memory only
    struct absences *absences; // borrowed: of what it does; NULL: of nothing
    struct hash_key secret;
    uint64_t now_ms;
    uint32_t message_max; // octets of a body
    uint32_t segment_size;
    uint32_t resident_max;
    bool unchanged; // nothing goes for being too old or too much: for a look only
};

struct node {
    struct broker *broker;
    struct engine *engine;
    struct store *store; // NULL without a disk
    uint64_t ticks;
    bool forced; // nothing waits any more, whatever the disk says
};

/* Begins, or comes back with what is on the disk. False, with the reason, if it cannot. */
bool node_start(struct node *node, const struct node_options *options, struct text *error);

/* Nothing of it waits for the disk longer than until here, if it has got that far. */
void node_end_tick(struct node *node, uint64_t now_ms);

/* The disk gets what there is. 0 or a negative errno, as of store_flush. */
int node_flush(struct node *node, uint64_t now_ms);

/* Confirms, replies or deliveries wait for the disk. */
bool node_holds(const struct node *node);

/* Ends in good order, or as if it had been killed. No connection may be left. */
int node_stop(struct node *node);
void node_drop(struct node *node);

#endif
