#ifndef SERVER_ENGINE_INTERNAL_H
#define SERVER_ENGINE_INTERNAL_H

#include "base/bytes.h"
#include "base/list.h"
#include "broker/broker.h"
#include "server/conn_table.h"
#include "server/conn_view.h"
#include "server/engine.h"
#include "server/gate.h"
#include "server/output.h"

enum engine_alarm { ALARM_MEMORY = 1, ALARM_DISK = 2 };

struct engine {
    struct engine_options options; // slices point into `strings`
    struct bytes strings;          // owned
    struct bytes cluster_name;     // owned; of options.cluster_name once it was set
    struct broker *broker;         // borrowed
    struct effects fx;             // what the core wants done and has not been done
    struct effects closes;         // CLOSEs among them, for the end of the tick
    struct gate frames;            // behind these gates are effects that wait for the journal
    struct gate confirms;
    bool full;       // the disk has to catch up before more is taken in
    uint64_t stored; // journal records up to this one are durable
    struct chunk_pool pool;
    struct conn_table table;
    struct list conns;       // struct conn.link, in order of arrival
    struct list cursors;     // struct cursor.link: of those who go through `conns`
    struct list changed;     // struct conn.changed_link
    struct list draining;    // struct conn.draining_link: has sent enough to be given more
    struct list stalled;     // struct conn.stalled_link: may publish again when the disk keeps up
    struct list confirming;  // struct conn_channel.confirm_link: has confirms to be sent
    uint64_t now_ms;         // of the call that the owner is in
    uint32_t open_count;     // connections with a session
    uint32_t accepted_count; // connections ever
    struct login_attempts *logins; // owned
    struct octets_view octets;
    uint8_t alarms; // enum engine_alarm
};

/* Every call from outside begins with this: it is so late by now. */
static inline void engine_set_time(struct engine *engine, uint64_t now_ms)
{
    engine->now_ms = now_ms;
    broker_set_time(engine->broker, now_ms, (now_ms + engine->options.wall_offset_ms) / 1000);
}

/* Carries out what the core asked for, as far as the gate lets it. */
void engine_run_effects(struct engine *engine);

/* Puts an effect for this connection behind a gate, if it has to wait there (gate.h), which takes
 * what it holds. False: it can go out now. */
bool engine_hold_if_it_must(struct conn *conn, struct effect *effect);

/* The framing loop runs effects once this many wait: enough to amortise, few enough to stay in the
 * nearest cache together with the messages they hold. */
enum { ENGINE_BATCH = 128 };

/* The connection of this id, or NULL if it is gone. */
static inline struct conn *engine_conn(const struct engine *engine, uint32_t id)
{
    return conn_table_get(&engine->table, id);
}

#endif
