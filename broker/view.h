#ifndef BROKER_VIEW_H
#define BROKER_VIEW_H

#include "base/arena.h"
#include "broker/broker.h"
#include "broker/capacity.h"
#include "broker/count_limits.h"
#include "broker/counts.h"
#include "broker/parameter.h"
#include "broker/policy.h"
#include "broker/queue_limits.h"
#include "broker/user.h"
#include "broker/vhost.h"
#include "exchange/exchange.h"

/* What is there, copied for somebody who looks at it later than now: all texts are in the arena,
 * and nothing refers to the core. Each function returns an array in the arena, in order of
 * creation, and its length in *count. What there may be very much of is met one by one
 * (view_walk.h). */

/* Those of one virtual host if it has a name, else of all. */
struct view_scope {
    struct slice vhost; // NULL as its ptr: all
    struct arena *arena;
    bool implicit; // of bindings: also those that every queue has with the default exchange
};

struct vhost_view {
    struct slice name;
    uint64_t ready;
    uint64_t unsettled;
    struct message_counts counts; // of all channels that there have been
    uint64_t received;            // octets of all its connections
    uint64_t sent;
    uint64_t serial; // see view_numbers.h
    struct vhost_metadata metadata;
    int64_t limits[VHOST_LIMIT_COUNT]; // by enum vhost_limit; LIMIT_NONE
    bool tracing;
    bool is_protected;
};

struct user_view {
    struct user user;                 // first: its name is what the view is known by
    int64_t limits[USER_LIMIT_COUNT]; // by enum user_limit; LIMIT_NONE
    bool permitted;                   // in some virtual host
};

struct exchange_view {
    struct slice vhost;
    struct slice name;
    struct slice type;
    struct slice arguments;
    struct slice user;   // who declared it; empty: that was before it was kept
    struct slice policy; // name of the one that holds; NULL as its ptr: there is none
    struct exchange_counts counts;
    struct publish_counts published; // what became of it (pairs_published)
    uint64_t serial;                 // in its virtual host; see view_numbers.h
    uint64_t vhost_serial;
    uint64_t bindings; // of which it is the source
    bool durable;
    bool auto_delete;
    bool internal;
};

/* There is none, or the message is not in memory. */
#define VIEW_NO_TIMESTAMP UINT64_MAX

struct queue_view {
    struct slice vhost;
    struct slice name;
    struct slice arguments;
    struct slice exclusive_tag; // of the exclusive consumer; NULL as its ptr: there is none
    struct slice active_tag;    // of the single active consumer, likewise
    struct slice policy;        // name of the one that holds, likewise
    struct slice operator_policy;
    struct slice definition; // of both, merged
    uint64_t id;
    uint64_t ready;
    uint64_t unsettled;
    uint64_t ready_bytes;
    uint64_t unsettled_bytes;
    uint64_t delayed; // held back for a delayed retry
    uint64_t delayed_bytes;
    uint64_t ready_paged; // of the ready ones, those whose content is in the journal only
    uint64_t ready_paged_bytes;
    uint64_t unsettled_paged; // of the unsettled ones, likewise
    uint64_t unsettled_paged_bytes;
    uint64_t persistent; // of all; 0 of a queue that is not durable
    uint64_t persistent_bytes;
    uint64_t returned;       // of the ready ones, those that came back
    uint64_t made;           // how many have been in it so far
    const uint64_t *levels;  // how many are ready, by priority up to priority_max; or NULL
    uint64_t head_timestamp; // of the message that is next, since 1970; VIEW_NO_TIMESTAMP
    uint64_t delivery_limit; // UINT64_MAX: none
    uint64_t octets;         // of memory that it takes with its messages, about
    uint64_t active_ms;      // when it was used last, in the core's time
    struct capacity capacity;
    struct queue_counts counts;
    uint32_t owner; // of an exclusive queue: the connection
    uint32_t consumers;
    uint8_t kind; // enum queue_kind
    uint8_t priority_max;
    bool durable;
    bool auto_delete;
    bool exclusive;
};

struct binding_view {
    struct slice vhost;
    struct slice source;
    struct slice destination;
    struct slice key;
    struct slice arguments;
    bool to_exchange;
    bool exclusive; // its destination is an exclusive queue
};

/* What a binding leads to. */
struct binding_end {
    struct slice name;
    bool is_exchange;
};

struct permission_view {
    struct slice user;
    struct slice vhost;
    struct slice configure;
    struct slice write;
    struct slice read;
};

struct topic_permission_view {
    struct slice user;
    struct slice vhost;
    struct slice exchange;
    struct slice write;
    struct slice read;
};

struct policy_view {
    struct slice vhost;
    struct slice name;
    struct slice pattern;
    struct slice definition; // a field table
    int64_t priority;
    enum policy_target apply;
};

/* Sums over all that there is and has been since the start: they never fall. */
struct totals_view {
    struct message_counts messages; // of channels
    struct queue_counts queues[QUEUE_KINDS];
    struct churn_counts churn;
    struct message_sizes sizes; // of what was published
    uint64_t publishers;        // channels that are open and have published
};

struct totals_view view_totals(const struct broker *broker);

struct vhost_view *view_vhosts(const struct broker *broker, struct arena *arena, size_t *count);
struct user_view *view_users(const struct broker *broker, struct arena *arena, size_t *count);
struct permission_view *view_permissions(const struct broker *broker,
                                         const struct view_scope *scope, size_t *count);
struct topic_permission_view *view_topic_permissions(const struct broker *broker,
                                                     const struct view_scope *scope, size_t *count);
/* Those of users or those of operators. */
struct policy_view *view_policies(const struct broker *broker, const struct view_scope *scope,
                                  enum policy_kind kind, size_t *count);
/* Those of virtual hosts, or the global ones: by component and name. */
struct parameter *view_parameters(const struct broker *broker, const struct view_scope *scope,
                                  size_t *count);
struct parameter *view_global_parameters(const struct broker *broker, struct arena *arena,
                                         size_t *count);
struct queue_view *view_queues(const struct broker *broker, const struct view_scope *scope,
                               size_t *count);

/* The bindings of one queue or exchange, by its name in the scope's virtual host. */
struct binding_view *view_bindings_to(const struct broker *broker, const struct view_scope *scope,
                                      const struct binding_end *end, size_t *count);

/* A single one. False if there is none. */
bool view_vhost(const struct broker *broker, struct slice name, struct arena *arena,
                struct vhost_view *out);
bool view_user(const struct broker *broker, struct slice name, struct arena *arena,
               struct user_view *out);
bool view_exchange(const struct broker *broker, const struct view_scope *scope, struct slice name,
                   struct exchange_view *out);
bool view_queue(const struct broker *broker, const struct view_scope *scope, struct slice name,
                struct queue_view *out);

#endif
