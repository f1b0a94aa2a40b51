#include "server/confirms.h"

#include "base/wire.h"
#include "server/conn_internal.h"

/* basic.ack or basic.nack; what follows the tag is one octet of bits. */
static void send(struct conn *conn, uint16_t channel, enum amqp_method method, uint64_t number,
                 bool multiple)
{
    enum { PAYLOAD_SIZE = 4 + 8 + 1 };
    struct output *out = &conn->out;
    uint8_t *p = output_reserve(out, &conn->engine->pool, PAYLOAD_SIZE + FRAME_OVERHEAD);
    frame_put_head(p, FRAME_METHOD, channel, PAYLOAD_SIZE);
    wire_store_u16(p + 7, amqp_class_id(method));
    wire_store_u16(p + 9, amqp_method_id(method));
    wire_store_u64(p + 11, number);
    p[19] = multiple;
    p[20] = FRAME_END;
    output_commit(out, PAYLOAD_SIZE + FRAME_OVERHEAD);
    conn_mark_changed(conn);
}

void confirms_flush(struct conn_channel *channel)
{
    if (channel->confirm_count == 0) {
        return;
    }
    send(channel->conn, channel->number, METHOD_basic_ack, channel->confirm_last,
         channel->confirm_count > 1);
    channel->confirm_count = 0;
    list_unlink(&channel->confirm_link);
}

static void note(struct conn_channel *channel, uint64_t number)
{
    if (channel->confirm_count++ == 0) {
        list_push(&channel->conn->engine->confirming, &channel->confirm_link);
    }
    channel->confirm_last = number;
}

void confirms_note(struct engine *engine, const struct effect *effect)
{
    struct conn *conn = engine_conn(engine, effect->conn);
    if (!conn) {
        return;
    }
    bool negative = effect->flags & EFFECT_NEGATIVE;
    struct conn_channel *channel = channel_table_get(&conn->channels, effect->channel);
    if (channel && !negative) {
        note(channel, effect->number);
        return;
    }
    if (channel) {
        confirms_flush(channel);
        channel->confirm_last = effect->number;
    }
    send(conn, effect->channel, negative ? METHOD_basic_nack : METHOD_basic_ack, effect->number,
         false);
}

void confirms_flush_all(struct engine *engine)
{
    struct list_node *node;
    while ((node = list_first(&engine->confirming))) {
        confirms_flush(container_of(node, struct conn_channel, confirm_link));
    }
}
