#include "queue/rotation.h"

#include <stdlib.h>

#include "base/memory.h"

void rotation_init(struct rotation *rotation)
{
    list_init(&rotation->levels);
}

/* Finds the level of this priority, or makes one at its place. */
static struct rotation_level *level_for(struct rotation *rotation, int64_t priority)
{
    struct list_node *at = rotation->levels.head.next;
    for (; at != &rotation->levels.head; at = at->next) {
        struct rotation_level *level = container_of(at, struct rotation_level, link);
        if (level->priority == priority) {
            return level;
        }
        if (level->priority < priority) {
            break;
        }
    }
    struct rotation_level *level = memory_new(sizeof *level);
    level->priority = priority;
    list_init(&level->places);
    list_insert_before(at, &level->link);
    return level;
}

void rotation_join(struct rotation *rotation, struct rotation_place *place, int64_t priority)
{
    *place = (struct rotation_place){.level = level_for(rotation, priority)};
    place->level->members++;
}

void rotation_leave(struct rotation_place *place)
{
    rotation_exit(place);
    struct rotation_level *level = place->level;
    place->level = NULL;
    if (--level->members == 0) {
        list_unlink(&level->link);
        free(level);
    }
}

struct rotation_place *rotation_next(const struct rotation *rotation)
{
    const struct list_node *head = &rotation->levels.head;
    for (const struct list_node *at = head->next; at != head; at = at->next) {
        const struct rotation_level *level = container_of(at, struct rotation_level, link);
        struct list_node *first = list_first(&level->places);
        if (first) {
            return container_of(first, struct rotation_place, link);
        }
    }
    return NULL;
}
