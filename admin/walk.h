#ifndef ADMIN_WALK_H
#define ADMIN_WALK_H

#include "admin/call.h"
#include "admin/listing.h"
#include "broker/view_walk.h"

/* Which bindings are meant; what is NULL as its ptr may be anything. */
struct binding_filter {
    struct slice source;
    struct slice destination;
    struct slice key; // properties_key
    bool any_kind;    // of destination
    bool to_exchange;
};

bool binding_fits(const struct binding_view *view, const struct binding_filter *filter);

/* Queues, exchanges, bindings and consumers for a listing, some at a time: those of the call's
 * virtual host or of all, as far as the user may see them. They outlive the call. Of queues those
 * that belong to the connections of `owner`, unless that is NULL as its ptr. */
struct listing_walk walk_queues(struct call *call, struct slice owner);
struct listing_walk walk_exchanges(struct call *call);
struct listing_walk walk_bindings(struct call *call, const struct binding_filter *filter);
struct listing_walk walk_consumers(struct call *call);

#endif
