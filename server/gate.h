#ifndef SERVER_GATE_H
#define SERVER_GATE_H

#include "broker/effect.h"

/* Holds effects back until the journal has caught up with them. What waits is policy, and the only
 * difference between a single node and a replicated one: a single node waits for its disk, a
 * replicated leader would wait for a quorum.
 *
 * There are two ways through it, and what is held leaves each in the order in which it came:
 *
 *     frames    REPLY, DELIVER, GET, RETURN, CANCEL: a connection sees them in order
 *     confirms  CONFIRM: those of a connection stay in order, too, but do not hold up its frames,
 *               so that a consumer does not wait for what its connection publishes
 *
 * On one channel they are still tied: a reply does not overtake a confirm, nor a confirm a return
 * or a reply. (server/engine.c sees to that.) */
struct gate {
    struct effects held;
    uint32_t done;      // held.items[0..done) have been let through
    uint64_t in;        // effects ever held
    uint64_t out;       // of these, let through
    uint64_t after_max; // the greatest `after` of those ever held
};

static inline bool gate_is_empty(const struct gate *gate)
{
    return gate->in == gate->out;
}

/* Takes what the effect holds. It is number gate->in of all then, and has left once gate->out says
 * as much. */
void gate_hold(struct gate *gate, const struct effect *effect);

/* The next effect that depends on no journal record behind `stored`, taken over by the caller;
 * false if there is none, or one before it has to wait. */
bool gate_next(struct gate *gate, uint64_t stored, struct effect *out);

void gate_finish(struct gate *gate);

#endif
