#include "broker/reply.h"

#include "base/blob.h"
#include "base/check.h"
#include "broker/broker_internal.h"

static void send(struct channel *channel, const struct amqp_args *args, uint64_t after,
                 struct effects *fx)
{
    uint8_t payload[600];
    size_t len = amqp_encode(args, payload, sizeof payload);
    CHECK(len > 0);
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_REPLY,
        .conn = channel->session->conn,
        .channel = channel->number,
        .after = after,
        .blob = blob_new((struct slice){payload, len}),
    };
}

/* Whether the method says that something is there, or gone, for good. */
static bool tells_of_lasting(enum amqp_method method)
{
    switch ((int)method) {
    case METHOD_exchange_declare_ok:
    case METHOD_exchange_delete_ok:
    case METHOD_exchange_bind_ok:
    case METHOD_exchange_unbind_ok:
    case METHOD_queue_declare_ok:
    case METHOD_queue_delete_ok:
    case METHOD_queue_bind_ok:
    case METHOD_queue_unbind_ok:
    case METHOD_queue_purge_ok:
        return true;
    default:
        return false;
    }
}

void reply_send(struct channel *channel, const struct amqp_args *args, struct effects *fx)
{
    uint64_t lasting = broker_of(channel)->lasting_last;
    send(channel, args, tells_of_lasting(args->method) ? lasting : 0, fx);
}

void reply_ok(struct channel *channel, enum amqp_method method, struct effects *fx)
{
    reply_send(channel, &(struct amqp_args){.method = method}, fx);
}

void reply_commit_ok(struct channel *channel, uint64_t after, struct effects *fx)
{
    send(channel, &(struct amqp_args){.method = METHOD_tx_commit_ok}, after, fx);
}
