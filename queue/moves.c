#include "queue/moves.h"

#include <stdlib.h>

#include "base/memory.h"
#include "queue/ledger.h"
#include "queue/msg.h"

/* How many moves have `from`, or with `copies` `to`, below `at`. */
static size_t count_below(const struct moves *moves, uint64_t at, bool copies)
{
    size_t low = 0, high = moves->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct move *move = &moves->items[middle];
        if ((copies ? move->to : move->from) < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct move *moves_find(const struct moves *moves, uint64_t from)
{
    size_t index = count_below(moves, from, false);
    bool found = index < moves->count && moves->items[index].from == from;
    return found ? &moves->items[index] : NULL;
}

/* The move that ended there: another place with the same message came first. */
static const struct move *find_copy(const struct moves *moves, uint64_t to)
{
    size_t index = count_below(moves, to, true);
    bool found = index < moves->count && moves->items[index].to == to;
    return found ? &moves->items[index] : NULL;
}

bool moves_apply(const struct moves *moves, struct msg *msg, bool counted)
{
    const struct move *move = moves_find(moves, msg->stored_at);
    if (!move) {
        move = find_copy(moves, msg->stored_at);
    }
    if (!move) {
        return false;
    }
    msg->stored_at = move->to;
    if (counted) {
        ledger_move(moves->ledger, move->from, move->to, msg_stored_octets(msg));
    }
    return true;
}

void places_add(struct places *places, const struct place *place)
{
    if (places->count == places->cap) {
        places->cap = places->cap ? places->cap * 2 : 64;
        places->items = memory_grow(places->items, places->cap * sizeof *places->items);
    }
    places->items[places->count++] = *place;
}

void places_finish(struct places *places)
{
    free(places->items);
    *places = (struct places){0};
}
