#include "server/gate.h"

#include <criterion/criterion.h>

static struct effect confirm(uint64_t number, uint64_t after)
{
    return (struct effect){.kind = EFFECT_CONFIRM, .number = number, .after = after};
}

Test(gate, lets_nothing_overtake)
{
    struct gate gate = {.in = 0};
    struct effect first = confirm(1, 5), second = confirm(2, 0), out;
    gate_hold(&gate, &first);
    gate_hold(&gate, &second);
    cr_expect(!gate_next(&gate, 4, &out));
    cr_assert(gate_next(&gate, 5, &out));
    cr_expect_eq(out.number, 1);
    cr_assert(gate_next(&gate, 5, &out));
    cr_expect_eq(out.number, 2);
    cr_expect(!gate_next(&gate, 5, &out));
    cr_expect(gate_is_empty(&gate));
    gate_finish(&gate);
}

Test(gate, keeps_its_order_over_many_rounds)
{
    struct gate gate = {.in = 0};
    struct effect out;
    uint64_t next = 1;
    for (uint64_t i = 1; i <= 10000; i++) {
        struct effect effect = confirm(i, i);
        gate_hold(&gate, &effect);
        while (gate_next(&gate, i > 10 ? i - 10 : 0, &out)) {
            cr_assert_eq(out.number, next++);
        }
    }
    cr_expect_eq(next, 9991);
    cr_expect_eq(gate.in - gate.out, 10);
    cr_expect_eq(gate.after_max, 10000);
    cr_expect_lt(gate.held.cap, 1000);
    gate_finish(&gate);
}
