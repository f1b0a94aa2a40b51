#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/check.h"

/* An intrusive doubly linked list. The node lives inside its owner, so linking cannot fail.
 * An unlinked node is all zeroes, so "am I linked?" is answerable and double-linking is
 * caught. Next to every node, name the list that holds it:
 *
 *     struct list_node ready_link; // queue.ready
 */
struct list_node {
    struct list_node *next;
    struct list_node *prev;
};

struct list {
    struct list_node head;
};

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

/* The body may unlink (and free) the current node, and no other. */
#define list_each(it, list)                                                                        \
    for (struct list_node *it = (list)->head.next, *it##_next = it->next; it != &(list)->head;     \
         it = it##_next, it##_next = it->next)

static inline void list_init(struct list *list)
{
    list->head.next = list->head.prev = &list->head;
}

static inline bool list_empty(const struct list *list)
{
    return list->head.next == &list->head;
}

static inline bool list_linked(const struct list_node *node)
{
    return node->next != NULL;
}

/* Links node in front of `at`, which is in the list (or is the list's head: then it is last). */
static inline void list_insert_before(struct list_node *at, struct list_node *node)
{
    ASSERT(!list_linked(node));
    node->next = at;
    node->prev = at->prev;
    node->prev->next = node;
    at->prev = node;
}

static inline void list_unlink(struct list_node *node)
{
    ASSERT(list_linked(node));
    node->prev->next = node->next;
    node->next->prev = node->prev;
    node->next = node->prev = NULL;
}

static inline void list_push(struct list *list, struct list_node *node) // at the end
{
    list_insert_before(&list->head, node);
}

/* The first node, or NULL of an empty list. */
static inline struct list_node *list_first(const struct list *list)
{
    return list_empty(list) ? NULL : list->head.next;
}

#endif
