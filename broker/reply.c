#include "broker/reply.h"

#include "base/blob.h"
#include "base/check.h"
#include "broker/broker_internal.h"

void reply_send(struct channel *channel, const struct amqp_args *args, struct effects *fx)
{
    uint8_t payload[600];
    size_t len = amqp_encode(args, payload, sizeof payload);
    CHECK(len > 0);
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_REPLY,
        .conn = channel->session->conn,
        .channel = channel->number,
        .after = broker_of(channel)->record_last,
        .blob = blob_new((struct slice){payload, len}),
    };
}

void reply_ok(struct channel *channel, enum amqp_method method, struct effects *fx)
{
    reply_send(channel, &(struct amqp_args){.method = method}, fx);
}
