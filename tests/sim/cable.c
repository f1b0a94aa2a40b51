#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "server/conn_internal.h"
#include "server/engine.h"
#include "tests/sim/world_internal.h"

static void init_client(struct world *world, struct cable *cable)
{
    cable->client = (struct client){.prng = &world->prng,
                                    .arena = &world->arena,
                                    .manners = &world->manners,
                                    .trace = world->trace,
                                    .bodies = &world->bodies,
                                    .id = ++world->cables_made};
    client_init(&cable->client);
    tape_init(&cable->client.in, &world->arena, world->verdict);
    bool slow = prng_chance(&world->prng, world->slow);
    cable->appetite = slow ? prng_below(&world->prng, 6) : prng_between(&world->prng, 40, 100);
    cable->beats = !prng_chance(&world->prng, world->manners.hostile / 4);
}

struct cable *cable_plug(struct world *world)
{
    char name[40];
    struct cable *cable = memory_new(sizeof *cable);
    init_client(world, cable);
    int len = snprintf(name, sizeof name, "127.0.0.1:%u -> 127.0.0.1:5672", cable->client.id);
    struct peer peer = {.name = {(uint8_t *)name, (size_t)len}, .loopback = true};
    cable->conn = engine_connect(world->node.engine, &peer, world->now_ms);
    conn_set_owner(cable->conn, cable);
    cable->model = model_connect(world->model, &cable->client.in, cable->client.id);
    cable->connected_ms = cable->fed_ms = cable->heard_ms = world->now_ms;
    cable->deadline = conn_deadline(cable->conn);
    cable->wants_input = true;
    cable->beat_ms = UINT64_MAX;
    list_push(&world->cables, &cable->link);
    client_greet(&cable->client);
    return cable;
}

void cable_free(struct cable *cable)
{
    conn_free(cable->conn);
    client_finish(&cable->client);
    free(cable);
}

size_t cable_waiting(const struct cable *cable)
{
    return cable->client.out.octets.len - cable->arrived;
}

/* The broker has closed the connection, also if that is not said yet because something before it
 * waits for the disk. */
static bool is_closed(const struct cable *cable)
{
    return model_said_close(cable->model) || cable->conn->phase == CONN_CLOSED;
}

/* Tells the model of the operations whose last octet has been taken. What is broken may be told of
 * before it is complete, and so may a message on a channel that is not open. */
static void tell_model(struct cable *cable)
{
    struct list_node *node;
    while ((node = list_first(&cable->client.out.ops))) {
        const struct op *op = container_of(node, struct op, link);
        bool early = (op->kind == OP_PUBLISH || op->kind == OP_BROKEN) && is_closed(cable);
        if (op->end > cable->taken && !early) {
            break;
        }
        list_unlink(node);
        model_operation(cable->model, op);
    }
}

/* The engine is given a copy of exactly the octets that are there, which is gone after the call. */
static size_t receive(struct world *world, struct cable *cable)
{
    size_t len = cable->arrived - cable->taken;
    uint8_t *input = memory_raw(len > 0 ? len : 1);
    slice_copy(input, (struct slice){cable->client.out.octets.ptr + cable->taken, len});
    size_t used = conn_receive(cable->conn, (struct slice){input, len}, world->now_ms);
    free(input);
    if (used > len) {
        verdict_fail(world->verdict, "client %u: %zu of %zu octets used", cable->client.id, used,
                     len);
        return len;
    }
    return used;
}

/* How much may arrive now. Of several operations in one call it can only be told who was given what
 * in which order if every queue has one consumer (struct manners, `alone`). */
static size_t room_for(const struct world *world, const struct cable *cable)
{
    struct list_node *first = list_first(&cable->client.out.ops);
    size_t end = first ? (size_t)container_of(first, struct op, link)->end : 0;
    size_t waiting = cable_waiting(cable);
    if (world->in_bulk || !first) {
        return waiting;
    }
    return end > cable->arrived ? end - cable->arrived : 0;
}

/* The next operation ends the connection at once. */
static bool is_last(const struct cable *cable)
{
    struct list_node *first = list_first(&cable->client.out.ops);
    const struct op *op = first ? container_of(first, struct op, link) : NULL;
    return op && op->kind == OP_METHOD && op->args.method == METHOD_connection_close_ok;
}

void cable_feed(struct world *world, struct cable *cable, size_t octets)
{
    if (cable->conn && !cable->lost && is_last(cable)) {
        world_settle(world); // what is held for it would never be said
    }
    size_t waiting = room_for(world, cable);
    if (!cable->conn || cable->lost || !conn_wants_input(cable->conn)) {
        return;
    }
    cable->arrived += octets < waiting ? octets : waiting;
    cable->fed_ms = octets > 0 && waiting > 0 ? world->now_ms : cable->fed_ms;
    size_t used = receive(world, cable);
    cable->taken += used;
    cable->held = cable->arrived > cable->taken && !conn_wants_input(cable->conn);
    trace_line(world->trace, "%llu client %u: %zu octets taken, %zu kept",
               (unsigned long long)world->now_ms, cable->client.id, used,
               cable->arrived - cable->taken);
    if (conn_output_size(cable->conn) > OUTPUT_TOO_HIGH && conn_wants_input(cable->conn)) {
        verdict_fail(world->verdict, "client %u: it is read on and on", cable->client.id);
    }
    world_record(world);
    tell_model(cable);
    world_observe(world);
}

void cable_feed_all(struct world *world, struct cable *cable)
{
    size_t waiting = SIZE_MAX;
    while (cable->conn && !cable->lost && cable_waiting(cable) < waiting) {
        waiting = cable_waiting(cable);
        cable_feed(world, cable, SIZE_MAX);
    }
}

/* Sends up to `octets` of the output, in pieces as they come, which must be what was produced. */
static void send_output(struct world *world, struct cable *cable, size_t octets)
{
    struct iovec pieces[4];
    const struct bytes *tape = &cable->client.in.octets;
    while (octets > 0) {
        int count = conn_gather(cable->conn, pieces, (int)prng_between(&world->prng, 1, 4));
        size_t sent = 0;
        for (int i = 0; i < count && octets > 0; i++) {
            size_t len = pieces[i].iov_len < octets ? pieces[i].iov_len : octets;
            if (cable->read + sent + len > tape->len ||
                memcmp(tape->ptr + cable->read + sent, pieces[i].iov_base, len) != 0) {
                verdict_fail(world->verdict, "client %u: output has changed", cable->client.id);
                return;
            }
            sent += len;
            octets -= len;
        }
        if (sent == 0) {
            verdict_fail(world->verdict, "client %u: no pieces of output", cable->client.id);
            return;
        }
        conn_sent(cable->conn, sent, world->now_ms);
        cable->read += sent;
    }
}

static void hear(struct cable *cable)
{
    struct list_node *node;
    while ((node = list_first(&cable->client.in.inbox))) {
        const struct heard *heard = container_of(node, struct heard, inbox_link);
        if (heard->end > cable->read) {
            break;
        }
        list_unlink(node);
        client_hear(&cable->client, heard);
    }
}

/* Even those who read little begin like all others: a handshake that never ends shows nothing. */
static uint32_t appetite(const struct cable *cable)
{
    enum { BEGINNING = 3000 };
    return cable->read < BEGINNING && cable->appetite < 50 ? 50 : cable->appetite;
}

static void read_some(struct world *world, struct cable *cable)
{
    size_t size = conn_output_size(cable->conn);
    if (size == 0 || !prng_chance(&world->prng, appetite(cable))) {
        return;
    }
    if (prng_chance(&world->prng, 30)) {
        size = 1 + prng_below(&world->prng, (uint32_t)size);
    }
    trace_line(world->trace, "%llu client %u: reads %zu octets", (unsigned long long)world->now_ms,
               cable->client.id, size);
    cable->heard_ms = world->now_ms;
    send_output(world, cable, size);
    hear(cable);
}

/* What the engine has announced is what the owner of a socket acts upon; whatever else has changed
 * would go unnoticed. */
static void check_announced(struct world *world, const struct cable *cable)
{
    bool unsaid = conn_output_size(cable->conn) > 0 || conn_finished(cable->conn) ||
                  conn_wants_input(cable->conn) != cable->wants_input ||
                  conn_deadline(cable->conn) < cable->deadline;
    if (unsaid && !cable->announced) {
        verdict_fail(world->verdict, "client %u: a change is not announced", cable->client.id);
    }
}

void cable_flush(struct world *world, struct cable *cable)
{
    if (!cable->conn) {
        return;
    }
    if (cable->lost) {
        conn_free(cable->conn);
        cable->conn = NULL;
        return;
    }
    check_announced(world, cable);
    read_some(world, cable);
    bool over = conn_finished(cable->conn);
    bool empty = conn_output_size(cable->conn) == 0;
    cable->heard_ms = empty ? cable->heard_ms : world->now_ms;
    if (conn_wants_input(cable->conn) && !cable->wants_input) {
        cable->resumed_ms = world->now_ms;
    }
    cable->announced = !empty || over;
    cable->deadline = conn_deadline(cable->conn);
    cable->wants_input = conn_wants_input(cable->conn);
    if (over && (empty || prng_chance(&world->prng, 20))) {
        trace_line(world->trace, "client %u: is hung up on", cable->client.id);
        if (!world_holds(world) && !model_is_ended(cable->model)) {
            verdict_fail(world->verdict, "client %u: is hung up on", cable->client.id);
        }
        conn_free(cable->conn);
        cable->conn = NULL;
    }
}

void cable_cut(struct world *world, struct cable *cable)
{
    trace_line(world->trace, "client %u: is gone", cable->client.id);
    conn_lost(cable->conn, SLICE("client unexpectedly closed TCP connection"), world->now_ms);
    cable->lost = true;
    model_lost(cable->model);
    world_observe(world);
}
