#include "server/engine_internal.h"

#include "server/conn_internal.h"

static void hold_frame(struct conn *conn, struct conn_channel *channel, const struct effect *effect)
{
    struct gate *frames = &conn->engine->frames;
    gate_hold(frames, effect);
    conn->frames_until = frames->in;
    bool confirms_stay_behind = effect->kind == EFFECT_REPLY || effect->kind == EFFECT_RETURN ||
                                effect->kind == EFFECT_CONFIRM;
    if (channel && confirms_stay_behind) {
        channel->frames_until = frames->in;
    }
}

static void hold_confirm(struct conn *conn, struct conn_channel *channel,
                         const struct effect *effect)
{
    struct gate *confirms = &conn->engine->confirms;
    gate_hold(confirms, effect);
    conn->confirms_until = confirms->in;
    conn->confirms_after = confirms->after_max;
    if (channel) {
        channel->confirms_until = confirms->in;
        channel->confirms_after = confirms->after_max;
    }
}

/* What comes behind confirms of its channel waits for what they wait for; if the channel is gone,
 * or there never was one, for those of the connection. A confirm that leaves with the frames is no
 * exception: it may speak for all before it. */
static void put_behind_confirms(const struct conn *conn, const struct conn_channel *channel,
                                struct effect *effect)
{
    uint64_t until = channel ? channel->confirms_until : conn->confirms_until;
    uint64_t after = channel ? channel->confirms_after : conn->confirms_after;
    if (until > conn->engine->confirms.out && after > effect->after) {
        effect->after = after;
    }
}

static bool hold_if_confirm_must(struct conn *conn, struct effect *effect)
{
    struct engine *engine = conn->engine;
    struct conn_channel *channel = channel_table_get(&conn->channels, effect->channel);
    if (channel && channel->frames_until > engine->frames.out) {
        put_behind_confirms(conn, channel, effect);
        hold_frame(conn, channel, effect);
        return true;
    }
    if (effect->after > engine->stored || conn->confirms_until > engine->confirms.out) {
        hold_confirm(conn, channel, effect);
        return true;
    }
    return false;
}

static bool hold_if_frame_must(struct conn *conn, struct effect *effect)
{
    struct engine *engine = conn->engine;
    struct conn_channel *channel = channel_table_get(&conn->channels, effect->channel);
    if (effect->kind == EFFECT_REPLY) {
        put_behind_confirms(conn, channel, effect);
    }
    if (effect->after > engine->stored || conn->frames_until > engine->frames.out) {
        hold_frame(conn, channel, effect);
        return true;
    }
    return false;
}

/* The usual case, in which nothing waits, is decided at a glance. */
bool engine_hold_if_it_must(struct conn *conn, struct effect *effect)
{
    const struct engine *engine = conn->engine;
    if (effect->after <= engine->stored && conn->frames_until <= engine->frames.out &&
        conn->confirms_until <= engine->confirms.out) {
        return false;
    }
    return effect->kind == EFFECT_CONFIRM ? hold_if_confirm_must(conn, effect)
                                          : hold_if_frame_must(conn, effect);
}
