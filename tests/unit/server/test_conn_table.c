#include "server/conn_table.h"

#include <criterion/criterion.h>

/* The table only keeps pointers; these stand for connections. */
static struct conn *fake(uintptr_t number)
{
    return (struct conn *)(number * 16);
}

Test(conn_table, finds_connections_by_id)
{
    struct conn_table table = {0};
    uint32_t ids[100];
    for (uintptr_t i = 0; i < 100; i++) {
        ids[i] = conn_table_add(&table, fake(i + 1));
    }
    for (uintptr_t i = 0; i < 100; i++) {
        cr_expect_eq(conn_table_get(&table, ids[i]), fake(i + 1));
    }
    cr_expect_null(conn_table_get(&table, 100));
    conn_table_finish(&table);
}

Test(conn_table, does_not_take_one_connection_for_another)
{
    struct conn_table table = {0};
    uint32_t old = conn_table_add(&table, fake(1));
    conn_table_remove(&table, old);
    cr_expect_null(conn_table_get(&table, old));
    uint32_t new = conn_table_add(&table, fake(2));
    cr_expect_neq(new, old);
    cr_expect_null(conn_table_get(&table, old));
    cr_expect_eq(conn_table_get(&table, new), fake(2));
    conn_table_finish(&table);
}

Test(conn_table, uses_slots_again)
{
    struct conn_table table = {0};
    uint32_t keep = conn_table_add(&table, fake(1));
    for (uintptr_t i = 0; i < 10000; i++) {
        uint32_t one = conn_table_add(&table, fake(2));
        uint32_t two = conn_table_add(&table, fake(3));
        conn_table_remove(&table, one);
        conn_table_remove(&table, two);
    }
    cr_expect_leq(table.count, 3);
    cr_expect_eq(conn_table_get(&table, keep), fake(1));
    conn_table_finish(&table);
}
