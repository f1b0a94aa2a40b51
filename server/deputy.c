#include "server/deputy.h"

#include "broker/delivery_count.h"
#include "queue/msg.h"
#include "server/engine_internal.h"
#include "server/store.h"

/* No connection has this id: its slot would be the last one that there can be. */
#define DEPUTY_CONN UINT32_MAX
#define DEPUTY_NAME SLICE("HTTP API")

enum { DEPUTY_CHANNEL = 1 };

void deputy_begin(struct deputy *op, struct engine *engine, uint64_t now_ms)
{
    engine_set_time(engine, now_ms);
    *op = (struct deputy){
        .engine = engine, .broker = engine->broker, .fx = &engine->fx, .from = engine->fx.count};
}

static enum amqp_reply open_session(struct deputy *op, const struct session_options *options)
{
    enum amqp_reply reply = broker_open_session(op->broker, options, &op->session, op->fx);
    if (!reply) {
        op->channel = channel_open(op->session, DEPUTY_CHANNEL);
    }
    return reply;
}

enum amqp_reply deputy_open(struct deputy *op, struct slice user, struct slice vhost)
{
    struct session_options options = {
        .conn = DEPUTY_CONN, .user = user, .vhost = vhost, .name = DEPUTY_NAME, .passing = true};
    return open_session(op, &options);
}

enum amqp_reply deputy_open_trusted(struct deputy *op, struct slice user, struct slice vhost)
{
    struct session_options options = {.conn = DEPUTY_CONN,
                                      .user = user,
                                      .vhost = vhost,
                                      .name = DEPUTY_NAME,
                                      .passing = true,
                                      .trusted = true};
    return open_session(op, &options);
}

struct slice deputy_error(const struct deputy *op)
{
    return text_slice(&op->fx->error);
}

static bool for_journal(const struct effect *effect)
{
    return effect->kind == EFFECT_STORE || effect->kind == EFFECT_SETTLE ||
           effect->kind == EFFECT_RECORD;
}

const struct effect *deputy_next(const struct deputy *op, uint32_t *at)
{
    for (uint32_t i = op->from + *at; i < op->fx->count; i++) {
        const struct effect *effect = &op->fx->items[i];
        if (!for_journal(effect) && effect->kind != EFFECT_FETCH && effect->conn == DEPUTY_CONN) {
            *at = i - op->from + 1;
            return effect;
        }
    }
    return NULL;
}

struct msg *deputy_load(const struct deputy *op, struct msg *msg)
{
    return msg->stub ? store_load(op->engine->options.store, msg) : msg_ref(msg);
}

struct msg *deputy_content(const struct deputy *op, const struct effect *effect)
{
    struct msg *msg = deputy_load(op, effect->msg);
    if (!msg || !(effect->flags & EFFECT_COUNTED)) {
        return msg;
    }
    struct msg *counted = delivery_count_add(msg, (effect - 1)->number);
    msg_unref(msg);
    return counted;
}

uint64_t deputy_end(struct deputy *op)
{
    session_close(op->session, op->fx);
    uint64_t after = 0;
    for (uint32_t i = op->from; i < op->fx->count; i++) {
        const struct effect *effect = &op->fx->items[i];
        if (for_journal(effect) && effect->after > after) {
            after = effect->after;
        }
    }
    engine_run_effects(op->engine);
    return after;
}

uint64_t engine_stored(const struct engine *engine)
{
    return engine->stored;
}
