#include <criterion/criterion.h>

#include "exchange/stable_hash.h"

Test(stable_hash, is_the_same_on_every_machine)
{
    cr_assert_eq(stable_hash((struct slice){0}), 0xefd01f60ba992926u);
    cr_assert_eq(stable_hash(SLICE("a")), 0x82a2a958a9bece5bu);
    cr_assert_eq(stable_hash(SLICE("foobar")), 0x2c22194922d1672bu);
}

/* The numbers are 2^32 ln(2^64 / hash), worked out with sixty digits. */
Test(stable_hash, cost_is_a_logarithm)
{
    static const struct {
        uint64_t hash;
        uint64_t cost;
    } rows[] = {
        {1, 190530846196},
        {UINT64_C(1) << 32, 95265423098},
        {0x40000002dfdc1c35, 5954088932},
        {0x7fffffffffffffff, 2977044471},
        {0x8000000000000000, 2977044471},
        {0xc000000000000000, 1235585092},
        {0xffffff0000000001, 256},
        {0xffffffffffffffff, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t off = (int64_t)(stable_hash_cost(rows[i].hash) - rows[i].cost);
        cr_assert(off >= -64 && off <= 64, "%zu: off by %ld", i, (long)off);
    }
}

Test(stable_hash, cost_never_grows_when_the_hash_grows)
{
    uint64_t last = stable_hash_cost(0);
    for (unsigned bit = 0; bit < 64; bit++) { // steps around and between the powers of two
        for (uint64_t part = 0; part < 4096; part++) {
            uint64_t low = UINT64_C(1) << bit;
            uint64_t hash = low + (bit > 12 ? part << (bit - 12) : part * low / 4096);
            uint64_t cost = stable_hash_cost(hash);
            cr_assert_leq(cost, last, "at %lx", (unsigned long)hash);
            last = cost;
        }
    }
    cr_assert_leq(stable_hash_cost(UINT64_MAX), last);
}
