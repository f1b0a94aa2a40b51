#ifndef QUEUE_ROTATION_H
#define QUEUE_ROTATION_H

#include <stdint.h>

#include "base/list.h"

/* Whose turn it is: the consumers of a queue that can take a message now, by priority, and in
 * strict round robin among equals. A consumer that cannot take one is out; when it can again it
 * comes in behind its equals. */
struct rotation {
    struct list levels; // struct rotation_level.link, highest priority first
};

struct rotation_level {
    struct list_node link; // rotation.levels
    struct list places;    // struct rotation_place.link: those who are in, in order of turn
    int64_t priority;
    uint32_t members; // consumers with this priority, in or out
};

struct rotation_place {
    struct list_node link;        // rotation_level.places
    struct rotation_level *level; // borrowed from the rotation while joined
};

void rotation_init(struct rotation *rotation); // there is no finish: all members leave

/* A consumer begins (out of turn as yet), and ends (having gone out). */
void rotation_join(struct rotation *rotation, struct rotation_place *place, int64_t priority);
void rotation_leave(struct rotation_place *place);

/* It can take a message, or can not any more. Either may be said twice. */
static inline void rotation_enter(struct rotation_place *place)
{
    if (!list_linked(&place->link)) {
        list_push(&place->level->places, &place->link);
    }
}

static inline void rotation_exit(struct rotation_place *place)
{
    if (list_linked(&place->link)) {
        list_unlink(&place->link);
    }
}

/* It has had its turn. */
static inline void rotation_turn(struct rotation_place *place)
{
    if (place->link.next != place->link.prev) { // somebody else is in
        list_unlink(&place->link);
        list_push(&place->level->places, &place->link);
    }
}

/* Whose turn it is; NULL if nobody can take a message. */
struct rotation_place *rotation_next(const struct rotation *rotation);

#endif
