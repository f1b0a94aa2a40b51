#include "tests/sim/world.h"

#include <stdlib.h>

#include "base/memory.h"
#include "broker/broker.h"
#include "broker/storage.h"
#include "server/engine.h"
#include "server/store_internal.h"
#include "tests/sim/world_internal.h"

static bool is_there(const struct cable *cable)
{
    return cable->conn && !cable->lost;
}

static uint32_t cable_count(const struct world *world)
{
    uint32_t count = 0;
    list_each(node, &world->cables) {
        count++;
    }
    return count;
}

static struct cable *some_cable(struct world *world)
{
    uint32_t at = 0;
    uint32_t chosen = prng_below(&world->prng, cable_count(world));
    list_each(it, &world->cables) {
        struct cable *cable = container_of(it, struct cable, link);
        if (at++ == chosen && is_there(cable)) {
            return cable;
        }
    }
    return NULL;
}

static void act(struct world *world, struct cable *cable)
{
    const size_t backlog_max = 20000 + 3 * (size_t)world->manners.body_max;
    for (uint32_t i = prng_between(&world->prng, 1, 5); i > 0; i--) {
        if (cable_waiting(cable) < backlog_max) {
            client_act(&cable->client);
        }
    }
}

/* One octet, some, or all of what is on its way. */
static void feed(struct world *world, struct cable *cable)
{
    uint32_t kind = prng_below(&world->prng, 100);
    size_t octets = SIZE_MAX;
    if (kind < 5) {
        octets = 1;
    } else if (kind < 25) {
        octets = prng_between(&world->prng, 1, 40);
    } else if (kind < 50) {
        octets = 1 + prng_below(&world->prng, (uint32_t)cable_waiting(cable));
    } else if (kind < 80) {
        cable_feed_all(world, cable);
        return;
    }
    cable_feed(world, cable, octets);
}

static void wait(struct world *world)
{
    uint32_t kind = prng_below(&world->prng, 100);
    if (kind < 70) {
        world_wait(world, prng_between(&world->prng, 1, 400));
    } else if (kind < 97) {
        world_wait(world, prng_between(&world->prng, 400, 5000));
    } else {
        world_wait(world, prng_between(&world->prng, 5000, 70000));
    }
}

static void set_alarm(struct world *world, bool alarm)
{
    trace_line(world->trace, "alarm: %d", alarm);
    world_settle(world);
    world->alarm = alarm;
    model_set_alarm(world->model, alarm);
    engine_set_alarms(world->node.engine, alarm, false, world->now_ms);
    world_observe(world);
}

static void leave(struct world *world, struct cable *cable)
{
    if (prng_chance(&world->prng, 50) && cable->client.phase == CLIENT_RUNNING) {
        client_leave(&cable->client);
    } else {
        world_settle(world);
        cable_cut(world, cable);
    }
}

static void plug_some(struct world *world)
{
    for (uint32_t i = 0; i < world->clients_max / 2 && !world->verdict->failed; i++) {
        cable_plug(world);
    }
}

static void step(struct world *world)
{
    struct cable *cable = some_cable(world);
    uint32_t kind = prng_below(&world->prng, 1000);
    if (world->crashed) {
        world_come_back(world);
        plug_some(world);
    } else if (!cable || kind < 10) {
        if (cable_count(world) < world->clients_max) {
            cable_plug(world);
        }
    } else if (kind < 400) {
        act(world, cable);
    } else if (kind < 750) {
        feed(world, cable);
    } else if (kind < 960) {
        world_tick(world);
    } else if (kind < 985) {
        wait(world);
    } else if (kind < 988) {
        set_alarm(world, !world->alarm);
    } else if (kind < 990 || cable->client.phase == CLIENT_DONE) {
        leave(world, cable);
    } else if (kind < 994 && world->durable) {
        world_trouble(world);
    }
}

/* Everybody reads everything that there is; then no message, confirm or reply is on its way. */
static void come_to_rest(struct world *world)
{
    if (world->alarm) {
        set_alarm(world, false);
    }
    list_each(node, &world->cables) {
        container_of(node, struct cable, link)->appetite = 100;
    }
    for (int i = 0; i < 30 && !world->verdict->failed; i++) {
        list_each(it, &world->cables) {
            struct cable *cable = container_of(it, struct cable, link);
            cable_feed_all(world, cable);
        }
        world_tick(world);
        world_settle(world);
    }
}

/* Octets of all segments. */
static uint64_t journal_size(const struct world *world)
{
    uint64_t size = 0;
    size_t count;
    const struct journal_segment *segments = journal_segments(world->node.store->journal, &count);
    for (size_t i = 0; i < count; i++) {
        size += segments[i].size;
    }
    return size;
}

/* What is left to be done about the journal is done when nothing is written to it for a while. */
static void come_to_an_end(struct world *world)
{
    enum { TRIES = 60, TICKS = 60 };
    uint64_t last = 0;
    for (int i = 0; i < TRIES && !world->verdict->failed; i++) {
        if (world->node.store->position_last == last) {
            return;
        }
        last = world->node.store->position_last;
        world_idle(world, TICKS);
    }
    verdict_fail(world->verdict, "the journal grows although nothing happens");
}

/* Nothing happens any more: then the journal is not larger than two and a half times what is alive
 * in it, be it in queues, with clients, or held back, and some segments. */
static void check_journal(struct world *world)
{
    enum { SPARE = 9 };
    come_to_an_end(world);
    uint64_t alive = broker_ledger(world->node.broker)->octets;
    uint64_t size = world->verdict->failed ? 0 : journal_size(world);
    trace_line(world->trace, "at rest %llu octets are alive in a journal of %llu",
               (unsigned long long)alive, (unsigned long long)size);
    if (size > alive * 5 / 2 + SPARE * (uint64_t)world->segment_size) {
        verdict_fail(world->verdict, "%llu octets are alive in a journal of %llu",
                     (unsigned long long)alive, (unsigned long long)size);
    }
}

static void shut_down(struct world *world)
{
    trace_line(world->trace, "shutdown");
    engine_shutdown(world->node.engine, world->now_ms);
    list_each(node, &world->cables) {
        struct cable *cable = container_of(node, struct cable, link);
        if (is_there(cable)) {
            model_forced(cable->model);
        }
    }
    world_observe(world);
}

/* All go, one way or another; what does not go by itself is cut off at last. */
static void end(struct world *world)
{
    if (prng_chance(&world->prng, 25)) {
        shut_down(world);
    }
    for (int i = 0; i < 40 && !list_empty(&world->cables) && !world->verdict->failed; i++) {
        list_each(node, &world->cables) {
            struct cable *cable = container_of(node, struct cable, link);
            if (is_there(cable) && prng_chance(&world->prng, 30)) {
                leave(world, cable);
            }
            cable_feed_all(world, cable);
        }
        world_wait(world, 1000);
    }
}

static void check_empty(struct world *world)
{
    const struct broker_counters *counters = broker_counters(world->node.broker);
    if (!list_empty(&world->cables)) {
        verdict_fail(world->verdict, "connections are left at the end");
    } else if (counters->connections || counters->channels || counters->consumers ||
               counters->messages_unsettled) {
        verdict_fail(world->verdict, "something is left of connections that are gone");
    }
}

/* From here on the disk is in order. */
static void calm(struct world *world)
{
    world->disk.space = world->disk.fail_at = world->disk.short_at = world->disk.copy_at = 0;
    world->disk.copy_suffix = NULL;
}

static void run(struct world *world)
{
    world_tick(world);
    plug_some(world);
    for (uint32_t i = 0; i < world->steps && !world->verdict->failed; i++) {
        step(world);
    }
    if (!world->verdict->failed && world->crashed) {
        world_come_back(world);
    }
    if (!world->verdict->failed) {
        calm(world);
        world_settle(world);
        come_to_rest(world);
    }
    if (!world->verdict->failed && world->manners.clings) {
        check_journal(world);
    }
    if (!world->verdict->failed) {
        end(world);
        check_empty(world);
    }
}

void world_run(uint64_t seed, struct trace *trace, struct verdict *verdict)
{
    struct world *world = memory_new(sizeof *world);
    *world = (struct world){
        .prng = {seed}, .verdict = verdict, .trace = trace, .now_ms = 1000000, .instant = 1};
    list_init(&world->cables);
    list_init(&world->gone);
    arena_init(&world->arena);
    world_choose_kind(world);
    world_build(world);
    run(world);
    trace_end(trace);
    world_destroy(world);
    free(world);
}
