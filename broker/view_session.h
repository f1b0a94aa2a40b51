#ifndef BROKER_VIEW_SESSION_H
#define BROKER_VIEW_SESSION_H

#include "broker/view.h"

/* Channels and consumers, copied as in view.h. */

/* A channel, or what it makes sense to tell of it. */
struct channel_view {
    struct slice vhost;
    struct slice user;
    uint64_t unsettled;
    uint64_t published; // in confirm mode
    uint64_t messages_uncommitted;
    uint64_t settles_uncommitted;
    struct message_counts counts;
    uint64_t serial;    // see view_numbers.h
    uint64_t active_ms; // when something was asked of it last, or it delivered, in the core's time
    uint32_t conn;
    uint32_t consumers;
    uint16_t number;
    uint16_t prefetch;        // of consumers to come
    uint16_t prefetch_global; // of the whole channel
    bool confirms;
    bool transactional;
};

/* Where a channel is found. */
struct channel_place {
    uint32_t conn;
    uint16_t number;
};

struct consumer_view {
    struct slice vhost;
    struct slice queue;
    struct slice tag;
    struct slice arguments; // a field table
    uint64_t timeout_ms;    // to acknowledge a delivery; UINT64_MAX = any time
    uint32_t conn;
    uint16_t channel;
    uint16_t prefetch;
    bool no_ack;
    bool exclusive;
    bool active;
    bool single; // of a queue with a single active consumer
};

/* The consumers of one queue, or of one channel. */
struct consumer_view *view_consumers_of_queue(const struct broker *broker,
                                              const struct view_scope *scope, struct slice name,
                                              size_t *count);
struct consumer_view *view_consumers_of_channel(const struct broker *broker,
                                                const struct channel_place *place,
                                                struct arena *arena, size_t *count);

/* A single one. False if there is none. */
bool view_channel(const struct broker *broker, const struct channel_place *place,
                  struct arena *arena, struct channel_view *out);

#endif
