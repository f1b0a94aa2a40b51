#include "server/gate.h"

#include <string.h>

#include "base/check.h"

void gate_hold(struct gate *gate, const struct effect *effect)
{
    *effects_next(&gate->held) = *effect;
    gate->in++;
    if (effect->after > gate->after_max) {
        gate->after_max = effect->after;
    }
}

/* Moves what is left to the front once most of the room is behind it. */
static void gate_compact(struct gate *gate)
{
    struct effects *held = &gate->held;
    if (gate->done * 2 < held->count) {
        return;
    }
    held->count -= gate->done;
    if (held->count > 0) {
        memmove(held->items, held->items + gate->done, held->count * sizeof *held->items);
    }
    gate->done = 0;
}

bool gate_next(struct gate *gate, uint64_t stored, struct effect *out)
{
    if (gate_is_empty(gate) || gate->held.items[gate->done].after > stored) {
        gate_compact(gate);
        return false;
    }
    *out = gate->held.items[gate->done++];
    gate->out++;
    return true;
}

void gate_finish(struct gate *gate)
{
    for (uint32_t i = gate->done; i < gate->held.count; i++) {
        effect_release(&gate->held.items[i]);
    }
    gate->held.count = 0;
    effects_free(&gate->held);
    gate->done = 0;
}
