#ifndef SERVER_GATE_H
#define SERVER_GATE_H

#include "broker/effect.h"

/* Holds effects back until the journal has caught up with them. What waits is policy, and the only
 * difference between a single node and a replicated one: a single node holds confirms and replies
 * until its disk has the record, a replicated leader would hold deliveries too, until a quorum
 * has it. What is held leaves in the order in which it came, so that a confirm never overtakes
 * an earlier one. */
struct gate {
    struct effects held;
    uint32_t done;   // held.items[0..done) have been let through
    uint32_t holds;  // bit 1 << kind for every kind that waits
    uint64_t stored; // journal records up to this one are durable
};

static inline bool gate_is_empty(const struct gate *gate)
{
    return gate->done == gate->held.count;
}

/* True if the effect must wait: for the journal, behind others that do, or (`behind`) because its
 * connection has others that do, and must see things in order. */
static inline bool gate_must_hold(const struct gate *gate, const struct effect *effect, bool behind)
{
    bool waits = gate->holds >> effect->kind & 1;
    return behind || (waits && (effect->after > gate->stored || !gate_is_empty(gate)));
}

void gate_hold(struct gate *gate, const struct effect *effect); // takes what it holds

/* The next effect that may leave, taken over by the caller; false if there is none. */
bool gate_next(struct gate *gate, struct effect *out);

void gate_finish(struct gate *gate);

#endif
