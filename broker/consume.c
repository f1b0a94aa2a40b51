#include "broker/channel.h"
#include "broker/event.h"

#include "amqp/table.h"
#include "base/blob.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/consumer.h"
#include "broker/names.h"
#include "broker/post.h"
#include "broker/queue_arguments.h"
#include "broker/reply.h"
#include "broker/reply_to.h"

/* An argument that is a whole number; *out stays as it is if it is not given. */
static enum amqp_reply read_number(struct slice arguments, struct slice name,
                                   struct consumer_options *options, int64_t *out,
                                   struct effects *fx)
{
    const struct broker_queue *queue = options->queue;
    struct field_value value;
    if (!table_get(arguments, name, &value)) {
        return AMQP_OK;
    }
    struct text why;
    text_clear(&why);
    if (!field_is_integer(&value)) {
        queue_arguments_not_integer(&why, value.type);
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                              "invalid arg '%s' for queue '%s' in vhost '%s': %s", name,
                              queue->name, queue->vhost->name, text_slice(&why));
    }
    *out = value.integer;
    return AMQP_OK;
}

/* Refuses arguments that are for streams alone if the queue is none. */
static enum amqp_reply check_belong(struct slice arguments, const struct broker_queue *queue,
                                    struct effects *fx)
{
    static const char *const names[] = {"x-stream-offset", "x-stream-filter",
                                        "x-stream-match-unfiltered"};
    const char *kind = queue->kind == QUEUE_QUORUM ? "rabbit_quorum_queue" : "rabbit_classic_queue";
    for (size_t i = 0; i < sizeof names / sizeof names[0] && queue->kind != QUEUE_STREAM; i++) {
        struct field_value value;
        struct slice name = {(const uint8_t *)names[i], strlen(names[i])};
        if (table_get(arguments, name, &value)) {
            return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                                  "invalid arg '%s' for queue '%s' in vhost '%s' of queue type %s",
                                  name, queue->name, queue->vhost->name,
                                  (struct slice){(const uint8_t *)kind, strlen(kind)});
        }
    }
    return AMQP_OK;
}

/* x-priority: negative ones come after those without. x-consumer-timeout: negative is as if it was
 * not given. */
static enum amqp_reply read_arguments(struct slice arguments, struct consumer_options *options,
                                      struct effects *fx)
{
    int64_t timeout = -1;
    options->priority = 0;
    enum amqp_reply reply =
        read_number(arguments, SLICE("x-priority"), options, &options->priority, fx);
    if (!reply) {
        reply = read_number(arguments, SLICE("x-consumer-timeout"), options, &timeout, fx);
    }
    options->timeout_ms = timeout > 0 ? (uint64_t)timeout : UINT64_MAX;
    return reply ? reply : check_belong(arguments, options->queue, fx);
}

/* What RabbitMQ's quorum queues and streams ask of a consumer. */
static enum amqp_reply check_kind(struct channel *channel, const struct broker_queue *queue,
                                  const struct amqp_basic_consume *args, struct effects *fx)
{
    if (queue->kind != QUEUE_CLASSIC && channel->prefetch_limit > 0) {
        return effects_refuse(fx, AMQP_NOT_IMPLEMENTED,
                              "queue '%s' in vhost '%s' does not support global qos", queue->name,
                              queue->vhost->name);
    }
    if (queue->kind != QUEUE_STREAM) {
        return AMQP_OK;
    }
    if (args->no_ack) {
        return effects_refuse(
            fx, AMQP_NOT_IMPLEMENTED,
            "automatic acknowledgement not supported by stream queues queue '%s' in vhost '%s'",
            queue->name, queue->vhost->name);
    }
    if (channel->prefetch_next == 0) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                              "consumer prefetch count is not set for 'queue '%s' in vhost '%s''",
                              queue->name, queue->vhost->name);
    }
    return AMQP_OK;
}

/* Only classic queues have exclusive consumers: the others, as in RabbitMQ, do not look at it. */
static enum amqp_reply check_exclusive(const struct broker_queue *queue, bool exclusive,
                                       struct effects *fx)
{
    bool shared = queue->consumer_count > 0 || queue->limits.single_active;
    if (queue->exclusive_consumer || (exclusive && shared)) {
        return effects_refuse(fx, AMQP_ACCESS_REFUSED, "queue '%s' in vhost '%s' in exclusive use",
                              queue->name, queue->vhost->name);
    }
    return AMQP_OK;
}

static enum amqp_reply check_tag(const struct channel *channel, struct slice tag,
                                 struct effects *fx)
{
    if (map_get(&channel->consumers_by_tag, tag) || reply_to_has_tag(channel, tag)) {
        return effects_refuse(fx, AMQP_NOT_ALLOWED, "attempt to reuse consumer tag '%s'", tag);
    }
    uint64_t max = broker_of(channel)->options.consumers_max;
    if (max > 0 && channel->consumer_count >= max) {
        return effects_refuse(fx, AMQP_NOT_ALLOWED, "reached maximum (%u) of consumers per channel",
                              max);
    }
    return AMQP_OK;
}

/* Everything that can be refused. */
static enum amqp_reply check(struct channel *channel, const struct amqp_basic_consume *args,
                             struct consumer_options *out, struct effects *fx)
{
    struct broker_queue *queue = NULL;
    enum amqp_reply reply = broker_queue_to_read(channel, args->queue, &queue, fx);
    out->queue = queue;
    if (!reply) {
        reply = read_arguments(args->arguments, out, fx);
    }
    if (!reply) {
        reply = check_kind(channel, queue, args, fx);
    }
    out->exclusive = !reply && args->exclusive && queue->kind == QUEUE_CLASSIC;
    if (!reply) {
        reply = check_exclusive(queue, out->exclusive, fx);
    }
    return reply;
}

enum amqp_reply broker_basic_consume(struct channel *channel, const struct amqp_basic_consume *args,
                                     struct effects *fx)
{
    event_by(channel);
    struct text generated;
    struct consumer_options options = {.channel = channel,
                                       .tag = args->consumer_tag,
                                       .arguments = args->arguments,
                                       .no_ack = args->no_ack};
    enum amqp_reply reply = check_tag(channel, args->consumer_tag, fx);
    if (reply) {
        return reply;
    }
    if (reply_to_is_pseudo_queue(args->queue)) {
        return reply_to_consume(channel, args, fx);
    }
    reply = check(channel, args, &options, fx);
    if (reply) {
        return reply;
    }
    if (options.tag.len == 0) {
        names_generate(broker_of(channel), "amq.ctag-", &generated);
        options.tag = text_slice(&generated);
    }
    event_consumer_created(consumer_add(&options), args->arguments);
    if (!args->no_wait) {
        struct amqp_args ok = {.method = METHOD_basic_consume_ok,
                               .basic_consume_ok = {.consumer_tag = options.tag}};
        reply_send(channel, &ok, fx);
    }
    broker_queue_serve(options.queue, fx);
    posts_send(broker_of(channel), fx);
    return AMQP_OK;
}

enum amqp_reply broker_basic_cancel(struct channel *channel, const struct amqp_basic_cancel *args,
                                    struct effects *fx)
{
    event_by(channel);
    struct map_node *node = map_get(&channel->consumers_by_tag, args->consumer_tag);
    struct touched touched;
    touched_init(&touched, broker_of(channel));
    if (node) {
        consumer_end(container_of(node, struct consumer, by_tag), &touched, fx);
    } else if (reply_to_has_tag(channel, args->consumer_tag)) {
        reply_to_cancel(channel);
    }
    if (!args->no_wait) {
        struct amqp_args ok = {.method = METHOD_basic_cancel_ok,
                               .basic_cancel_ok = {.consumer_tag = args->consumer_tag}};
        reply_send(channel, &ok, fx);
    }
    touched_serve(&touched, fx);
    return AMQP_OK;
}
