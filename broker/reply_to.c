#include "broker/reply_to.h"

#include <stdlib.h>

#include "base/blob.h"
#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/names.h"
#include "broker/reply.h"
#include "broker/tally.h"

/* Replies pass by the queues, so nothing holds them back; a client that is this far behind with
 * reading (octets) loses them instead of filling the memory. */
enum { BEHIND_MAX = 64 * 1024 * 1024 };

#define PSEUDO_QUEUE "amq.rabbitmq.reply-to"

bool reply_to_is_pseudo_queue(struct slice name)
{
    return slice_eq(name, SLICE(PSEUDO_QUEUE));
}

bool reply_to_is_address(struct slice name)
{
    return slice_starts(name, SLICE(PSEUDO_QUEUE "."));
}

static void set_consumer(struct channel *channel, struct slice tag)
{
    struct broker *broker = broker_of(channel);
    struct reply_consumer *consumer = memory_new(sizeof *consumer);
    struct text name;
    names_generate(broker, PSEUDO_QUEUE ".", &name);
    consumer->channel = channel;
    consumer->name = blob_new(text_slice(&name));
    consumer->tag = blob_new(tag);
    map_put(&broker->reply_channels, &consumer->by_name, blob_slice(consumer->name));
    channel->reply_consumer = consumer;
}

enum amqp_reply reply_to_consume(struct channel *channel, const struct amqp_basic_consume *args,
                                 struct effects *fx)
{
    if (!args->no_ack) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED, "reply consumer cannot acknowledge");
    }
    if (channel->reply_consumer) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED, "reply consumer already set");
    }
    struct text generated;
    struct slice tag = args->consumer_tag;
    if (tag.len == 0) {
        names_generate(broker_of(channel), "amq.ctag-", &generated);
        tag = text_slice(&generated);
    }
    set_consumer(channel, tag);
    if (!args->no_wait) {
        struct amqp_args ok = {.method = METHOD_basic_consume_ok,
                               .basic_consume_ok = {.consumer_tag = tag}};
        reply_send(channel, &ok, fx);
    }
    return AMQP_OK;
}

void reply_to_cancel(struct channel *channel)
{
    struct reply_consumer *consumer = channel->reply_consumer;
    if (consumer) {
        map_remove(&broker_of(channel)->reply_channels, &consumer->by_name);
        blob_unref(consumer->tag);
        blob_unref(consumer->name);
        free(consumer);
        channel->reply_consumer = NULL;
    }
}

bool reply_to_has_tag(const struct channel *channel, struct slice tag)
{
    return channel->reply_consumer && slice_eq(blob_slice(channel->reply_consumer->tag), tag);
}

bool reply_to_alive(const struct channel *channel, struct slice address)
{
    return map_get(&broker_of(channel)->reply_channels, address) != NULL;
}

void reply_to_deliver(struct channel *publisher, struct slice address, struct msg *msg,
                      struct effects *fx)
{
    struct broker *broker = broker_of(publisher);
    struct map_node *node = map_get(&broker->reply_channels, address);
    if (!node) {
        return;
    }
    struct reply_consumer *consumer = container_of(node, struct reply_consumer, by_name);
    struct channel *channel = consumer->channel;
    if (channel->session->window < -BEHIND_MAX) {
        return;
    }
    channel->session->window -= msg_size(msg);
    broker->counters.delivered++;
    tally_reply(channel);
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_DELIVER,
        .conn = channel->session->conn,
        .channel = channel->number,
        .number = channel->delivery_tag_next++,
        .msg = msg_ref(msg),
        .blob = blob_ref(consumer->tag),
    };
}
