#ifndef QUEUE_MSG_H
#define QUEUE_MSG_H

#include "base/check.h"
#include "base/slice.h"
#include "queue/stored.h"

struct msg_pool;

/* One published message, shared by every queue it was routed to. Owned by reference count:
 * msg_new returns the first reference, whoever stores a pointer holds one. The content never
 * changes after publish; what differs per queue (position, redelivered) lives in the queue.
 *
 * One allocation holds everything, in the order and the form in which it goes out again:
 *
 *     data: exchange (shortstr), routing key (shortstr), property flags and list, body
 *
 * A stub has no data: its content is in the journal only, at stored_at, and is to be loaded from
 * there before anybody asks for it. It has no route_len; properties_len is that of both. */
struct msg {
    uint32_t refs;
    uint32_t body_len;
    uint32_t properties_len;
    uint16_t route_len;      // of both shortstrs, their length octets included
    bool persistent : 1;     // delivery-mode 2
    bool has_expiration : 1; // the property expiration is among the properties
    bool stub : 1;
    uint8_t priority;   // 0 of a stub
    uint32_t queued;    // places of ready messages that hold it, as struct residency counts them
    uint64_t stored_at; // journal position of the record with its content; 0: not in the journal
    uint8_t data[];
};

_Static_assert(sizeof(struct msg) == 32, "every message has one");

struct msg_parts {
    struct slice exchange;    // at most 255 octets
    struct slice routing_key; // at most 255 octets
    struct slice properties;  // flags and list, as encoded
    uint32_t body_len;
    bool persistent;
    uint8_t priority;
};

/* Copies the parts. The body is left for the caller to fill in through msg_body_room. */
struct msg *msg_new(const struct msg_parts *parts);
struct msg *msg_new_from(struct msg_pool *pool, const struct msg_parts *parts);

/* A message of its own with the same body, of the parts given. */
struct msg *msg_copy(const struct msg *msg, const struct msg_parts *parts);

/* A message that is in the journal, without its content. */
struct msg *msg_stub(const struct stored *stored);

/* Gives a message that has not been published yet a body of another length, what there was of it
 * kept. It may move. */
struct msg *msg_resize(struct msg *msg, uint32_t body_len);

static inline struct msg *msg_ref(struct msg *msg)
{
    msg->refs++;
    return msg;
}

void msg_free(struct msg *msg); // the last reference is gone; use msg_unref

static inline void msg_unref(struct msg *msg) // NULL is fine
{
    if (msg && --msg->refs == 0) {
        msg_free(msg);
    }
}

/* Exchange and routing key as basic.deliver, get-ok and return carry them: two shortstrs. */
static inline struct slice msg_route(const struct msg *msg)
{
    ASSERT(!msg->stub);
    return (struct slice){msg->data, msg->route_len};
}

static inline struct slice msg_exchange(const struct msg *msg)
{
    ASSERT(!msg->stub);
    return (struct slice){msg->data + 1, msg->data[0]};
}

static inline struct slice msg_routing_key(const struct msg *msg)
{
    ASSERT(!msg->stub);
    const uint8_t *at = msg->data + 1 + msg->data[0];
    return (struct slice){at + 1, at[0]};
}

static inline struct slice msg_properties(const struct msg *msg)
{
    ASSERT(!msg->stub);
    return (struct slice){msg->data + msg->route_len, msg->properties_len};
}

static inline struct slice msg_body(const struct msg *msg)
{
    ASSERT(!msg->stub);
    return (struct slice){msg->data + msg->route_len + msg->properties_len, msg->body_len};
}

static inline uint8_t *msg_body_room(struct msg *msg) // body_len octets, before publish only
{
    return msg->data + msg->route_len + msg->properties_len;
}

/* Its parts, which borrow from it. */
static inline struct msg_parts msg_parts_of(const struct msg *msg)
{
    return (struct msg_parts){
        .exchange = msg_exchange(msg),
        .routing_key = msg_routing_key(msg),
        .properties = msg_properties(msg),
        .body_len = msg->body_len,
        .persistent = msg->persistent,
        .priority = msg->priority,
    };
}

/* What the message takes in memory, for limits and windows; a stub: what it will when loaded. */
static inline uint32_t msg_size(const struct msg *msg)
{
    return (uint32_t)sizeof *msg + msg->route_len + msg->properties_len + msg->body_len;
}

/* What there is to say of it but its content; position and expires are for the caller. */
static inline struct stored msg_stored(const struct msg *msg)
{
    return (struct stored){
        .at = msg->stored_at,
        .body_len = msg->body_len,
        .rest_len = msg->route_len + msg->properties_len,
        .persistent = msg->persistent,
        .has_expiration = msg->has_expiration,
    };
}

/* What its record in the journal takes, as every ledger counts it. */
static inline uint64_t msg_stored_octets(const struct msg *msg)
{
    return stored_octets(msg->body_len, msg->route_len + msg->properties_len);
}

#endif
