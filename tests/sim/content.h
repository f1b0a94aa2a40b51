#ifndef TESTS_SIM_CONTENT_H
#define TESTS_SIM_CONTENT_H

#include "tests/sim/arena.h"

/* Properties of messages as octets, changed and compared as somebody would who knows that the order
 * of headers means nothing. */

/* Without a header; with it (`raw`: type letter and value) behind the others, and not before. */
struct slice content_without(struct arena *arena, struct slice properties, struct slice header);
struct slice content_with(struct arena *arena, struct slice properties, struct slice header,
                          struct slice raw);

/* They say the same. Headers that are there and empty are as good as none. */
bool content_same(struct arena *arena, struct slice one, struct slice other);

#endif
