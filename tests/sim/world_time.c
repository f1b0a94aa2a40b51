#include "broker/broker.h"
#include "server/engine.h"
#include "tests/sim/world_internal.h"

/* Takes down what a connection has produced since the last time. */
static void record(struct world *world, struct cable *cable)
{
    struct tape *tape = &cable->client.in;
    size_t known = tape->octets.len - cable->read;
    size_t size = conn_output_size(cable->conn);
    if (cable->lost || size <= known) {
        return;
    }
    struct bytes news = {0};
    int count = conn_gather(cable->conn, world->pieces, PIECES_MAX);
    size_t gathered = 0;
    for (int i = 0; i < count; i++) {
        struct slice piece = {world->pieces[i].iov_base, world->pieces[i].iov_len};
        size_t skip = gathered < known ? known - gathered : 0;
        gathered += piece.len;
        if (skip < piece.len) {
            bytes_add(&news, (struct slice){piece.ptr + skip, piece.len - skip});
        }
    }
    if (gathered != size) {
        verdict_fail(world->verdict, "client %u: %zu octets of output in pieces of %zu",
                     cable->client.id, size, gathered);
    }
    struct moment moment = {
        .instant = world->instant, .durable = world->flushed, .unheard = world->crashed};
    tape_record(tape, bytes_slice(&news), &moment);
    bytes_finish(&news);
    cable->heard_ms = world->now_ms;
}

void world_record(struct world *world)
{
    world_note_crash(world);
    list_each(node, &world->cables) {
        struct cable *cable = container_of(node, struct cable, link);
        if (cable->conn) {
            record(world, cable);
        }
    }
}

void world_observe(struct world *world)
{
    world_record(world);
    if (!world_holds(world) && !world->verdict->failed) {
        model_catch_up(world->model);
        model_check_counters(world->model, broker_counters(world->node.broker));
        if (world->verdict->failed) {
            trace_line(world->trace, "failed: %s", world->verdict->text);
        }
    }
}

static void mark_announced(struct world *world)
{
    struct conn *conn;
    while ((conn = engine_next_changed(world->node.engine))) {
        struct cable *cable = conn_owner(conn);
        cable->announced = true;
    }
}

/* After the end of a tick every confirm that the journal allows is out, and whoever has read all
 * gets more. */
static void check_quiet(struct world *world)
{
    if (world_holds(world) || world->verdict->failed) {
        return;
    }
    model_check_confirms(world->model);
    list_each(node, &world->cables) {
        struct cable *cable = container_of(node, struct cable, link);
        if (cable->conn && conn_output_size(cable->conn) == 0) {
            model_drained(cable->model);
        }
    }
}

static void clear_away(struct world *world)
{
    list_each(node, &world->cables) {
        struct cable *cable = container_of(node, struct cable, link);
        if (!cable->conn) {
            list_unlink(node);
            list_push(&world->gone, &cable->link);
        }
    }
}

static void end_tick(struct world *world)
{
    model_tick(world->model);
    node_end_tick(&world->node, world->now_ms);
    mark_announced(world);
    world_observe(world);
    check_quiet(world);
    world->instant++;
    model_set_time(world->model, world->instant, world->now_ms);
}

/* Those that were not read from, and may be again, offer what was kept back at once. */
static void offer_kept(struct world *world)
{
    list_each(node, &world->cables) {
        struct cable *cable = container_of(node, struct cable, link);
        if (cable->conn && cable->held) {
            cable_feed(world, cable, 0);
        }
    }
}

void world_tick(struct world *world)
{
    trace_line(world->trace, "%llu tick", (unsigned long long)world->now_ms);
    end_tick(world);
    if (world->durable && prng_chance(&world->prng, world->flush_chance)) {
        world_flush(world);
    }
    list_each(node, &world->cables) {
        cable_flush(world, container_of(node, struct cable, link));
    }
    world_observe(world);
    clear_away(world);
    offer_kept(world);
}

void world_settle(struct world *world)
{
    world->disk.space = 0; // else it might take for ever
    while (world_holds(world) && !world->verdict->failed) {
        if (world->durable) {
            world_flush(world);
        }
        end_tick(world);
    }
}

/* A timer may end a connection for these reasons only. */
static void check_end(struct world *world, const struct cable *cable)
{
    uint64_t heartbeat_ms = model_heartbeat_s(cable->model) * 1000U;
    bool silent = heartbeat_ms > 0 && world->now_ms - cable->fed_ms >= heartbeat_ms;
    if (model_in_handshake(cable->model) && !silent &&
        world->now_ms - cable->connected_ms < HANDSHAKE_TIMEOUT_MS) {
        verdict_fail(world->verdict, "client %u: ended early in its handshake", cable->client.id);
    }
    if (model_is_open(cable->model) && !silent) {
        verdict_fail(world->verdict, "client %u: ended although it is alive", cable->client.id);
    }
}

/* What should have been ended by now. */
static void check_alive(struct world *world, struct cable *cable)
{
    uint64_t heartbeat_ms = model_heartbeat_s(cable->model) * 1000U;
    uint64_t silent_ms = world->now_ms - cable->fed_ms;
    bool open = model_is_open(cable->model);
    bool shaking = model_in_handshake(cable->model);
    if (!open && !shaking && cable->closed_ms == 0) {
        cable->closed_ms = world->now_ms;
    }
    if (conn_finished(cable->conn)) {
        return;
    }
    if (shaking && world->now_ms - cable->connected_ms > HANDSHAKE_TIMEOUT_MS) {
        verdict_fail(world->verdict, "client %u: endless handshake", cable->client.id);
    }
    if (open && heartbeat_ms > 0 && conn_wants_input(cable->conn) && cable->wants_input &&
        silent_ms > 3 * heartbeat_ms && world->now_ms - cable->resumed_ms > 3 * heartbeat_ms) {
        verdict_fail(world->verdict, "client %u: silent, and still there", cable->client.id);
    }
    if (open && heartbeat_ms > 0 && conn_output_size(cable->conn) == 0 &&
        world->now_ms - cable->heard_ms > heartbeat_ms) {
        verdict_fail(world->verdict, "client %u: no heartbeat is sent to it", cable->client.id);
    }
    if (cable->closed_ms > 0 && world->now_ms - cable->closed_ms > CLOSING_TIMEOUT_MS) {
        verdict_fail(world->verdict, "client %u: endless close", cable->client.id);
    }
}

static void run_timer(struct world *world, struct cable *cable)
{
    bool finished = conn_finished(cable->conn);
    conn_tick(cable->conn, world->now_ms);
    trace_line(world->trace, "%llu client %u: timer", (unsigned long long)world->now_ms,
               cable->client.id);
    if (!finished && conn_finished(cable->conn)) {
        check_end(world, cable);
        model_lost(cable->model);
    }
    world_observe(world);
}

static void beat(struct world *world, struct cable *cable)
{
    uint64_t interval_ms = model_heartbeat_s(cable->model) * 500U;
    cable->beat_ms = world->now_ms + interval_ms;
    if (!cable->client.deaf && model_is_open(cable->model)) {
        stream_heartbeat(&cable->client.out);
        cable_feed_all(world, cable);
    }
}

/* A client that sends heartbeats begins with them when it is connected. */
static uint64_t next_beat(struct world *world, struct cable *cable)
{
    if (!cable->beats || !model_is_open(cable->model) || model_heartbeat_s(cable->model) == 0) {
        return UINT64_MAX;
    }
    if (cable->beat_ms == UINT64_MAX) {
        cable->beat_ms = world->now_ms + model_heartbeat_s(cable->model) * 500U;
    }
    return cable->beat_ms;
}

static uint64_t next_event(struct world *world, uint64_t limit)
{
    uint64_t due = engine_deadline(world->node.engine);
    if (world->punctual && due < limit) {
        limit = due;
    }
    list_each(node, &world->cables) {
        struct cable *cable = container_of(node, struct cable, link);
        if (cable->conn && !cable->lost) {
            uint64_t at = next_beat(world, cable);
            at = cable->deadline < at ? cable->deadline : at;
            limit = at < limit ? at : limit;
        }
    }
    return limit > world->now_ms ? limit : world->now_ms;
}

static void run_due(struct world *world)
{
    list_each(node, &world->cables) {
        struct cable *cable = container_of(node, struct cable, link);
        if (!cable->conn || cable->lost) {
            continue;
        }
        if (next_beat(world, cable) <= world->now_ms) {
            beat(world, cable);
        }
        if (cable->deadline <= world->now_ms) {
            world_settle(world); // it may end here, and what is held for it would never be said
            run_timer(world, cable);
        }
        check_alive(world, cable);
    }
}

static void set_time(struct world *world, uint64_t now_ms)
{
    world->now_ms = now_ms;
    model_set_time(world->model, world->instant, now_ms);
}

/* Operations about one queue, which looks at what it has before anything else. */
static bool is_about_queue(const struct op *op)
{
    switch (op->args.method) {
    case METHOD_queue_declare:
    case METHOD_queue_purge:
    case METHOD_basic_get:
    case METHOD_basic_consume:
    case METHOD_basic_publish:
        return op->kind == OP_METHOD || op->kind == OP_PUBLISH;
    default:
        return false;
    }
}

/* Before the broker looks at the clock somebody asks for what is too old by now. */
static void rush(struct world *world)
{
    list_each(node, &world->cables) {
        struct cable *cable = container_of(node, struct cable, link);
        struct list_node *first = list_first(&cable->client.out.ops);
        const struct op *op = first ? container_of(first, struct op, link) : NULL;
        if (cable->conn && !cable->lost && op && is_about_queue(op) && op->end > cable->arrived &&
            prng_chance(&world->prng, 30)) {
            cable_feed(world, cable, op->end - cable->arrived);
            return;
        }
    }
}

/* The clock goes on without anybody having had a chance to do anything. */
static void pass_over(struct world *world, uint32_t ms)
{
    set_time(world, world->now_ms + ms);
    list_each(node, &world->cables) { // nobody is to blame for the silence
        struct cable *cable = container_of(node, struct cable, link);
        cable->heard_ms = cable->resumed_ms = world->now_ms;
    }
}

static void jump(struct world *world)
{
    static const uint32_t most[] = {2000, 60000, 3600000};
    uint32_t ms = prng_below(&world->prng, most[prng_below(&world->prng, 3)]);
    trace_line(world->trace, "the clock jumps by %u ms", ms);
    pass_over(world, ms);
}

void world_idle(struct world *world, int ticks)
{
    enum { PAUSE_MS = 50 }; // in which the store looks at its segments once
    for (int i = 0; i < ticks && !world->verdict->failed; i++) {
        pass_over(world, PAUSE_MS);
        world_tick(world);
        world_settle(world);
    }
}

void world_wait(struct world *world, uint64_t ms)
{
    uint64_t until = world->now_ms + ms;
    world_tick(world); // as a server does before it sleeps
    world_settle(world);
    if (world->manners.scheme.parts && prng_chance(&world->prng, 4)) {
        jump(world);
        until = world->now_ms + 1;
    }
    while (world->now_ms < until && !world->verdict->failed && !world->crashed) {
        uint64_t next = next_event(world, until);
        set_time(world, next > world->now_ms ? next : world->now_ms + 1);
        if (world->manners.scheme.parts) {
            rush(world);
            world_tick(world);
            world_settle(world);
        }
        run_due(world);
        world_tick(world);
        world_settle(world);
    }
}
