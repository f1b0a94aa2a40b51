#include "server/conn_table.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

static uint32_t new_slot(struct conn_table *table)
{
    CHECK(table->count < CONN_SLOTS_MAX);
    if (table->count == table->cap) {
        table->cap = table->cap ? table->cap * 2 : 16;
        table->slots = memory_grow(table->slots, table->cap * sizeof *table->slots);
    }
    table->slots[table->count] = (struct conn_slot){.id = table->count};
    return table->count++;
}

/* The slot that has been free for longest, so that ids come round as late as possible. */
static uint32_t take_slot(struct conn_table *table)
{
    if (table->free_first == 0) {
        return new_slot(table);
    }
    uint32_t index = table->free_first - 1;
    table->free_first = table->slots[index].next_free;
    if (table->free_first == 0) {
        table->free_last = 0;
    }
    return index;
}

uint32_t conn_table_add(struct conn_table *table, struct conn *conn)
{
    uint32_t index = take_slot(table); // may move the slots
    struct conn_slot *slot = &table->slots[index];
    slot->conn = conn;
    return slot->id;
}

void conn_table_remove(struct conn_table *table, uint32_t id)
{
    uint32_t index = id & (CONN_SLOTS_MAX - 1);
    struct conn_slot *slot = &table->slots[index];
    CHECK(slot->id == id && slot->conn);
    slot->conn = NULL;
    slot->id += CONN_SLOTS_MAX; // the next generation; wraps
    slot->next_free = 0;
    if (table->free_last) {
        table->slots[table->free_last - 1].next_free = index + 1;
    } else {
        table->free_first = index + 1;
    }
    table->free_last = index + 1;
}

void conn_table_finish(struct conn_table *table)
{
    free(table->slots);
    *table = (struct conn_table){0};
}
