#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include "base/list.h"

/* A place in a list that stays good while members come and go. Beside such a list its owner keeps a
 * list of cursors, and tells them of a member before it is unlinked, and of the list before it
 * goes. A member that is there all the while is met once; zero-initialise a cursor. */
struct cursor {
    struct list_node link;        // the owner's list of cursors
    const struct list *list;      // borrowed
    const struct list_node *next; // to be met next; the list's head at its end
};

static inline void cursor_begin(struct cursor *cursor, struct list *cursors,
                                const struct list *list)
{
    list_push(cursors, &cursor->link);
    cursor->list = list;
    cursor->next = list->head.next;
}

/* Ends it before its time; any number of times. */
static inline void cursor_end(struct cursor *cursor)
{
    if (list_linked(&cursor->link)) {
        list_unlink(&cursor->link);
    }
}

/* The next member, or NULL, once and for all, if there are no more. */
static inline const struct list_node *cursor_next(struct cursor *cursor)
{
    if (!list_linked(&cursor->link)) {
        return NULL;
    }
    const struct list_node *node = cursor->next;
    if (node == &cursor->list->head) {
        cursor_end(cursor);
        return NULL;
    }
    cursor->next = node->next;
    return node;
}

static inline void cursors_leave(const struct list *cursors, const struct list_node *member)
{
    list_each(node, cursors) {
        struct cursor *cursor = container_of(node, struct cursor, link);
        if (cursor->next == member) {
            cursor->next = member->next;
        }
    }
}

static inline void cursors_finish(struct list *cursors)
{
    struct list_node *node;
    while ((node = list_first(cursors))) {
        list_unlink(node);
    }
}

#endif
