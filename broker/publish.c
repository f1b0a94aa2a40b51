#include "broker/channel.h"

#include "base/wire.h"
#include "broker/broker_internal.h"
#include "broker/content.h"
#include "broker/duplicates.h"
#include "broker/enqueue.h"
#include "broker/post.h"
#include "broker/replay.h"
#include "broker/reply_to.h"
#include "broker/route.h"
#include "broker/tally.h"
#include "broker/tracing.h"
#include "broker/transaction.h"

static enum amqp_reply refuse_immediate(struct effects *fx)
{
    return effects_refuse(fx, AMQP_NOT_IMPLEMENTED, "immediate=true");
}

enum amqp_reply broker_check_size(struct channel *channel, uint64_t body_len, bool immediate,
                                  struct effects *fx)
{
    uint64_t max = broker_of(channel)->options.message_size_max;
    if (body_len <= max) {
        return AMQP_OK;
    }
    if (immediate) {
        return refuse_immediate(fx);
    }
    return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                          "message size %u is larger than configured max size %u", body_len, max);
}

/* The message in memory: the one that came assembled, or made now. The caller owns the reference.
 */
static struct msg *materialise(struct broker *broker, const struct publish *publish,
                               struct slice properties)
{
    if (publish->msg && properties.ptr == publish->properties.ptr) {
        return msg_ref(publish->msg);
    }
    struct msg_parts parts = {
        .exchange = publish->exchange,
        .routing_key = publish->routing_key,
        .properties = properties,
        .body_len = (uint32_t)publish->body.len,
    };
    struct msg *msg = msg_new_from(&broker->messages, &parts);
    slice_copy(msg_body_room(msg), publish->body);
    return msg;
}

struct outgoing {
    const struct publish *publish;
    const struct routing_keys *keys; // NULL: none of them is a reply address
    struct slice properties;         // as they will be delivered
    struct route route;
    bool to_replies; // some of the keys are reply addresses
    bool persistent;
    bool has_expiration;
    uint8_t priority;
};

static void look_into(struct outgoing *outgoing, const struct amqp_properties *properties)
{
    outgoing->persistent = properties->delivery_mode == 2;
    outgoing->priority = properties->priority;
    outgoing->has_expiration = (properties->flags & PROPERTY_expiration) != 0;
}

static bool to_reply_address(const struct publish *publish, const struct routing_keys *keys)
{
    if (publish->exchange.len > 0) {
        return false;
    }
    for (uint32_t i = 0; i < keys->count; i++) {
        if (reply_to_is_address(keys->items[i])) {
            return true;
        }
    }
    return false;
}

/* No queue gets it. */
static void hand_to_nobody(struct channel *channel, const struct outgoing *outgoing,
                           struct msg *msg, struct effects *fx)
{
    bool mandatory = outgoing->publish->mandatory;
    if (mandatory) {
        enqueue_return(channel, msg_ref(msg), fx);
    }
    if (mandatory || !outgoing->to_replies) {
        tally_unroutable(channel, outgoing->route.counts->source, mandatory);
    }
}

/* False if one of them would not have it. */
static bool hand_to_queues(const struct route *route, struct msg *msg, struct effects *fx)
{
    bool accepted = true;
    const struct route_counts *counts = route->counts;
    counts->exchange->publish_out += route->count;
    for (uint32_t i = 0; i < route->count; i++) {
        struct broker_queue *queue = queue_of(route->items[i]);
        tally_route(counts->routed[i], queue);
        accepted &= enqueue(queue, msg, fx);
    }
    return accepted;
}

/* False if a queue would not have it. */
static bool hand_out(struct channel *channel, const struct outgoing *outgoing, struct msg *msg,
                     struct effects *fx)
{
    const struct route *route = &outgoing->route;
    if (channel->mode == CHANNEL_TX) {
        tally_put_off(channel);
        transaction_add_publish(channel, msg_ref(msg), route, outgoing->publish->mandatory);
        return true;
    }
    tally_publish(route->counts);
    if (route->count == 0 ||
        (outgoing->keys && duplicates_published(channel->session->vhost, msg))) {
        hand_to_nobody(channel, outgoing, msg, fx);
        return true;
    }
    return hand_to_queues(route, msg, fx);
}

static bool came_before(const struct routing_keys *keys, uint32_t key)
{
    for (uint32_t i = 0; i < key; i++) {
        if (slice_eq(keys->items[i], keys->items[key])) {
            return true;
        }
    }
    return false;
}

static void deliver_to_addresses(struct channel *channel, const struct routing_keys *keys,
                                 struct msg *msg, struct effects *fx)
{
    for (uint32_t i = 0; i < keys->count; i++) {
        if (reply_to_alive(channel, keys->items[i]) && !came_before(keys, i)) {
            reply_to_deliver(channel, keys->items[i], msg, fx);
        }
    }
}

/* `before`: number of the last record when it began. */
static void confirm(struct channel *channel, bool accepted, uint64_t before, struct effects *fx)
{
    uint64_t last = broker_of(channel)->record_last;
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_CONFIRM,
        .flags = accepted ? 0 : EFFECT_NEGATIVE,
        .conn = channel->session->conn,
        .channel = channel->number,
        .number = ++channel->publish_count,
        .after = last > before ? last : 0,
    };
}

/* Everything is checked: from here on nothing is refused. */
static void send(struct channel *channel, const struct outgoing *outgoing, struct effects *fx)
{
    struct broker *broker = broker_of(channel);
    bool replies = outgoing->to_replies;
    bool accepted = true;
    uint64_t before = broker->record_last;
    broker->counters.published++;
    channel->active_ms = broker->now_ms;
    message_sizes_add(&channel->session->vhost->sums.sizes, outgoing->publish->body.len);
    const struct route *route = &outgoing->route;
    if (route->count > 0 || route->keeper_count > 0 || outgoing->publish->mandatory || replies) {
        struct msg *msg = materialise(broker, outgoing->publish, outgoing->properties);
        msg->persistent = outgoing->persistent;
        msg->priority = outgoing->priority;
        msg->has_expiration = outgoing->has_expiration;
        replay_keep(route, msg);
        if (replies) {
            deliver_to_addresses(channel, outgoing->keys, msg, fx);
        }
        accepted = hand_out(channel, outgoing, msg, fx);
        msg_pool_give(&broker->messages, msg);
        posts_send(broker, fx);
    } else {
        tally_publish(route->counts);
        tally_unroutable(channel, route->counts->source, false);
    }
    if (channel->mode == CHANNEL_CONFIRM) {
        confirm(channel, accepted, before, fx);
        tally_confirm(channel, route->counts->source, accepted);
    }
}

/* Reads properties that are none but delivery-mode and priority: most messages'. */
static bool look_into_few(struct outgoing *outgoing)
{
    struct wire_reader r = wire_reader_of(outgoing->properties);
    unsigned flags = wire_get_u16(&r);
    uint8_t mode = flags & PROPERTY_delivery_mode ? wire_get_u8(&r) : 1;
    outgoing->priority = flags & PROPERTY_priority ? wire_get_u8(&r) : 0;
    outgoing->persistent = mode == 2;
    bool known = mode == 1 || mode == 2;
    return known && !(flags & ~(unsigned)(PROPERTY_delivery_mode | PROPERTY_priority)) && !r.bad &&
           wire_left(&r) == 0;
}

/* Of as few digits that it cannot be too long. */
static bool is_plain_time(struct slice digits)
{
    enum { DIGITS_MAX = 11 };
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9') {
            return false;
        }
    }
    return digits.len > 0 && digits.len <= DIGITS_MAX;
}

/* Reads properties which the broker need not check, except for those above and the expiration. */
static bool look_into_harmless(struct outgoing *outgoing)
{
    struct properties_gist gist;
    if (!properties_skim(outgoing->properties, &gist) ||
        gist.flags & (PROPERTY_headers | PROPERTY_reply_to | PROPERTY_user_id)) {
        return false;
    }
    bool mode_given = gist.flags & PROPERTY_delivery_mode;
    outgoing->persistent = gist.delivery_mode == 2;
    outgoing->priority = gist.priority;
    outgoing->has_expiration = gist.flags & PROPERTY_expiration;
    return (!mode_given || gist.delivery_mode == 1 || gist.delivery_mode == 2) &&
           (!outgoing->has_expiration || is_plain_time(gist.expiration));
}

/* The route is known already and the properties are none of those that need a look. */
static bool publish_again(struct channel *channel, const struct publish *publish,
                          struct effects *fx)
{
    struct outgoing outgoing = {.publish = publish, .properties = publish->properties};
    if (publish->immediate || publish->body.len > broker_of(channel)->options.message_size_max ||
        !route_recall(channel, publish, &outgoing.route) ||
        !(look_into_few(&outgoing) || look_into_harmless(&outgoing))) {
        return false;
    }
    send(channel, &outgoing, fx); // a remembered route leads to no reply address
    return true;
}

/* What can be refused, in RabbitMQ's order. */
static enum amqp_reply check(struct channel *channel, const struct publish *publish,
                             struct exchange **exchange, struct content *content,
                             struct effects *fx)
{
    if (publish->immediate) {
        return refuse_immediate(fx);
    }
    enum amqp_reply reply = broker_check_size(channel, publish->body.len, false, fx);
    if (!reply) {
        reply = route_check(channel, publish, exchange, fx);
    }
    if (!reply) {
        reply = content_inspect(channel, publish, content, fx);
    }
    return reply;
}

/* Whether it goes nowhere for now: then it is not yet the time to take BCC out. */
static bool is_held_back(const struct route *route)
{
    for (uint32_t i = 0; i < route->count; i++) {
        if (queue_of(route->items[i])->kind != QUEUE_DELAYED) {
            return false;
        }
    }
    return route->count > 0;
}

static void trace(const struct channel *channel, const struct outgoing *outgoing,
                  struct effects *fx)
{
    struct traced traced = {.exchange = outgoing->publish->exchange,
                            .keys = outgoing->keys->items,
                            .key_count = outgoing->keys->count,
                            .properties = outgoing->properties,
                            .body = outgoing->publish->body};
    tracing_published(channel, &traced, &outgoing->route, fx);
}

static enum amqp_reply publish_anew(struct channel *channel, const struct publish *publish,
                                    struct effects *fx)
{
    struct exchange *exchange;
    struct content content;
    struct bytes rewritten = {0};
    content.keys.items = content.keys.few; // so that content_finish is right at any time
    enum amqp_reply reply = check(channel, publish, &exchange, &content, fx);
    if (!reply) {
        struct route route = route_find(channel, publish, exchange, &content);
        bool changed = content_rewrite(channel, &content, is_held_back(&route), &rewritten);
        struct outgoing outgoing = {
            .publish = publish,
            .keys = &content.keys,
            .properties = changed ? bytes_slice(&rewritten) : publish->properties,
            .route = route,
            .to_replies = to_reply_address(publish, &content.keys),
        };
        look_into(&outgoing, &content.properties);
        bool traced = channel->session->vhost->tracing;
        if (traced) {
            trace(channel, &outgoing, fx);
        }
        tally_publisher(channel);
        send(channel, &outgoing, fx);
        if (traced) {
            posts_send(broker_of(channel), fx);
        }
    }
    bytes_finish(&rewritten);
    content_finish(&content);
    return reply;
}

enum amqp_reply broker_publish(struct channel *channel, const struct publish *publish,
                               struct effects *fx)
{
    enum amqp_reply reply =
        publish_again(channel, publish, fx) ? AMQP_OK : publish_anew(channel, publish, fx);
    msg_unref(publish->msg);
    return reply;
}
