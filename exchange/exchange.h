#ifndef EXCHANGE_EXCHANGE_H
#define EXCHANGE_EXCHANGE_H

#include "amqp/properties.h"
#include "base/hash.h"
#include "base/text.h"
#include "exchange/binding.h"
#include "exchange/route_set.h"

struct exchange;       // opaque: a named node that routes messages along its bindings
struct exchange_type;  // opaque: what direct, fanout, topic and the others do differently
struct history;        // exchange/history.h: the last messages that an exchange saw
struct exchanges;      // exchange/exchanges.h: the exchanges of one virtual host
struct exchange_pairs; // of the layer above; named, never dereferenced

struct exchange_options {
    struct slice name;      // copied
    struct slice arguments; // a well-formed field table; copied
    struct slice user;      // who declares it; copied. Empty: nobody knows
    bool durable;
    bool auto_delete;
    bool internal;
};

/* Messages that were published to an exchange, and the queues that they went to; those that come to
 * it through a binding were published elsewhere. The publisher counts. */
struct exchange_counts {
    uint64_t publish_in;
    uint64_t publish_out;
};

/* What routing looks at in a message. */
struct routing {
    const struct slice *keys; // the routing key, then those of the CC and BCC headers
    uint32_t key_count;
    const struct amqp_properties *properties; // with a well-formed header table
};

/* "direct", "fanout", "topic", "headers", "x-consistent-hash", "x-delayed-message",
 * "x-local-random", "x-modulus-hash", "x-random" or "x-recent-history"; NULL for any other name. */
const struct exchange_type *exchange_type_find(struct slice name);

/* The arguments must have been found good by exchange_type_check.
 * The hash key keeps peers from choosing routing keys that collide in its tables. */
struct exchange *exchange_new(const struct exchange_options *options,
                              const struct exchange_type *type, struct hash_key key);

/* Removes every binding from it and every binding to it first. NULL is fine. An exchange that is
 * in a struct exchanges is freed by exchanges_remove instead. */
void exchange_free(struct exchange *exchange);

/* Whether an exchange of this type may have these arguments. If not, the reply to send, and in
 * *error its text behind "PRECONDITION_FAILED - ". */
enum amqp_reply exchange_type_check(const struct exchange_type *type, struct slice arguments,
                                    struct text *error);

/* Whether such a binding is acceptable to the exchange's type. If it is not, the reply to send, and
 * in *error its text behind "PRECONDITION_FAILED - ". */
enum amqp_reply exchange_check_binding(const struct exchange *source,
                                       const struct binding_identity *wanted, struct text *error);

/* Returns the binding of source to destination with this key (at most 255 octets) and these
 * arguments (a well-formed field table); makes it if there is none. Arguments are equal whatever
 * the order of their entries. *is_new, which may be NULL, tells if the binding was made now. */
struct binding *exchange_bind(struct exchange *source, struct destination *destination,
                              struct slice key, struct slice arguments, bool *is_new);

/* The equal binding, or NULL if there is none. */
struct binding *exchange_find_binding(struct exchange *source, struct destination *destination,
                                      struct slice key, struct slice arguments);

/* Adds to `out`, which the caller has begun, each queue that the message reaches from `first`
 * through bindings between exchanges (cycles are fine) and alternate exchanges. An exchange's
 * alternate is looked up in `all` when its own bindings lead nowhere. False if a message with the
 * same keys and without headers may go another way, although no binding has changed. */
bool exchange_route(const struct exchanges *all, struct exchange *first,
                    const struct routing *routing, struct route_set *out);

/* The messages that an exchange of the type x-recent-history keeps; NULL for other types. The
 * caller of exchange_route hands it those for which the route says so (route_set.keepers). */
struct history *exchange_history(const struct exchange *exchange);

/* Whether the exchange is of the type x-delayed-message. A message that asks to be held back
 * (exchange/delay_header.h) goes from it to its store alone, a queue that is nobody else's
 * (borrowed; NULL: there is none yet, and nowhere at all is where it goes), all others as its
 * argument x-delayed-type says. */
bool exchange_delays(const struct exchange *exchange);
struct destination *exchange_store(const struct exchange *exchange);
void exchange_set_store(struct exchange *exchange, struct destination *store);

struct exchange_counts *exchange_counts(struct exchange *exchange); // borrowed

/* A place where the layer above keeps what it counts for the exchange and somebody else together.
 * It owns what lies there, and takes it away before the exchange goes; NULL at first. */
struct exchange_pairs **exchange_pairs(struct exchange *exchange);

/* Tells it from others that its struct exchanges has or had; 0 before it is in one. */
uint64_t exchange_serial(const struct exchange *exchange);

/* Slices borrow from the exchange. */
struct slice exchange_name(const struct exchange *exchange);
struct slice exchange_type_name(const struct exchange *exchange);
struct slice exchange_arguments(const struct exchange *exchange);
struct slice exchange_user(const struct exchange *exchange); // who declared it; may be empty
bool exchange_durable(const struct exchange *exchange);
bool exchange_auto_delete(const struct exchange *exchange);
bool exchange_internal(const struct exchange *exchange);

/* The argument "alternate-exchange", else what a policy says; a slice with a NULL ptr if there is
 * none. */
struct slice exchange_alternate(const struct exchange *exchange);

/* The policy's alternate exchange from now on; a NULL ptr: none. Copies. */
void exchange_set_policy_alternate(struct exchange *exchange, struct slice name);

/* The bindings that start here: struct binding.out_link, in order of binding. */
const struct list *exchange_bindings(const struct exchange *exchange);
size_t exchange_binding_count(const struct exchange *exchange);

/* Puts the cursor (base/cursor.h) at the first of them. */
struct cursor;
void exchange_begin(struct exchange *exchange, struct cursor *cursor);

/* The exchange as something that a binding may lead to, and back. */
struct destination *exchange_destination(struct exchange *exchange);
struct exchange *exchange_of(struct destination *destination); // kind is DESTINATION_EXCHANGE

#endif
