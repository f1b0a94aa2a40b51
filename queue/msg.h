#ifndef QUEUE_MSG_H
#define QUEUE_MSG_H

#include "base/slice.h"

/* One published message, shared by every queue it was routed to. Owned by reference count:
 * msg_new returns the first reference, whoever stores a pointer holds one. The content never
 * changes after publish; what differs per queue (position, redelivered) lives in the queue.
 *
 * One allocation holds everything, in the order and the form in which it goes out again:
 *
 *     data: exchange (shortstr), routing key (shortstr), property flags and list, body
 */
struct msg {
    uint32_t refs;
    uint32_t body_len;
    uint32_t properties_len;
    uint16_t route_len;      // of both shortstrs, their length octets included
    bool persistent : 1;     // delivery-mode 2
    bool has_expiration : 1; // the property expiration is among the properties
    uint8_t priority;
    uint8_t data[];
};

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
    return (struct slice){msg->data, msg->route_len};
}

static inline struct slice msg_exchange(const struct msg *msg)
{
    return (struct slice){msg->data + 1, msg->data[0]};
}

static inline struct slice msg_routing_key(const struct msg *msg)
{
    const uint8_t *at = msg->data + 1 + msg->data[0];
    return (struct slice){at + 1, at[0]};
}

static inline struct slice msg_properties(const struct msg *msg)
{
    return (struct slice){msg->data + msg->route_len, msg->properties_len};
}

static inline struct slice msg_body(const struct msg *msg)
{
    return (struct slice){msg->data + msg->route_len + msg->properties_len, msg->body_len};
}

static inline uint8_t *msg_body_room(struct msg *msg) // body_len octets, before publish only
{
    return msg->data + msg->route_len + msg->properties_len;
}

/* What the message takes in memory, for limits and windows. */
static inline uint32_t msg_size(const struct msg *msg)
{
    return (uint32_t)sizeof *msg + msg->route_len + msg->properties_len + msg->body_len;
}

#endif
