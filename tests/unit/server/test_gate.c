#include "server/gate.h"

#include <criterion/criterion.h>

static struct effect confirm(uint64_t number, uint64_t after)
{
    return (struct effect){.kind = EFFECT_CONFIRM, .number = number, .after = after};
}

static struct gate new_gate(void)
{
    return (struct gate){.holds = 1U << EFFECT_CONFIRM};
}

Test(gate, holds_what_the_journal_does_not_have)
{
    struct gate gate = new_gate();
    gate.stored = 4;
    struct effect early = confirm(1, 4), late = confirm(2, 5);
    cr_expect(!gate_must_hold(&gate, &early, false));
    cr_expect(gate_must_hold(&gate, &late, false));
}

Test(gate, does_not_hold_other_kinds)
{
    struct gate gate = new_gate();
    struct effect deliver = {.kind = EFFECT_DELIVER, .after = 5};
    cr_expect(!gate_must_hold(&gate, &deliver, false));
    cr_expect(gate_must_hold(&gate, &deliver, true));
}

Test(gate, lets_nothing_overtake)
{
    struct gate gate = new_gate();
    struct effect first = confirm(1, 5), second = confirm(2, 0), out;
    gate_hold(&gate, &first);
    cr_expect(gate_must_hold(&gate, &second, false));
    gate_hold(&gate, &second);
    cr_expect(!gate_next(&gate, &out));
    gate.stored = 5;
    cr_assert(gate_next(&gate, &out));
    cr_expect_eq(out.number, 1);
    cr_assert(gate_next(&gate, &out));
    cr_expect_eq(out.number, 2);
    cr_expect(!gate_next(&gate, &out));
    cr_expect(gate_is_empty(&gate));
    gate_finish(&gate);
}

Test(gate, keeps_its_order_over_many_rounds)
{
    struct gate gate = new_gate();
    struct effect out;
    uint64_t next = 1;
    for (uint64_t i = 1; i <= 10000; i++) {
        struct effect effect = confirm(i, i);
        gate_hold(&gate, &effect);
        gate.stored = i > 10 ? i - 10 : 0;
        while (gate_next(&gate, &out)) {
            cr_assert_eq(out.number, next++);
        }
    }
    cr_expect_eq(next, 9991);
    cr_expect_lt(gate.held.cap, 1000);
    gate_finish(&gate);
}
