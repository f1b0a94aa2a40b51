#ifndef TESTS_UNIT_QUEUE_WORLD_INTERNAL_H
#define TESTS_UNIT_QUEUE_WORLD_INTERNAL_H

#include "tests/unit/queue/world.h"

/* The files of the world among themselves. */
uint64_t world_dice(struct world *world, uint64_t sides);
uint64_t world_position(const struct side *side, uint64_t level, uint64_t within);
struct world_place *world_place_at(struct side *side, uint64_t position);
bool world_journals(const struct side *side, const struct content *content);
uint64_t world_octets(const struct content *content);
struct stored world_stored(const struct world *world, const struct side *side, uint64_t level,
                           uint64_t within);

void world_note(struct events *events, const struct event *event);
void world_happen(struct world *world, enum event_kind kind, int side, struct stored stored);
uint64_t world_append(struct world *world, uint64_t octets); // where the next record is

/* The end of a tick: what is to be journaled is, and in the ledger, if it is not settled again. */
void world_store(struct world *world);

/* Copies what is live of one segment to the end, after which nothing is. */
void world_compact(struct world *world);

void world_snapshot_begin(struct world *world);
bool world_snapshot_slice(struct world *world, size_t count); // false: there is no more

#endif
