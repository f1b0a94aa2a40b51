#include "broker/channel.h"
#include "broker/event.h"

#include "broker/access.h"
#include "broker/binding.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/names.h"
#include "broker/outcome_internal.h"
#include "broker/replay.h"
#include "broker/reply.h"

/* queue.bind, queue.unbind, exchange.bind and exchange.unbind are one operation with two kinds of
 * destination. */
struct request {
    struct slice source;
    struct slice destination;
    struct slice key;
    struct slice arguments;
    enum resource kind; // of the destination
    bool unbind;
};

/* The ends of a binding, as far as they exist. */
struct ends {
    struct exchange *source;
    struct destination *destination;
    struct broker_queue *queue; // the destination, if it is a queue
};

static void find_ends(struct channel *channel, const struct request *request, struct ends *out)
{
    struct vhost *vhost = channel->session->vhost;
    *out = (struct ends){.source = exchanges_find(vhost->exchanges, request->source)};
    if (request->kind == RESOURCE_QUEUE) {
        out->queue = broker_queue_find(vhost, request->destination);
        out->destination = out->queue ? &out->queue->destination : NULL;
    } else {
        struct exchange *exchange = exchanges_find(vhost->exchanges, request->destination);
        out->destination = exchange ? exchange_destination(exchange) : NULL;
    }
}

static enum amqp_reply refuse_default(struct slice exchange, struct effects *fx)
{
    return exchange.len > 0 ? AMQP_OK
                            : effects_refuse(fx, AMQP_ACCESS_REFUSED,
                                             "operation not permitted on the default exchange");
}

static enum amqp_reply check_rights(struct channel *channel, const struct request *request,
                                    struct effects *fx)
{
    enum amqp_reply reply = refuse_default(request->source, fx);
    if (!reply && request->kind == RESOURCE_EXCHANGE) {
        reply = refuse_default(request->destination, fx);
    }
    if (!reply) {
        reply = access_check(channel, ACCESS_WRITE, request->kind, request->destination, fx);
    }
    if (!reply) {
        reply = access_check(channel, ACCESS_READ, RESOURCE_EXCHANGE, request->source, fx);
    }
    return reply;
}

static enum amqp_reply check_ends(struct channel *channel, const struct request *request,
                                  const struct ends *ends, struct effects *fx)
{
    if (ends->source && slice_eq(exchange_type_name(ends->source), SLICE("topic"))) {
        enum amqp_reply reply =
            access_check_topic(channel, ACCESS_READ, request->source, request->key, fx);
        if (reply) {
            return reply;
        }
    }
    if (request->unbind && (!ends->source || !ends->destination)) {
        return AMQP_OK; // what is not there is not bound
    }
    if (!ends->source) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no exchange '%s' in vhost '%s'", request->source,
                              vhost_name_of(channel));
    }
    if (!ends->destination) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no %s '%s' in vhost '%s'",
                              request->kind == RESOURCE_QUEUE ? SLICE("queue") : SLICE("exchange"),
                              request->destination, vhost_name_of(channel));
    }
    return AMQP_OK;
}

static enum amqp_reply check_owner(struct channel *channel, const struct ends *ends,
                                   struct effects *fx)
{
    return ends->queue ? broker_queue_check_owner(channel, ends->queue, fx) : AMQP_OK;
}

/* RabbitMQ's rule: the queues of an x-local-random exchange are classic ones. */
static enum amqp_reply check_kind(const struct ends *ends, struct effects *fx)
{
    bool local = slice_eq(exchange_type_name(ends->source), SLICE("x-local-random"));
    if (!local || ends->destination->kind != DESTINATION_QUEUE ||
        queue_of(ends->destination)->kind == QUEUE_CLASSIC) {
        return AMQP_OK;
    }
    return effects_refuse(
        fx, AMQP_PRECONDITION_FAILED, "Queue type %s not valid for this exchange type",
        queue_of(ends->destination)->kind == QUEUE_QUORUM ? SLICE("rabbit_quorum_queue")
                                                          : SLICE("rabbit_stream_queue"));
}

static enum amqp_reply bind(struct channel *channel, const struct request *request,
                            const struct ends *ends, struct effects *fx)
{
    enum amqp_reply reply = check_owner(channel, ends, fx);
    if (reply) {
        return reply;
    }
    struct text why;
    text_clear(&why);
    struct binding_identity wanted = {ends->destination, request->key, request->arguments};
    reply = exchange_check_binding(ends->source, &wanted, &why);
    if (reply) {
        return effects_refuse(fx, reply, "%s", text_slice(&why));
    }
    reply = check_kind(ends, fx);
    if (reply) {
        return reply;
    }
    bool is_new;
    struct binding *binding =
        exchange_bind(ends->source, ends->destination, request->key, request->arguments, &is_new);
    if (is_new && binding_lasts(binding)) {
        struct topology topology = {.kind = TOPOLOGY_binding_put};
        topology.binding_put = binding_entry(channel->session->vhost, binding);
        outcome_topology(broker_of(channel), &topology, fx);
    }
    forget_routes(broker_of(channel));
    if (is_new) {
        event_binding(channel->session->vhost, binding, true);
        replay_to(channel->session->vhost, ends->source, ends->destination, fx);
    }
    return AMQP_OK;
}

static void tell_of_unbind(struct channel *channel, const struct binding *binding,
                           struct effects *fx)
{
    if (binding_lasts(binding)) {
        struct topology_binding_put entry = binding_entry(channel->session->vhost, binding);
        struct topology topology = {.kind = TOPOLOGY_binding_delete, .binding_put = entry};
        outcome_topology(broker_of(channel), &topology, fx);
    }
}

static enum amqp_reply unbind(struct channel *channel, const struct request *request,
                              const struct ends *ends, struct effects *fx)
{
    struct binding *binding = ends->source && ends->destination
                                  ? exchange_find_binding(ends->source, ends->destination,
                                                          request->key, request->arguments)
                                  : NULL;
    enum amqp_reply reply = binding ? check_owner(channel, ends, fx) : AMQP_OK;
    if (binding && !reply) {
        tell_of_unbind(channel, binding, fx);
        binding_drop(channel->session->vhost, binding, fx);
    }
    return reply;
}

static enum amqp_reply change(struct channel *channel, const struct request *request,
                              struct effects *fx)
{
    event_by(channel);
    struct ends ends;
    enum amqp_reply reply = check_rights(channel, request, fx);
    if (reply) {
        return reply;
    }
    find_ends(channel, request, &ends);
    reply = check_ends(channel, request, &ends, fx);
    if (reply) {
        return reply;
    }
    return request->unbind ? unbind(channel, request, &ends, fx)
                           : bind(channel, request, &ends, fx);
}

enum amqp_reply broker_exchange_bind(struct channel *channel, const struct amqp_exchange_bind *args,
                                     struct effects *fx)
{
    struct request request = {.source = args->source,
                              .destination = args->destination,
                              .key = args->routing_key,
                              .arguments = args->arguments,
                              .kind = RESOURCE_EXCHANGE};
    enum amqp_reply reply = change(channel, &request, fx);
    if (!reply && !args->no_wait) {
        reply_ok(channel, METHOD_exchange_bind_ok, fx);
    }
    return reply;
}

enum amqp_reply broker_exchange_unbind(struct channel *channel,
                                       const struct amqp_exchange_unbind *args, struct effects *fx)
{
    struct request request = {.source = args->source,
                              .destination = args->destination,
                              .key = args->routing_key,
                              .arguments = args->arguments,
                              .kind = RESOURCE_EXCHANGE,
                              .unbind = true};
    enum amqp_reply reply = change(channel, &request, fx);
    if (!reply && !args->no_wait) {
        reply_ok(channel, METHOD_exchange_unbind_ok, fx);
    }
    return reply;
}

/* Section 1.7.2.3: with neither queue nor key given, the key is the queue's name too. */
static enum amqp_reply name_queue(struct channel *channel, struct slice queue,
                                  struct request *request, struct text *buffer, struct effects *fx)
{
    enum amqp_reply reply = broker_queue_name(channel, queue, buffer, &request->destination, fx);
    if (!reply && queue.len == 0 && request->key.len == 0) {
        request->key = request->destination;
    }
    return reply;
}

enum amqp_reply broker_queue_bind(struct channel *channel, const struct amqp_queue_bind *args,
                                  struct effects *fx)
{
    struct text buffer;
    struct request request = {.source = args->exchange,
                              .key = args->routing_key,
                              .arguments = args->arguments,
                              .kind = RESOURCE_QUEUE};
    enum amqp_reply reply = name_queue(channel, args->queue, &request, &buffer, fx);
    if (!reply) {
        reply = change(channel, &request, fx);
    }
    if (!reply && !args->no_wait) {
        reply_ok(channel, METHOD_queue_bind_ok, fx);
    }
    return reply;
}

enum amqp_reply broker_queue_unbind(struct channel *channel, const struct amqp_queue_unbind *args,
                                    struct effects *fx)
{
    struct text buffer;
    struct request request = {.source = args->exchange,
                              .key = args->routing_key,
                              .arguments = args->arguments,
                              .kind = RESOURCE_QUEUE,
                              .unbind = true};
    enum amqp_reply reply = name_queue(channel, args->queue, &request, &buffer, fx);
    if (!reply) {
        reply = change(channel, &request, fx);
    }
    if (!reply) {
        reply_ok(channel, METHOD_queue_unbind_ok, fx);
    }
    return reply;
}
