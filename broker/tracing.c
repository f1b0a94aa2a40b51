#include "broker/tracing.h"

#include <stdlib.h>

#include "amqp/properties.h"
#include "amqp/table.h"
#include "base/blob.h"
#include "base/check.h"
#include "base/memory.h"
#include "broker/delivery_count.h"
#include "broker/outcome_internal.h"
#include "broker/post.h"
#include "broker/route.h"
#include "broker/routing_keys.h"
#include "broker/topology.h"

#define TRACE_EXCHANGE "amq.rabbitmq.trace"

/* A message for the exchange that waits to be published. */
struct trace {
    struct post post;   // first; its message is what goes there, unless there is a `queue`
    struct blob *queue; // owns one reference: the message itself was delivered from there; or NULL
    struct bytes extra; // the headers that do not follow from the message
    uint32_t failed;    // deliveries of it before
};

void broker_set_tracing(struct vhost *vhost, bool on, struct effects *fx)
{
    if (vhost->tracing == on) {
        return;
    }
    struct broker *broker = vhost->broker;
    vhost->tracing = on;
    broker->tracing_count += on ? 1 : -1;
    forget_routes(broker); // a route that is remembered is not looked at
    struct topology topology = {.kind = TOPOLOGY_vhost_tracing_put,
                                .vhost_tracing_put = {.vhost = vhost->name, .on = on}};
    outcome_topology(broker, &topology, fx);
}

static struct slice slice_of(const char *text)
{
    return (struct slice){(const uint8_t *)text, strlen(text)};
}

/* The properties as entries of a table: whole numbers have 32 bits there, as in RabbitMQ. */
static void put_shortstr(struct bytes *out, const char *name, struct slice value)
{
    table_add_string(out, slice_of(name), value);
}

static void put_table(struct bytes *out, const char *name, struct slice value)
{
    table_add_table(out, slice_of(name), value);
}

static void put_u64(struct bytes *out, const char *name, uint64_t value)
{
    table_add_i32(out, slice_of(name), (int32_t)(uint32_t)value);
}

static void put_u8(struct bytes *out, const char *name, uint8_t value)
{
    put_u64(out, name, value);
}

static void put_property(struct bytes *out, const struct amqp_properties *properties,
                         enum property_index index)
{
    switch (index) {
#define P(type, name)                                                                              \
    case PROPERTY_INDEX_##name:                                                                    \
        put_##type(out, #name, properties->name);                                                  \
        break;
        AMQP_BASIC_PROPERTIES(P)
#undef P
    }
}

/* The last one first, as RabbitMQ has them. */
static void put_properties(struct bytes *out, struct slice encoded)
{
    struct amqp_properties properties;
    struct bytes table = {0};
    bool sound = properties_decode(encoded, &properties);
    CHECK(sound);
    for (int index = PROPERTY_INDEX_cluster_id; index >= 0; index--) {
        if (properties.flags & (PROPERTY_content_type >> index)) {
            put_property(&table, &properties, (enum property_index)index);
        }
    }
    table_add_table(out, SLICE("properties"), bytes_slice(&table));
    bytes_finish(&table);
}

static void add_to_array(struct bytes *array, struct slice text)
{
    bytes_add_u8(array, 'S');
    bytes_add_u32(array, (uint32_t)text.len);
    bytes_add(array, text);
}

static void put_headers(struct bytes *out, const struct traced *traced, struct slice node)
{
    struct bytes keys = {0};
    for (uint32_t i = 0; i < traced->key_count; i++) {
        add_to_array(&keys, traced->keys[i]);
    }
    table_add_string(out, SLICE("exchange_name"), traced->exchange);
    table_add_array(out, SLICE("routing_keys"), bytes_slice(&keys));
    put_properties(out, traced->properties);
    table_add_string(out, SLICE("node"), node);
    bytes_finish(&keys);
}

/* Where it was seen: "publish" or "deliver", of an exchange or a queue, and what there is to say of
 * that. */
struct sighting {
    const char *what;
    struct slice of;
    struct slice extra;
};

enum { KEY_MAX = 255 };

/* The message for the exchange; the caller owns the reference. */
static struct msg *new_msg(const struct traced *traced, const struct sighting *sighting,
                           struct slice node)
{
    struct bytes headers = {0}, encoded = {0}, key = {0};
    put_headers(&headers, traced, node);
    bytes_add(&headers, sighting->extra);
    struct amqp_properties properties = {.flags = PROPERTY_headers,
                                         .headers = bytes_slice(&headers)};
    properties_add(&encoded, &properties);
    bytes_add(&key, slice_of(sighting->what));
    bytes_add_u8(&key, '.');
    bytes_add(&key, sighting->of);
    struct msg_parts parts = {
        .exchange = SLICE(TRACE_EXCHANGE),
        .routing_key = {key.ptr, key.len < KEY_MAX ? key.len : KEY_MAX},
        .properties = bytes_slice(&encoded),
        .body_len = (uint32_t)traced->body.len,
    };
    struct msg *msg = msg_new(&parts);
    slice_copy(msg_body_room(msg), traced->body);
    bytes_finish(&headers);
    bytes_finish(&encoded);
    bytes_finish(&key);
    return msg;
}

/* The message for the exchange about one that a client was given; NULL if that came from there. */
static struct msg *new_delivered(const struct broker *broker, const struct msg *msg,
                                 const struct sighting *sighting)
{
    if (slice_eq(msg_exchange(msg), SLICE(TRACE_EXCHANGE))) {
        return NULL;
    }
    struct amqp_properties properties;
    bool sound = properties_decode(msg_properties(msg), &properties);
    CHECK(sound);
    struct routing_keys keys;
    routing_keys_init(&keys, msg_routing_key(msg));
    routing_keys_add_header(&keys, properties.headers, SLICE("CC"));
    struct traced traced = {.exchange = msg_exchange(msg),
                            .keys = keys.items,
                            .key_count = keys.count,
                            .properties = msg_properties(msg),
                            .body = msg_body(msg)};
    struct msg *made = new_msg(&traced, sighting, broker->options.node);
    routing_keys_finish(&keys);
    return made;
}

static struct msg *as_delivered(const struct trace *trace, struct msg *content)
{
    return trace->failed > 0 ? delivery_count_add(content, trace->failed) : msg_ref(content);
}

static void send(struct post *post, struct effects *fx)
{
    struct trace *trace = (struct trace *)post;
    struct msg *msg = msg_ref(post->content);
    if (trace->queue) {
        struct sighting sighting = {"deliver", blob_slice(trace->queue),
                                    bytes_slice(&trace->extra)};
        struct msg *delivered = as_delivered(trace, msg);
        msg_unref(msg);
        msg = new_delivered(post->vhost->broker, delivered, &sighting);
        msg_unref(delivered);
    }
    if (msg) {
        post_publish(post->vhost, SLICE(TRACE_EXCHANGE), msg, fx);
    }
    msg_unref(msg);
}

static void free_trace(struct post *post)
{
    struct trace *trace = (struct trace *)post;
    blob_unref(trace->queue);
    bytes_finish(&trace->extra);
    free(trace);
}

static const struct post_type post_trace = {.send = send, .free_post = free_trace};

/* Takes over msg. */
static struct trace *trace_new(struct vhost *vhost, struct msg *msg)
{
    struct trace *trace = memory_new(sizeof *trace);
    trace->post.type = &post_trace;
    trace->post.vhost = vhost;
    trace->post.msg = msg;
    trace->post.fleeting = true; // whoever was given it may be done with it already
    return trace;
}

/* The exchange can be neither deleted nor anything else. */
static bool is_traced(const struct vhost *vhost)
{
    return vhost->tracing &&
           exchange_binding_count(exchanges_find(vhost->exchanges, SLICE(TRACE_EXCHANGE))) > 0;
}

static void put_client(struct bytes *out, const struct channel *channel)
{
    const struct session *session = channel->session;
    table_add_string(out, SLICE("vhost"), session->vhost->name);
    table_add_string(out, SLICE("connection"), session->name);
    table_add_i32(out, SLICE("channel"), channel->number);
    table_add_string(out, SLICE("user"), session->user);
}

static void put_queues(struct bytes *out, const struct route *route)
{
    struct bytes names = {0};
    for (uint32_t i = 0; i < route->count; i++) {
        const struct broker_queue *queue = queue_of(route->items[i]);
        if (queue->kind != QUEUE_DELAYED) {
            add_to_array(&names, queue->name);
        }
    }
    table_add_array(out, SLICE("routed_queues"), bytes_slice(&names));
    bytes_finish(&names);
}

void tracing_published(const struct channel *channel, const struct traced *traced,
                       const struct route *route, struct effects *fx)
{
    struct vhost *vhost = channel->session->vhost;
    if (!is_traced(vhost) || slice_eq(traced->exchange, SLICE(TRACE_EXCHANGE))) {
        return;
    }
    struct bytes extra = {0};
    put_client(&extra, channel);
    put_queues(&extra, route);
    struct sighting sighting = {"publish", traced->exchange, bytes_slice(&extra)};
    struct msg *msg = new_msg(traced, &sighting, vhost->broker->options.node);
    post_add(&trace_new(vhost, msg)->post, fx);
    bytes_finish(&extra);
}

void tracing_delivered(const struct channel *channel, struct broker_queue *queue,
                       const struct delivery *delivery, struct effects *fx)
{
    if (!is_traced(queue->vhost)) {
        return;
    }
    struct trace *trace = trace_new(queue->vhost, msg_ref(delivery->msg));
    trace->failed = delivery->failed;
    trace->queue = blob_new(queue->name);
    table_add_i32(&trace->extra, SLICE("redelivered"), delivery->redelivered);
    put_client(&trace->extra, channel);
    post_add(&trace->post, fx);
}
