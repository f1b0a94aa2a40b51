#ifndef BROKER_VIEW_PAIR_H
#define BROKER_VIEW_PAIR_H

#include "broker/pair.h"
#include "broker/view_session.h"
#include "broker/view_walk.h"

/* What is counted apart for two (pair.h), copied as in view.h. */
struct pair_view {
    enum pair_kind kind;
    struct slice vhost;
    struct slice exchange; // those that it is about; of others the pointer is NULL
    struct slice queue;
    uint32_t conn; // of the channel
    uint16_t channel;
    uint64_t serial;
    struct publish_counts in; // of the last two kinds `publish` only: what went to the queue
    struct delivery_counts out;
};

/* Whether nothing has been counted, as while a consumer waits for its first message. */
bool pair_view_empty(const struct pair_view *view);

/* Which object's, and which of those that it has. */
struct pair_query {
    enum { PAIRS_OF_CHANNEL, PAIRS_OF_QUEUE, PAIRS_OF_EXCHANGE } of;
    enum pair_kind kind;
    struct channel_place channel;
    struct slice vhost; // of a queue or exchange
    struct slice name;  // likewise
};

/* Those that are not empty, an array of *count in the arena. */
struct pair_view *view_pairs(const struct broker *broker, const struct pair_query *query,
                             struct arena *arena, size_t *count);

/* The next of all pairs (view_walk.h), also an empty one; its texts are borrowed until the core
 * changes. */
bool view_walk_pair(struct view_walk *walk, struct pair_view *out);

#endif
