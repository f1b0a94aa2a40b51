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

/* Those of one object with each that it has to do with, unless they are empty: a channel's with
 * exchanges and queues, a queue's and an exchange's with channels and each other. */
struct pair_view *view_pairs_of_channel(const struct broker *broker,
                                        const struct channel_place *place, struct arena *arena,
                                        size_t *count);
struct pair_view *view_pairs_of_queue(const struct broker *broker, const struct view_scope *scope,
                                      struct slice name, size_t *count);
struct pair_view *view_pairs_of_exchange(const struct broker *broker,
                                         const struct view_scope *scope, struct slice name,
                                         size_t *count);

/* The next of all pairs (view_walk.h), also an empty one; its texts are borrowed until the core
 * changes. */
bool view_walk_pair(struct view_walk *walk, struct pair_view *out);
void view_keep_pair(struct arena *arena, struct pair_view *view);

#endif
