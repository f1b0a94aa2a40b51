#ifndef TESTS_SIM_MODEL_FACT_H
#define TESTS_SIM_MODEL_FACT_H

#include "tests/sim/arena.h"

/* What a durable broker has to remember, in the order in which it happened: facts, numbered from 1.
 * A message came into a durable queue, or was settled; a durable exchange, queue or binding was
 * made or removed. What is there after a crash must be what some first part of these facts amounts
 * to, up to a cut.
 *
 * An instant is the time between two ends of ticks. Settlements are written at the end of theirs,
 * everything else in the order of the facts. */
struct model_fact {
    uint64_t instant;
    bool joined; // no cut between this and the next
};

struct model_facts {
    struct arena *arena; // borrowed
    struct model_fact *items;
    uint64_t count, cap;
    uint64_t instant;  // in which things happen that are being thought about
    uint64_t durable;  // all of the instants up to this one has reached the disk
    uint64_t answered; // the last fact that a client has been told of
};

/* From when until when something was there: facts; 0 is since ever, and still. */
struct model_life {
    uint64_t from, until;
};

void model_facts_init(struct model_facts *facts, struct arena *arena);
uint64_t model_facts_add(struct model_facts *facts); // returns the fact's number
uint64_t model_facts_instant(const struct model_facts *facts, uint64_t fact);

/* Those behind `from` happened at once. */
void model_facts_join(struct model_facts *facts, uint64_t from);

/* The first place where the facts may have been cut, given what is durable. */
uint64_t model_facts_floor(const struct model_facts *facts);
bool model_facts_may_cut(const struct model_facts *facts, uint64_t cut);

/* Everything of this instant is before the cut. */
bool model_facts_passed(const struct model_facts *facts, uint64_t cut, uint64_t instant);
void model_life_begin(struct model_facts *facts, bool lasts, struct model_life *life);
void model_life_end(struct model_facts *facts, bool lasts, struct model_life *life);
bool model_life_has(const struct model_life *life, uint64_t cut);

#endif
