#ifndef TESTS_UNIT_AMQP_KIT_H
#define TESTS_UNIT_AMQP_KIT_H

#include <criterion/criterion.h>

#include "base/bytes.h"
#include "base/slice.h"

/* A slice of a string literal's octets, zeroes included. */
#define OCTETS(s) SLICE(s)

#define cr_assert_octets(got, wanted)                                                              \
    do {                                                                                           \
        struct slice got_ = (got), wanted_ = (wanted);                                             \
        cr_assert_eq(got_.len, wanted_.len, "%zu octets, not %zu", got_.len, wanted_.len);         \
        cr_assert(slice_eq(got_, wanted_), "other octets");                                        \
    } while (0)

#endif
