#include "server/engine.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/cursor.h"
#include "base/memory.h"
#include "broker/delivery_count.h"
#include "broker/event.h"
#include "broker/storage.h"
#include "queue/msg.h"
#include "server/blocked.h"
#include "server/confirms.h"
#include "server/conn_close.h"
#include "server/conn_internal.h"
#include "server/deliver.h"
#include "server/login_attempts.h"
#include "server/store.h"

/* Copies the text behind a slice of the options; `strings` has been given room for all of them. */
static void keep(struct engine *engine, struct slice *text)
{
    size_t at = engine->strings.len;
    bytes_add(&engine->strings, *text);
    *text = (struct slice){engine->strings.ptr + at, text->len};
}

static void keep_options(struct engine *engine, const struct engine_options *options)
{
    engine->options = *options;
    struct slice *texts[] = {
        &engine->options.mechanisms,      &engine->options.anonymous_user, &engine->options.product,
        &engine->options.product_version, &engine->options.cluster_name,   &engine->options.storage,
    };
    size_t len = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        len += texts[i]->len;
    }
    bytes_reserve(&engine->strings, len);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        keep(engine, texts[i]);
    }
}

struct engine *engine_new(const struct engine_options *options)
{
    struct engine *engine = memory_new(sizeof *engine);
    keep_options(engine, options);
    engine->broker = options->broker;
    engine->logins = login_attempts_new();
    list_init(&engine->conns);
    list_init(&engine->cursors);
    list_init(&engine->changed);
    list_init(&engine->draining);
    list_init(&engine->stalled);
    list_init(&engine->confirming);
    return engine;
}

void engine_free(struct engine *engine)
{
    if (!engine) {
        return;
    }
    CHECK(list_empty(&engine->conns));
    cursors_finish(&engine->cursors);
    effects_free(&engine->fx);
    effects_free(&engine->closes);
    gate_finish(&engine->frames);
    gate_finish(&engine->confirms);
    chunk_pool_finish(&engine->pool);
    conn_table_finish(&engine->table);
    bytes_finish(&engine->strings);
    bytes_finish(&engine->cluster_name);
    login_attempts_free(engine->logins);
    free(engine);
}

void engine_set_cluster_name(struct engine *engine, struct slice name)
{
    engine->cluster_name.len = 0;
    bytes_add(&engine->cluster_name, name);
    engine->options.cluster_name = bytes_slice(&engine->cluster_name);
}

struct slice engine_cluster_name(const struct engine *engine)
{
    return engine->options.cluster_name;
}

struct conn *engine_connect(struct engine *engine, const struct peer *peer, uint64_t now_ms)
{
    struct conn *conn = memory_new(sizeof *conn);
    conn->engine = engine;
    conn->id = conn_table_add(&engine->table, conn);
    conn->log_number = ++engine->accepted_count;
    conn->payload_max = engine->options.initial_frame_max;
    conn->loopback = peer->loopback;
    conn->tls = peer->tls;
    conn->name = blob_new(peer->name);
    conn->external_user = peer->external_user.len > 0 ? blob_new(peer->external_user) : NULL;
    conn->terms = peer->terms.len > 0 ? blob_new(peer->terms) : NULL;
    conn->connected_ms = now_ms;
    conn->limit_at_ms = now_ms + engine->options.handshake_timeout_ms;
    heartbeat_stop(&conn->heartbeat);
    list_push(&engine->conns, &conn->link);
    engine_set_time(engine, now_ms);
    conn_mark_changed(conn);
    return conn;
}

void conn_free(struct conn *conn)
{
    if (!conn) {
        return;
    }
    struct engine *engine = conn->engine;
    conn_end_session(conn);
    engine_run_effects(engine);
    output_finish(&conn->out, &engine->pool);
    conn_table_remove(&engine->table, conn->id);
    cursors_leave(&engine->cursors, &conn->link);
    list_unlink(&conn->link);
    if (list_linked(&conn->changed_link)) {
        list_unlink(&conn->changed_link);
    }
    if (list_linked(&conn->draining_link)) {
        list_unlink(&conn->draining_link);
    }
    if (list_linked(&conn->stalled_link)) {
        list_unlink(&conn->stalled_link);
    }
    blob_unref(conn->name);
    blob_unref(conn->external_user);
    blob_unref(conn->terms);
    blob_unref(conn->user);
    blob_unref(conn->vhost);
    blob_unref(conn->given_name);
    blob_unref(conn->client_properties);
    free(conn);
}

/* Replies go behind what the channel's publishes are owed. */
static void send_reply(struct conn *conn, const struct effect *effect)
{
    struct conn_channel *channel = channel_table_get(&conn->channels, effect->channel);
    if (channel) {
        confirms_flush(channel);
    }
    deliver_method(conn, effect);
}

static void send_effect(struct conn *conn, const struct effect *effect)
{
    switch ((enum effect_kind)effect->kind) {
    case EFFECT_DELIVER:
        deliver_message(conn, effect);
        break;
    case EFFECT_GET:
        deliver_get(conn, effect);
        break;
    case EFFECT_RETURN:
        deliver_return(conn, effect);
        break;
    case EFFECT_REPLY:
        send_reply(conn, effect);
        break;
    case EFFECT_CANCEL:
        deliver_cancel(conn, effect);
        break;
    case EFFECT_CONFIRM:
        confirms_note(conn->engine, effect);
        break;
    case EFFECT_STORE:
    case EFFECT_SETTLE:
    case EFFECT_RECORD:
    case EFFECT_FETCH:
    case EFFECT_FAILED:
    case EFFECT_CLOSE:
        break;
    }
}

/* Gives the effect to whom it concerns, and releases it. */
static void run_effect(struct engine *engine, struct conn *conn, struct effect *effect)
{
    if (conn && conn->phase != CONN_FINISHED) {
        send_effect(conn, effect);
    }
    broker_release_effect(engine->broker, effect);
}

/* A message whose content is not in memory gets it back. This is done before anything waits behind
 * a gate: the place may be settled by now, and its content gone when it leaves. False if the disk
 * has failed. */
static bool load_content(struct engine *engine, struct effect *effect)
{
    if (!effect->msg || !effect->msg->stub) {
        return true;
    }
    struct msg *loaded = store_load(engine->options.store, effect->msg);
    if (loaded) {
        msg_unref(effect->msg);
        effect->msg = loaded;
    }
    return loaded != NULL;
}

/* It is told how often the message was handed out in vain. */
static void tell_count(struct effect *effect, uint64_t failed)
{
    struct msg *counted = delivery_count_add(effect->msg, failed);
    msg_unref(effect->msg);
    effect->msg = counted;
}

/* An effect that is for a client. */
static void run_for_client(struct engine *engine, struct effect *effect)
{
    struct conn *conn = engine_conn(engine, effect->conn);
    if (conn && !load_content(engine, effect)) {
        conn = NULL;
    }
    if (conn && effect->flags & EFFECT_COUNTED) {
        tell_count(effect, (effect - 1)->number);
    }
    if (!conn || !engine_hold_if_it_must(conn, effect)) {
        run_effect(engine, conn, effect);
    }
}

/* The core wants to see a content that is not in memory, and goes on when it has. What it wants
 * done then comes behind the effects that there are. */
static void fetch(struct engine *engine, uint32_t index)
{
    struct effect effect = engine->fx.items[index];
    struct msg *loaded = store_load(engine->options.store, effect.msg);
    if (loaded) {
        broker_fetched(engine->broker, effect.msg, loaded, &engine->fx);
    }
    msg_unref(loaded);
    effect_release(&effect);
}

static void run_at(struct engine *engine, uint32_t index)
{
    struct effect *effect = &engine->fx.items[index];
    switch ((enum effect_kind)effect->kind) {
    case EFFECT_STORE:
    case EFFECT_SETTLE:
    case EFFECT_RECORD:
        broker_release_effect(engine->broker, effect); // the store has seen it
        break;
    case EFFECT_FAILED: // the next one looks at it
        break;
    case EFFECT_CLOSE: // it brings effects of its own
        *effects_next(&engine->closes) = *effect;
        break;
    case EFFECT_FETCH:
        fetch(engine, index);
        break;
    case EFFECT_DELIVER:
    case EFFECT_GET:
    case EFFECT_RETURN:
    case EFFECT_CONFIRM:
    case EFFECT_REPLY:
    case EFFECT_CANCEL:
        run_for_client(engine, effect);
        break;
    }
}

void engine_run_effects(struct engine *engine)
{
    struct store *store = engine->options.store;
    uint32_t from = 0;
    while (from < engine->fx.count) { // what is fetched brings more
        uint32_t end = engine->fx.count;
        if (store) {
            store_run(store, &engine->fx, from);
        }
        for (; from < end; from++) {
            run_at(engine, from);
        }
    }
    effects_reset(&engine->fx);
    engine->full = store && store_full(store);
}

/* The effects change places with those of the engine, which are none between calls. */
void engine_run(struct engine *engine, struct effects *fx)
{
    struct effects own = engine->fx;
    CHECK(own.count == 0);
    engine->fx = *fx;
    engine_run_effects(engine);
    *fx = engine->fx;
    engine->fx = own;
}

static void release_from(struct engine *engine, struct gate *gate)
{
    struct effect effect;
    while (gate_next(gate, engine->stored, &effect)) {
        run_effect(engine, engine_conn(engine, effect.conn), &effect);
    }
}

/* Confirms first: replies may be waiting behind them. */
static void release_held(struct engine *engine)
{
    release_from(engine, &engine->confirms);
    release_from(engine, &engine->frames);
}

/* Channels that the core wants to be closed. */
static void close_channels(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->closes.count; i++) {
        const struct effect *effect = &engine->closes.items[i];
        struct conn *conn = engine_conn(engine, effect->conn);
        struct conn_channel *channel =
            conn ? channel_table_get(&conn->channels, effect->channel) : NULL;
        if (channel && channel->core) {
            conn_channel_shut(channel, (enum amqp_reply)effect->number, blob_slice(effect->blob));
        }
    }
    effects_clear(&engine->closes);
    engine_run_effects(engine);
}

static void open_windows(struct engine *engine)
{
    struct list_node *node;
    while ((node = list_first(&engine->draining))) {
        list_unlink(node);
        conn_open_window(container_of(node, struct conn, draining_link));
    }
}

void engine_end_tick(struct engine *engine, uint64_t stored, uint64_t now_ms)
{
    engine_set_time(engine, now_ms);
    engine->stored = stored;
    if (broker_deadline(engine->broker) <= now_ms) {
        broker_tick(engine->broker, &engine->fx);
    }
    open_windows(engine);
    engine_run_effects(engine);
    close_channels(engine);
    release_held(engine);
    confirms_flush_all(engine);
    if (!engine->full) {
        blocked_end_stalls(engine);
    }
}

struct login_attempts *engine_logins(const struct engine *engine)
{
    return engine->logins;
}

uint64_t engine_deadline(const struct engine *engine)
{
    return broker_deadline(engine->broker);
}

struct conn *engine_next_changed(struct engine *engine)
{
    struct list_node *node = list_first(&engine->changed);
    if (!node) {
        return NULL;
    }
    list_unlink(node);
    return container_of(node, struct conn, changed_link);
}

static void tell_alarm(struct engine *engine, uint8_t alarm, uint8_t before)
{
    bool raised = engine->alarms & alarm;
    if (raised != ((before & alarm) != 0)) {
        broker_tell_alarm(engine->broker, alarm == ALARM_MEMORY ? SLICE("memory") : SLICE("disk"),
                          raised);
    }
}

void engine_set_alarms(struct engine *engine, bool memory, bool disk, uint64_t now_ms)
{
    engine_set_time(engine, now_ms);
    uint8_t before = engine->alarms;
    engine->alarms = (uint8_t)((memory ? ALARM_MEMORY : 0) | (disk ? ALARM_DISK : 0));
    tell_alarm(engine, ALARM_MEMORY, before);
    tell_alarm(engine, ALARM_DISK, before);
    if (engine->alarms) {
        return;
    }
    list_each(node, &engine->conns) {
        blocked_release(container_of(node, struct conn, link));
    }
}

void engine_shutdown(struct engine *engine, uint64_t now_ms)
{
    list_each(node, &engine->conns) {
        conn_close(container_of(node, struct conn, link), AMQP_CONNECTION_FORCED,
                   SLICE("broker forced connection closure with reason 'shutdown'"), now_ms);
    }
}
