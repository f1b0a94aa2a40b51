#ifndef EXCHANGE_BINDING_H
#define EXCHANGE_BINDING_H

#include "base/map.h"
#include "exchange/destination.h"

struct exchange;

/* What makes a binding different from the others of its source. */
struct binding_identity {
    const struct destination *destination;
    struct slice key;       // at most 255 octets
    struct slice arguments; // a well-formed field table
};

/* Leads from an exchange to a queue or another exchange. Owned by its source; made by
 * exchange_bind. Readable by everybody, written by exchange/ alone. */
struct binding {
    struct list_node out_link;       // source's exchange_bindings, in order of binding
    struct list_node in_link;        // destination.bindings_in, in order of binding
    struct exchange *source;         // borrowed: an exchange removes its bindings before it goes
    struct destination *destination; // borrowed: see destination.h
    struct slice key;                // in this binding's allocation
    struct slice arguments;          // in this binding's allocation; entries sorted by name

    struct map_node same;        // exchange.by_identity: finds an equal binding
    struct list_node group_link; // the bindings that its type routes alike, in order of binding
    void *group;                 // direct, topic: the source's routing data that holds group_link
    uint32_t weight;             // x-consistent-hash: its key as a number
    uint8_t mode;                // headers: the x-match of its arguments
};

/* Takes the binding out of routing and off both ends' lists, and frees it. */
void binding_remove(struct binding *binding);

#endif
