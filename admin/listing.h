#ifndef ADMIN_LISTING_H
#define ADMIN_LISTING_H

#include "admin/writer.h"
#include "base/arena.h"

struct reply;
struct target;

/* Objects one by one: `next` copies one to the arena and to *item, of the source's size, or passes
 * one over that is not wanted. */
enum listing_step { LISTING_ITEM, LISTING_PASSED, LISTING_END };

struct listing_walk {
    /* NULL: there is an array. */
    enum listing_step (*next)(void *state, struct arena *arena, void *item);
    void (*free)(void *state);
    void *state; // owned
};

/* Many objects as JSON: filtered, sorted and paged as RabbitMQ does it, and produced in slices, so
 * that a long one does not hold up anything else. The objects are copied views that nobody changes
 * any more. */
struct listing_source {
    struct arena arena; // taken: what everything below lies in
    const void *items;  // an array
    size_t count;
    struct listing_walk walk; // in place of the array, for what there may be very much of
    size_t size;              // of an item
    uint8_t keys;     // an item begins with so many slices: the order unless another is asked for
    uint8_t name_key; // which of them the parameter `name` is about
    bool paged;       // the parameters for paging are heeded
    const void *context;                                                    // of write
    void (*write)(struct writer *w, const void *item, const void *context); // an item, as an object
};

/* The reply must stay where it is as long as it has parts. Answers with the list that the request's
 * parameters ask for, in parts unless it is short. Takes the source, also when the parameters are
 * wrong: then an answer says so. */
void listing_reply(struct listing_source *source, const struct target *target, struct reply *reply);

#endif
