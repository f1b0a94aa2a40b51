#ifndef EXCHANGE_EXCHANGE_INTERNAL_H
#define EXCHANGE_EXCHANGE_INTERNAL_H

#include "exchange/exchange.h"

struct blob;
struct route;

/* What one type does its own way. A type keeps what it needs for routing in exchange.state and
 * may leave out every function but route. */
struct exchange_type {
    struct slice name;
    void *(*state_new)(const struct exchange *exchange, struct hash_key key); // all else is set
    void (*state_free)(void *state);
    enum amqp_reply (*check)(struct slice arguments, struct text *error); // an exchange's
    enum amqp_reply (*check_binding)(const struct binding_identity *wanted, struct text *error);
    void (*bind)(void *state, struct binding *binding);   // binding has just been made
    void (*unbind)(void *state, struct binding *binding); // binding is about to go
    void (*route)(const struct exchange *exchange, const struct routing *routing,
                  struct route *route); // calls route_reach with what its bindings lead to
};

extern const struct exchange_type exchange_type_delayed; // has no function but check
extern const struct exchange_type exchange_type_direct;
extern const struct exchange_type exchange_type_fanout;
extern const struct exchange_type exchange_type_topic;
extern const struct exchange_type exchange_type_headers;
extern const struct exchange_type exchange_type_consistent_hash;
extern const struct exchange_type exchange_type_local_random;
extern const struct exchange_type exchange_type_modulus_hash;
extern const struct exchange_type exchange_type_random;
extern const struct exchange_type exchange_type_recent_history;

/* The type that routes: this one, or with x-delayed-message the one that its arguments name. */
const struct exchange_type *exchange_type_behind(const struct exchange_type *type,
                                                 struct slice arguments);

struct exchange {
    struct destination destination;
    const struct exchange_type *type;
    void *state;            // owned; the type's routing data, NULL if it needs none
    struct list bindings;   // struct binding.out_link, in order of binding; owned
    struct list cursors;    // struct cursor.link: of those who go through `bindings`
    struct map by_identity; // struct binding.same

    struct list_node all_link;   // exchanges.in_order
    struct map_node name_node;   // exchanges.by_name
    struct exchange *route_next; // the next one that the current route has still to visit

    struct exchange_counts counts;
    struct exchange_pairs *pairs; // see exchange_pairs
    uint64_t serial;              // among all that its struct exchanges ever had

    bool durable;
    bool auto_delete;
    bool internal;
    bool delays;                   // it is of the type x-delayed-message
    struct destination *store;     // borrowed: where what is held back goes; or NULL
    struct slice name;             // in this exchange's allocation
    struct slice arguments;        // in this exchange's allocation
    struct slice user;             // in this exchange's allocation
    struct slice alternate;        // of arguments; a NULL ptr if there is none
    struct blob *policy_alternate; // owned; or NULL
};

/* One message on its way from exchange to exchange. */
struct route {
    struct route_set *queues; // borrowed: those reached so far
    struct exchange *last;    // of those to visit, linked by route_next; each once
    bool found;               // the exchange that is being visited leads somewhere
    bool varies;              // the same keys may lead elsewhere the next time
};

/* The current exchange leads to destination. */
void route_reach(struct route *route, struct destination *destination);

/* A table that has become empty gives its memory back. */
static inline void map_release_if_empty(struct map *map)
{
    if (map->count == 0) {
        struct hash_key key = map->hash_key;
        map_finish(map);
        map_init(map, key);
    }
}

#endif
