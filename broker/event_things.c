#include "broker/event.h"

#include "amqp/table.h"
#include "base/blob.h"
#include "broker/broker_internal.h"

/* Events of what clients make: queues, exchanges, bindings, channels, consumers. And of users. */

static void add_owner(struct bytes *headers, const struct broker_queue *queue)
{
    if (queue->owner) {
        event_add_pid(headers, queue->vhost->broker, SLICE("owner_pid"), queue->owner->conn, 0);
    } else {
        table_add_string(headers, SLICE("owner_pid"), SLICE(""));
    }
}

static void tell(struct broker *broker, const char *key, struct bytes *headers)
{
    broker_tell_event(broker, key, bytes_slice(headers));
    bytes_finish(headers);
}

void event_queue(const struct broker_queue *queue, bool created)
{
    struct broker *broker = queue->vhost->broker;
    struct bytes headers = {0};
    if (!broker_wants_events(broker) || queue->kind == QUEUE_DELAYED) {
        return;
    }
    if (created) {
        table_add_bool(&headers, SLICE("exclusive"), queue->exclusive);
        add_owner(&headers, queue);
        event_add_terms(&headers, SLICE("arguments"), queue->arguments);
        table_add_bool(&headers, SLICE("auto_delete"), queue->auto_delete);
        table_add_bool(&headers, SLICE("durable"), queue->durable);
    }
    table_add_string(&headers, SLICE("name"), queue->name);
    table_add_string(&headers, SLICE("vhost"), queue->vhost->name);
    tell(broker, created ? "queue.created" : "queue.deleted", &headers);
}

void event_exchange(const struct vhost *vhost, const struct exchange *exchange, bool created)
{
    struct bytes headers = {0};
    if (!broker_wants_events(vhost->broker)) {
        return;
    }
    if (created) {
        event_add_terms(&headers, SLICE("arguments"), exchange_arguments(exchange));
        table_add_bool(&headers, SLICE("internal"), exchange_internal(exchange));
        table_add_bool(&headers, SLICE("auto_delete"), exchange_auto_delete(exchange));
        table_add_bool(&headers, SLICE("durable"), exchange_durable(exchange));
        table_add_string(&headers, SLICE("type"), exchange_type_name(exchange));
    }
    table_add_string(&headers, SLICE("name"), exchange_name(exchange));
    table_add_string(&headers, SLICE("vhost"), vhost->name);
    tell(vhost->broker, created ? "exchange.created" : "exchange.deleted", &headers);
}

void event_binding(const struct vhost *vhost, const struct binding *binding, bool created)
{
    struct bytes headers = {0};
    if (!broker_wants_events(vhost->broker)) {
        return;
    }
    bool to_queue = binding->destination->kind == DESTINATION_QUEUE;
    table_add_string(&headers, SLICE("vhost"), vhost->name);
    event_add_terms(&headers, SLICE("arguments"), binding->arguments);
    table_add_string(&headers, SLICE("routing_key"), binding->key);
    table_add_string(&headers, SLICE("destination_kind"),
                     to_queue ? SLICE("queue") : SLICE("exchange"));
    table_add_string(&headers, SLICE("destination_name"),
                     to_queue ? queue_of(binding->destination)->name
                              : exchange_name(exchange_of(binding->destination)));
    table_add_string(&headers, SLICE("source_kind"), SLICE("exchange"));
    table_add_string(&headers, SLICE("source_name"), exchange_name(binding->source));
    tell(vhost->broker, created ? "binding.created" : "binding.deleted", &headers);
}

static void add_channel_pid(struct bytes *headers, struct slice name, const struct channel *channel)
{
    event_add_pid(headers, broker_of(channel), name, channel->session->conn, channel->number);
}

void event_by(const struct channel *channel)
{
    if (broker_wants_events(broker_of(channel))) {
        broker_set_actor(broker_of(channel), channel->session->user);
    }
}

void event_channel(const struct channel *channel, bool created)
{
    const struct session *session = channel->session;
    struct bytes headers = {0};
    if (!broker_wants_events(session->broker) || session->passing) {
        return;
    }
    event_by(channel);
    if (created) {
        struct text name;
        text_clear(&name);
        text_format(&name, "%s (%u)", session->name, (uint64_t)channel->number);
        table_add_string(&headers, SLICE("vhost"), session->vhost->name);
        table_add_string(&headers, SLICE("user"), session->user);
        table_add_i64(&headers, SLICE("number"), channel->number);
        event_add_pid(&headers, session->broker, SLICE("connection"), session->conn, 0);
        table_add_string(&headers, SLICE("name"), text_slice(&name));
    }
    add_channel_pid(&headers, SLICE("pid"), channel);
    tell(session->broker, created ? "channel.created" : "channel.closed", &headers);
}

/* What both events of a consumer have at their end. */
static void add_consumer(struct bytes *headers, const struct consumer *consumer)
{
    table_add_string(headers, SLICE("queue"), consumer->queue->name);
    table_add_string(headers, SLICE("vhost"), consumer->queue->vhost->name);
    add_channel_pid(headers, SLICE("channel"), consumer->channel);
}

void event_consumer_created(const struct consumer *consumer, struct slice arguments)
{
    struct broker *broker = broker_of(consumer->channel);
    struct bytes headers = {0};
    if (!broker_wants_events(broker)) {
        return;
    }
    bool exclusive = consumer->queue->exclusive_consumer == consumer;
    event_add_terms(&headers, SLICE("arguments"), arguments);
    table_add_i64(&headers, SLICE("prefetch_count"), consumer->prefetch);
    add_consumer(&headers, consumer);
    table_add_bool(&headers, SLICE("ack_required"), !consumer->no_ack);
    table_add_bool(&headers, SLICE("exclusive"), exclusive);
    table_add_string(&headers, SLICE("consumer_tag"), blob_slice(consumer->tag));
    tell(broker, "consumer.created", &headers);
}

void event_consumer_deleted(const struct consumer *consumer)
{
    struct broker *broker = broker_of(consumer->channel);
    struct bytes headers = {0};
    if (!broker_wants_events(broker)) {
        return;
    }
    add_consumer(&headers, consumer);
    table_add_string(&headers, SLICE("consumer_tag"), blob_slice(consumer->tag));
    tell(broker, "consumer.deleted", &headers);
}

void event_user(struct broker *broker, const char *key, struct slice name)
{
    struct bytes headers = {0};
    if (broker_wants_events(broker)) {
        table_add_string(&headers, SLICE("name"), name);
        tell(broker, key, &headers);
    }
}

void event_user_tags(struct broker *broker, struct slice name, struct slice tags)
{
    struct bytes headers = {0}, array = {0};
    if (!broker_wants_events(broker)) {
        return;
    }
    while (tags.len > 0) {
        const uint8_t *comma = memchr(tags.ptr, ',', tags.len);
        size_t len = comma ? (size_t)(comma - tags.ptr) : tags.len;
        size_t used = comma ? len + 1 : len;
        bytes_add_u8(&array, 'S');
        bytes_add_u32(&array, (uint32_t)len);
        bytes_add(&array, (struct slice){tags.ptr, len});
        tags = (struct slice){tags.ptr + used, tags.len - used};
    }
    table_add_array(&headers, SLICE("tags"), bytes_slice(&array));
    table_add_string(&headers, SLICE("name"), name);
    tell(broker, "user.tags.set", &headers);
    bytes_finish(&array);
}
