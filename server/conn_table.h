#ifndef SERVER_CONN_TABLE_H
#define SERVER_CONN_TABLE_H

#include "base/slice.h"

struct conn;

/* Connection ids as effects name them: a slot and the slot's generation. An effect that was held
 * back while its connection ended and another took the slot finds nothing. */
struct conn_table {
    struct conn_slot *slots; // owned
    uint32_t count;
    uint32_t cap;
    uint32_t free_first; // slots without a connection, oldest first; index + 1, 0 = none
    uint32_t free_last;
};

enum { CONN_SLOT_BITS = 20, CONN_SLOTS_MAX = 1 << CONN_SLOT_BITS };

struct conn_slot {
    struct conn *conn; // borrowed from the engine's list; NULL if free
    uint32_t id;       // of this connection, or of the next one here
    uint32_t next_free;
};

uint32_t conn_table_add(struct conn_table *table, struct conn *conn); // returns its id
void conn_table_remove(struct conn_table *table, uint32_t id);
void conn_table_finish(struct conn_table *table);

/* NULL if the connection is gone. */
static inline struct conn *conn_table_get(const struct conn_table *table, uint32_t id)
{
    uint32_t index = id & (CONN_SLOTS_MAX - 1);
    if (index >= table->count || table->slots[index].id != id) {
        return NULL;
    }
    return table->slots[index].conn;
}

#endif
