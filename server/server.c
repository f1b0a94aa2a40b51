#include "server/server.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <signal.h>
#include <stdlib.h>

#include "base/memory.h"
#include "conf/log.h"
#include "server/alarm.h"
#include "server/clock.h"
#include "server/disk_alarm.h"
#include "server/engine.h"
#include "server/sockets.h"
#include "server/store.h"

enum {
    STOP_MS = 3000,      // that clients have to answer connection.close when the server stops
    ROUNDS_MAX = 4,      // of phases 2 to 4 in one tick, if each gives the engine something to do
    CALM_READS = 2,      // a tick in which so many sockets are read has little to do,
    CALM_TICKS = 8,      // and after so many of these in a row it may wait for the disk
    LOOK_MIN = 4 << 10,  // octets for the disk with which more may be under way,
    LOOK_MAX = 64 << 10, // and the most to which as many again may come
};

static const int stop_signals[] = {SIGTERM, SIGINT};

struct server {
    struct server_options options;
    struct event_base *base;       // owned
    struct sockets *sockets;       // owned
    struct acceptors *acceptors;   // owned
    struct alarm *alarm;           // owned
    struct disk_alarm *disk_alarm; // owned; NULL without a store
    struct event stored;           // the disk has got on; only with a store
    struct clock clock;
    struct event stop[sizeof stop_signals / sizeof *stop_signals];
    struct event hangup;
    struct event due;     // engine_deadline
    uint64_t due_ms;      // when `due` comes; UINT64_MAX = not set
    struct event give_up; // ends the patience of server_stop
    unsigned calm_ticks;  // in a row, up to now
    bool stopping;
    bool reloading; // at the end of this tick
    bool busy;      // the engine may have something to do: do not wait for events
};

static void on_stop_signal(evutil_socket_t number, short what, void *arg)
{
    struct server *server = arg;
    (void)what;
    if (!server->stopping) {
        log_notice(server->options.log, LOG_DEFAULT, "%s received - shutting down",
                   number == SIGTERM ? "SIGTERM" : "SIGINT");
    }
    server_stop(server);
}

static void on_hangup(evutil_socket_t number, short what, void *arg)
{
    struct server *server = arg;
    (void)number, (void)what;
    server->reloading = true;
}

static void on_give_up(evutil_socket_t fd, short what, void *arg)
{
    struct server *server = arg;
    (void)fd, (void)what;
    log_warning(server->options.log, LOG_DEFAULT,
                "%zu connections did not close in time and are dropped",
                sockets_count(server->sockets));
    sockets_abort(server->sockets);
}

/* That it woke the loop is all that is wanted: the tick's end does the rest. */
static void on_due(evutil_socket_t fd, short what, void *arg)
{
    struct server *server = arg;
    (void)fd, (void)what;
    server->due_ms = UINT64_MAX;
}

/* Likewise: store_poll does the rest. */
static void on_stored(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

/* epoll with changes collected until the next wait; one thread, so no locks. */
static struct event_base *new_base(void)
{
    struct event_base *base = NULL;
    struct event_config *config = event_config_new();
    if (config) {
        event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
        event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
        base = event_base_new_with_config(config);
        event_config_free(config);
    }
    return base;
}

static void watch_signals(struct server *server)
{
    signal(SIGPIPE, SIG_IGN); // a write to a client that is gone is an error like others
    for (size_t i = 0; i < sizeof stop_signals / sizeof *stop_signals; i++) {
        evsignal_assign(&server->stop[i], server->base, stop_signals[i], on_stop_signal, server);
        evsignal_add(&server->stop[i], NULL);
    }
    evsignal_assign(&server->hangup, server->base, SIGHUP, on_hangup, server);
    evsignal_add(&server->hangup, NULL);
    evtimer_assign(&server->give_up, server->base, on_give_up, server);
    evtimer_assign(&server->due, server->base, on_due, server);
    server->due_ms = UINT64_MAX;
}

static void watch_store(struct server *server)
{
    const struct server_options *options = &server->options;
    if (!options->store) {
        return;
    }
    event_assign(&server->stored, server->base, store_event_fd(options->store),
                 EV_READ | EV_PERSIST, on_stored, server);
    event_add(&server->stored, NULL);
    server->disk_alarm = disk_alarm_new(&(struct disk_alarm_options){
        .base = server->base,
        .store = options->store,
        .alarm = server->alarm,
        .clock = &server->clock,
        .log = options->log,
        .node = options->node,
        .limit = options->disk_limit,
    });
}

struct server *server_new(const struct server_options *options)
{
    struct event_base *base = new_base();
    if (!base) {
        return NULL;
    }
    struct server *server = memory_new(sizeof *server);
    server->options = *options;
    server->base = base;
    server->sockets = sockets_new(&(struct sockets_options){
        .base = base,
        .engine = options->engine,
        .clock = &server->clock,
        .log = options->log,
        .tls_handshake_timeout_ms = options->tls_handshake_timeout_ms,
    });
    server->acceptors = acceptors_new(&(struct acceptors_options){
        .base = base,
        .clock = &server->clock,
        .sockets = server->sockets,
        .log = options->log,
    });
    server->alarm = alarm_new(&(struct alarm_options){
        .base = base,
        .engine = options->engine,
        .broker = options->broker,
        .clock = &server->clock,
        .log = options->log,
        .node = options->node,
        .memory_limit = options->memory_limit,
        .memory_total = options->memory_total,
        .interval_ms = options->memory_interval_ms,
    });
    watch_signals(server);
    watch_store(server);
    return server;
}

void server_free(struct server *server)
{
    if (!server) {
        return;
    }
    for (size_t i = 0; i < sizeof stop_signals / sizeof *stop_signals; i++) {
        event_del(&server->stop[i]);
    }
    event_del(&server->hangup);
    event_del(&server->give_up);
    event_del(&server->due);
    if (server->options.store) {
        event_del(&server->stored);
    }
    disk_alarm_free(server->disk_alarm);
    alarm_free(server->alarm);
    acceptors_free(server->acceptors);
    sockets_free(server->sockets);
    event_base_free(server->base);
    free(server);
}

int server_listen(struct server *server, const struct listener *where,
                  const struct acceptor_options *options, struct text *error)
{
    return acceptors_open(server->acceptors, where, options, error);
}

_Noreturn static void die(const struct server *server, const struct fault *fault)
{
    struct text text = {.len = 0};
    fault_text(fault, &text);
    log_critical(server->options.log, LOG_DEFAULT,
                 "the disk has failed, and the broker ends: %s. What was confirmed is safe.",
                 text.ptr);
    abort();
}

/* The records up to the number that it returns are durable. */
static uint64_t stored(const struct server *server)
{
    return server->options.store ? store_stored(server->options.store) : UINT64_MAX;
}

static void begin_phases(struct server *server, uint64_t now)
{
    struct store *store = server->options.store;
    if (store) {
        store_poll(store, now);
        disk_alarm_end_tick(server->disk_alarm);
    }
}

/* Whether nobody is kept waiting while the loop waits for a quick disk. */
static bool is_calm(const struct server *server)
{
    return server->options.store && server->calm_ticks >= CALM_TICKS;
}

/* The store before the sockets: what a client is told depends on what the disk was given. */
static void end_store_tick(struct server *server, uint64_t now)
{
    struct store *store = server->options.store;
    if (store) {
        store_end_tick(store, now);
        if (!is_calm(server)) {
            store_submit(store);
        }
        const struct fault *fault = store_fault(store);
        if (fault) {
            die(server, fault);
        }
    }
}

/* What was sent makes room for deliveries, and who was closed leaves messages to others. Both are
 * effects that no event tells of, so the engine is asked again until there is nothing new. */
static void run_phases(struct server *server, uint64_t now)
{
    begin_phases(server, now);
    server->busy = true;
    for (int round = 0; server->busy && round < ROUNDS_MAX; round++) {
        engine_end_tick(server->options.engine, stored(server), now);
        end_store_tick(server, now);
        server->busy = sockets_end_tick(server->sockets);
    }
}

/* Hands what has arrived to the engine, after waiting for it unless `flags` say otherwise. */
static void take_in(struct server *server, int flags)
{
    sockets_begin_tick(server->sockets);
    clock_expire(&server->clock);
    event_base_loop(server->base, EVLOOP_ONCE | flags);
    bool calm = sockets_reads(server->sockets) <= CALM_READS;
    server->calm_ticks = calm ? server->calm_ticks + 1 : 0;
}

/* A sync costs nearly the same for many records as for few. So a publisher that has sent a part of
 * its window, and the rest meanwhile, is looked at once more; without waiting for it. */
static bool is_worth_a_look(const struct server *server)
{
    size_t waiting = is_calm(server) ? store_waiting(server->options.store) : 0;
    return waiting >= LOOK_MIN && waiting <= LOOK_MAX;
}

/* In a calm tick the disk comes after the sockets: what is delivered does not wait for it. */
static void end_tick(struct server *server)
{
    uint64_t now = clock_now(&server->clock);
    run_phases(server, now);
    if (is_worth_a_look(server)) {
        take_in(server, EVLOOP_NONBLOCK);
        now = clock_now(&server->clock);
        run_phases(server, now);
    }
    if (is_calm(server)) {
        if (store_write_now(server->options.store)) {
            run_phases(server, now);
        }
        store_submit(server->options.store);
    }
}

/* Sees to it that the loop turns when something in the core is due. A timer that is too early
 * stays: setting it again with every message would cost more than waking up for nothing now and
 * then. */
static void set_due(struct server *server)
{
    uint64_t at = engine_deadline(server->options.engine);
    uint64_t store_at = server->options.store ? store_deadline(server->options.store) : UINT64_MAX;
    at = store_at < at ? store_at : at;
    if (at >= server->due_ms) {
        return;
    }
    uint64_t now = clock_now(&server->clock);
    uint64_t in = at > now ? at - now : 0;
    struct timeval wait = {.tv_sec = (time_t)(in / 1000),
                           .tv_usec = (suseconds_t)(in % 1000 * 1000)};
    evtimer_add(&server->due, &wait);
    server->due_ms = at;
}

void server_tick(struct server *server)
{
    take_in(server, server->busy ? EVLOOP_NONBLOCK : 0);
    alarm_end_tick(server->alarm);
    end_tick(server);
    set_due(server);
    if (server->reloading) {
        server->reloading = false;
        if (server->options.on_reload) {
            server->options.on_reload(server->options.context);
        }
    }
}

void server_stop(struct server *server)
{
    if (server->stopping) {
        return;
    }
    struct timeval in = {.tv_sec = STOP_MS / 1000};
    server->stopping = true;
    acceptors_close(server->acceptors);
    sockets_shutdown(server->sockets);
    engine_shutdown(server->options.engine, clock_now(&server->clock));
    evtimer_add(&server->give_up, &in);
}

void server_suspend(struct server *server)
{
    log_warning(server->options.log, LOG_DEFAULT,
                "Suspending all client listeners: no new client "
                "connections will be accepted");
    acceptors_suspend(server->acceptors);
}

int server_resume(struct server *server)
{
    int rc = acceptors_resume(server->acceptors);
    if (rc < 0) {
        log_error(server->options.log, LOG_DEFAULT, "Failed to resume client listeners, error: %s",
                  strerror(-rc));
        return rc;
    }
    log_warning(server->options.log, LOG_DEFAULT,
                "Resumed all client listeners: new client connections are accepted again");
    return 0;
}

bool server_suspended(const struct server *server)
{
    return acceptors_suspended(server->acceptors);
}

void server_set_limits(struct server *server, const struct server_limits *limits)
{
    struct server_options *options = &server->options;
    if (limits->memory != options->memory_limit) {
        options->memory_limit = limits->memory;
        alarm_set_limit(server->alarm, limits->memory);
        if (options->store) {
            store_set_spill_above(options->store, store_spill_above_of(limits->memory));
        }
    }
    if (limits->disk != options->disk_limit) {
        options->disk_limit = limits->disk;
        if (server->disk_alarm) {
            disk_alarm_set_limit(server->disk_alarm, limits->disk);
        }
    }
}

bool server_stopped(const struct server *server)
{
    return server->stopping && sockets_count(server->sockets) == 0;
}

struct event_base *server_base(struct server *server)
{
    return server->base;
}

const struct address *server_listener(const struct server *server, size_t index, bool *tls)
{
    return acceptors_address(server->acceptors, index, tls);
}
