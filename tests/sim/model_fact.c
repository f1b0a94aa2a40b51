#include "tests/sim/model_fact.h"

#include "base/check.h"

void model_facts_init(struct model_facts *facts, struct arena *arena)
{
    uint64_t instant = facts->instant;
    *facts = (struct model_facts){.arena = arena, .instant = instant};
}

uint64_t model_facts_add(struct model_facts *facts)
{
    enum { FIRST = 256 };
    if (facts->count == facts->cap) {
        size_t old = (size_t)facts->cap * sizeof *facts->items;
        facts->cap = facts->cap ? 2 * facts->cap : FIRST;
        struct model_fact *items = arena_new(facts->arena, (size_t)facts->cap * sizeof *items);
        slice_copy((uint8_t *)items, (struct slice){(const uint8_t *)facts->items, old});
        facts->items = items;
    }
    facts->items[facts->count++].instant = facts->instant;
    return facts->count;
}

uint64_t model_facts_instant(const struct model_facts *facts, uint64_t fact)
{
    CHECK(fact <= facts->count);
    return fact > 0 ? facts->items[fact - 1].instant : 0;
}

void model_facts_join(struct model_facts *facts, uint64_t from)
{
    for (uint64_t fact = from + 1; fact < facts->count; fact++) {
        facts->items[fact - 1].joined = true;
    }
}

uint64_t model_facts_floor(const struct model_facts *facts)
{
    uint64_t floor = 0;
    while (floor < facts->count && facts->items[floor].instant <= facts->durable) {
        floor++;
    }
    return floor > facts->answered ? floor : facts->answered;
}

bool model_facts_may_cut(const struct model_facts *facts, uint64_t cut)
{
    return cut == 0 || !facts->items[cut - 1].joined;
}

bool model_facts_passed(const struct model_facts *facts, uint64_t cut, uint64_t instant)
{
    return instant <= facts->durable || model_facts_instant(facts, cut) > instant;
}

void model_life_begin(struct model_facts *facts, bool lasts, struct model_life *life)
{
    life->from = lasts ? model_facts_add(facts) : 0;
}

void model_life_end(struct model_facts *facts, bool lasts, struct model_life *life)
{
    life->until = lasts ? model_facts_add(facts) : 0;
}

bool model_life_has(const struct model_life *life, uint64_t cut)
{
    return life->from <= cut && (life->until == 0 || life->until > cut);
}
