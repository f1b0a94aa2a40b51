#include "exchange/exchanges.h"

#include <stdlib.h>

#include "base/memory.h"
#include "exchange/exchange_internal.h"

struct exchanges {
    struct list in_order; // struct exchange.all_link, in order of declaration; owned
    struct map by_name;   // struct exchange.name_node
    struct list cursors;  // struct cursor.link: of those who go through `in_order`
    uint64_t added;       // so many, ever
};

struct exchanges *exchanges_new(struct hash_key key)
{
    struct exchanges *all = memory_new(sizeof *all);
    list_init(&all->in_order);
    list_init(&all->cursors);
    map_init(&all->by_name, key);
    return all;
}

void exchanges_free(struct exchanges *all)
{
    if (!all) {
        return;
    }
    struct exchange *first;
    while ((first = exchanges_first(all))) {
        exchanges_remove(all, first);
    }
    cursors_finish(&all->cursors);
    map_finish(&all->by_name);
    free(all);
}

struct exchange *exchanges_find(const struct exchanges *all, struct slice name)
{
    struct map_node *node = map_get(&all->by_name, name);
    return node ? container_of(node, struct exchange, name_node) : NULL;
}

void exchanges_add(struct exchanges *all, struct exchange *exchange)
{
    CHECK(!exchanges_find(all, exchange->name));
    exchange->serial = ++all->added;
    list_push(&all->in_order, &exchange->all_link);
    map_put(&all->by_name, &exchange->name_node, exchange->name);
}

uint64_t exchanges_last_serial(const struct exchanges *all)
{
    return all->added;
}

void exchanges_remove(struct exchanges *all, struct exchange *exchange)
{
    cursors_leave(&all->cursors, &exchange->all_link);
    list_unlink(&exchange->all_link);
    map_remove(&all->by_name, &exchange->name_node);
    exchange_free(exchange);
}

static struct exchange *at(const struct exchanges *all, struct list_node *node)
{
    return node == &all->in_order.head ? NULL : container_of(node, struct exchange, all_link);
}

struct exchange *exchanges_first(const struct exchanges *all)
{
    return at(all, all->in_order.head.next);
}

struct exchange *exchanges_next(const struct exchanges *all, const struct exchange *exchange)
{
    return at(all, exchange->all_link.next);
}

void exchanges_begin(struct exchanges *all, struct cursor *cursor)
{
    cursor_begin(cursor, &all->cursors, &all->in_order);
}

struct exchange *exchanges_next_of(struct cursor *cursor)
{
    const struct list_node *node = cursor_next(cursor);
    return node ? container_of(node, struct exchange, all_link) : NULL;
}

size_t exchanges_count(const struct exchanges *all)
{
    return all->by_name.count;
}
