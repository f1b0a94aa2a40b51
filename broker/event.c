#include "broker/event.h"

#include <stdlib.h>

#include "amqp/properties.h"
#include "amqp/table.h"
#include "base/check.h"
#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/post.h"
#include "exchange/fields.h"

#define EVENT_EXCHANGE "amq.rabbitmq.event"

bool broker_wants_events(const struct broker *broker)
{
    return broker->event_exchange && exchange_binding_count(broker->event_exchange) > 0 &&
           !broker->restoring;
}

void broker_set_actor(struct broker *broker, struct slice user)
{
    broker->actor.len = 0;
    bytes_add(&broker->actor, user);
}

/* A message for the exchange that waits to be published. */
static void send(struct post *post, struct effects *fx)
{
    post_publish(post->vhost, SLICE(EVENT_EXCHANGE), post->content, fx);
}

static void free_event(struct post *post)
{
    free(post);
}

static const struct post_type post_event = {.send = send, .free_post = free_event};

static struct msg *new_msg(const struct broker *broker, struct slice key, struct slice headers)
{
    struct bytes encoded = {0};
    struct amqp_properties properties = {
        .flags = PROPERTY_headers | PROPERTY_delivery_mode | PROPERTY_timestamp,
        .headers = headers,
        .delivery_mode = 2,
        .timestamp = broker->wall_s,
    };
    properties_add(&encoded, &properties);
    struct msg_parts parts = {.exchange = SLICE(EVENT_EXCHANGE),
                              .routing_key = key,
                              .properties = bytes_slice(&encoded),
                              .persistent = true};
    struct msg *msg = msg_new(&parts);
    bytes_finish(&encoded);
    return msg;
}

/* Headers are in RabbitMQ's order: the last that it thinks of comes first. */
void broker_tell_event(struct broker *broker, const char *key, struct slice headers)
{
    if (!broker_wants_events(broker)) {
        return;
    }
    struct bytes all = {0};
    struct slice actor = bytes_slice(&broker->actor);
    uint64_t wall_ms = broker->now_ms + broker->options.wall_offset_ms;
    table_add_string(&all, SLICE("user_who_performed_action"),
                     actor.len > 0 ? actor : SLICE("rmq-internal"));
    bytes_add(&all, headers);
    table_add_i64(&all, SLICE("timestamp_in_ms"), (int64_t)wall_ms);
    struct post *post = memory_new(sizeof *post);
    post->type = &post_event;
    post->vhost = broker->event_vhost;
    post->msg =
        new_msg(broker, (struct slice){(const uint8_t *)key, strlen(key)}, bytes_slice(&all));
    post_add(post, NULL); // its content is here: no effect comes of it now
    bytes_finish(&all);
}

void broker_tell_alarm(struct broker *broker, struct slice source, bool raised)
{
    struct bytes headers = {0};
    broker_set_actor(broker, SLICE(""));
    table_add_string(&headers, SLICE("node"), broker->options.node);
    table_add_string(&headers, SLICE("source"), source);
    broker_tell_event(broker, raised ? "alarm.set" : "alarm.cleared", bytes_slice(&headers));
    bytes_finish(&headers);
}

void event_add_pid(struct bytes *headers, const struct broker *broker, struct slice name,
                   uint32_t conn, uint16_t channel)
{
    struct text text;
    text_clear(&text);
    text_format(&text, "<%s.%u.%u>", broker->options.node, (uint64_t)conn, (uint64_t)channel);
    table_add_string(headers, name, text_slice(&text));
}

void event_add_terms(struct bytes *headers, struct slice name, struct slice table)
{
    struct bytes terms = {0};
    struct wire_reader r = wire_reader_of(table);
    struct slice key;
    struct field_value value;
    while (table_next(&r, &key, &value)) {
        struct text text;
        text_clear(&text);
        text_format(&text, "{<<\"%s\">>,", key);
        text_add_str(&text, field_type_name(value.type));
        text_add_str(&text, ",");
        field_text(&text, &value);
        text_add_str(&text, "}");
        bytes_add_u8(&terms, 'S');
        bytes_add_u32(&terms, (uint32_t)text_slice(&text).len);
        bytes_add(&terms, text_slice(&text));
    }
    table_add_array(headers, name, bytes_slice(&terms));
    bytes_finish(&terms);
}
