#include "server/operator.h"

#include "server/engine_internal.h"

/* No connection has this id: its slot would be the last one that there can be. */
#define OPERATOR_CONN UINT32_MAX

enum { OPERATOR_CHANNEL = 1 };

void operator_begin(struct operator* op, struct engine *engine, uint64_t now_ms)
{
    engine_set_time(engine, now_ms);
    *op = (struct operator){
        .engine = engine, .broker = engine->broker, .fx = &engine->fx, .from = engine->fx.count};
}

enum amqp_reply operator_open(struct operator* op, struct slice user, struct slice vhost)
{
    struct session_options options = {.conn = OPERATOR_CONN, .user = user, .vhost = vhost};
    enum amqp_reply reply = broker_open_session(op->broker, &options, &op->session, op->fx);
    if (!reply) {
        op->channel = channel_open(op->session, OPERATOR_CHANNEL);
    }
    return reply;
}

struct slice operator_error(const struct operator* op)
{
    return text_slice(&op->fx->error);
}

static bool for_journal(const struct effect *effect)
{
    return effect->kind == EFFECT_STORE || effect->kind == EFFECT_SETTLE ||
           effect->kind == EFFECT_RECORD;
}

const struct effect *operator_next(const struct operator* op, uint32_t *at)
{
    for (uint32_t i = op->from + *at; i < op->fx->count; i++) {
        const struct effect *effect = &op->fx->items[i];
        if (!for_journal(effect) && effect->kind != EFFECT_FETCH && effect->conn == OPERATOR_CONN) {
            *at = i - op->from + 1;
            return effect;
        }
    }
    return NULL;
}

uint64_t operator_end(struct operator* op)
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
