#ifndef EXCHANGE_DESTINATION_H
#define EXCHANGE_DESTINATION_H

#include <stdint.h>

#include "base/list.h"
#include "base/slice.h"

enum destination_kind { DESTINATION_QUEUE, DESTINATION_EXCHANGE };

/* What a binding leads to. It is embedded in the broker's queues and in exchanges; routing needs
 * its identity and its name only. Whoever embeds it removes every binding that leads to it
 * (bindings_in) before it goes. */
struct destination {
    uint64_t routed;          // number of the last route that reached it: so each is reached once
    struct list bindings_in;  // struct binding.in_link, in order of binding
    const struct slice *name; // borrowed: that of the queue or exchange
    uint8_t kind;             // enum destination_kind
};

static inline void destination_init(struct destination *destination, enum destination_kind kind,
                                    const struct slice *name)
{
    destination->routed = 0;
    destination->kind = (uint8_t)kind;
    destination->name = name;
    list_init(&destination->bindings_in);
}

#endif
