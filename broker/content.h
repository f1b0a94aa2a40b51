#ifndef BROKER_CONTENT_H
#define BROKER_CONTENT_H

#include "amqp/properties.h"
#include "base/bytes.h"
#include "broker/channel.h"
#include "broker/routing_keys.h"

/* A look into the properties of a message that is being published: what RabbitMQ checks. */
struct content {
    struct amqp_properties properties;
    struct routing_keys keys; // the routing key, then those of CC, then of BCC
    bool has_bcc;
};

/* Decodes and checks. AMQP_SYNTAX_ERROR if malformed, AMQP_PRECONDITION_FAILED for reply-to,
 * user-id, expiration, delivery-mode, CC, BCC: in this order, as RabbitMQ. */
enum amqp_reply content_inspect(struct channel *channel, const struct publish *publish,
                                struct content *out, struct effects *fx);

/* False for a delivery-mode that is there and neither 1 nor 2. */
bool content_mode_known(const struct amqp_properties *properties);

void content_finish(struct content *content); // after content_inspect, whatever it said

/* True if the properties must be changed on the way (BCC is removed unless `keep_bcc`, reply-to is
 * given its address); they are then written to `out`, flags and list. */
bool content_rewrite(const struct channel *channel, const struct content *content, bool keep_bcc,
                     struct bytes *out);

#endif
