#ifndef TESTS_SIM_FOUND_H
#define TESTS_SIM_FOUND_H

#include "tests/sim/arena.h"

/* What a broker has come back with: read from it by looking at everything. All in an arena. */
enum { FOUND_VHOSTS = 2 };

struct found_message {
    struct list_node link; // found_queue.messages, in order
    struct slice exchange, routing_key, properties, body;
    uint64_t expires; // UINT64_MAX: never; in a store: is due
    uint32_t failed;  // how often it came back, as a header says
    uint64_t until;   // held back; 0: it is not
    bool redelivered;
};

struct found_queue {
    struct list_node link; // found_vhost.queues
    struct slice name, arguments;
    struct list messages; // struct found_message.link
    bool durable, auto_delete;
};

struct found_exchange {
    struct list_node link; // found_vhost.exchanges
    struct slice name, type;
    bool durable, auto_delete, internal;
};

struct found_binding {
    struct list_node link; // found_vhost.bindings
    struct slice source, destination, key, arguments;
    bool to_queue;
};

struct found_vhost {
    struct list exchanges; // struct found_exchange.link
    struct list queues;    // struct found_queue.link
    struct list stores;    // struct found_queue.link: what exchanges of these names hold back
    struct list bindings;  // struct found_binding.link
};

struct found {
    struct found_vhost vhosts[FOUND_VHOSTS];
};

struct found *found_new(struct arena *arena);

/* Both are the same; if not, says what differs. Nothing is said about the order of what has none.
 */
bool found_same(const struct found *one, const struct found *other, const char **difference);

const struct found_queue *found_queue_named(const struct found_vhost *vhost, struct slice name);
const struct found_exchange *found_exchange_named(const struct found_vhost *vhost,
                                                  struct slice name);
bool found_has_binding(const struct found_vhost *vhost, const struct found_binding *binding);

#endif
