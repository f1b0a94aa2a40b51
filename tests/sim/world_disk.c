#include <errno.h>

#include "persist/fault.h"
#include "server/engine.h"
#include "server/store.h"
#include "tests/sim/inspect.h"
#include "tests/sim/world_internal.h"

/* A crash is a copy of the disk, made right before some call to it. What happens from then on
 * happens to a ghost: it goes on until it has said all that it had to say, so that the model knows
 * everything that the broker did, but no client hears of it. Then the copy loses what was not
 * synced, and a new broker starts on it. */

static void crash_now(struct world *world)
{
    trace_line(world->trace, "crash");
    world->disk.copy_at = 0;
    world->disk.copy_suffix = NULL;
    fake_disk_copy(&world->left, &world->disk);
    world->crashed = true;
}

/* A broker whose disk has failed ends at once; which it only may if the disk has. */
static void note_fault(struct world *world)
{
    const struct fault *fault = world->node.store ? store_fault(world->node.store) : NULL;
    if (!fault || world->crashed) {
        return;
    }
    if (!world->disk.fail_at && !world->disk.short_at) {
        verdict_fail(world->verdict, "%s of %s: error %d", fault->doing, fault->file, fault->error);
    }
    crash_now(world);
}

void world_note_crash(struct world *world)
{
    if (world->durable && !world->crashed && world->disk.copy_at > 0 &&
        world->disk.calls >= world->disk.copy_at) {
        trace_line(world->trace, "crash at call %llu", (unsigned long long)world->disk.copy_at);
        world->crashed = true;
    }
    note_fault(world);
}

static void crash_at(struct world *world, uint64_t call)
{
    world->disk.copy_at = call;
    world->disk.copy_suffix = NULL;
    world->disk.copy = &world->left;
}

void world_flush(struct world *world)
{
    int rc = node_flush(&world->node, world->now_ms);
    world_note_crash(world);
    trace_line(world->trace, "flush: %d", rc);
    if (rc == -ENOSPC) {
        return;
    }
    if (rc < 0) { // the ghost of a broker that would have stopped here
        world->node.forced = true;
    }
    world->flushed = rc < 0 ? UINT64_MAX : world->instant - 1;
    if (!world->crashed) {
        model_set_durable(world->model, world->flushed);
    }
}

void world_crash_soon(struct world *world)
{
    enum { CALLS = 60 };
    crash_at(world, world->disk.calls + 1 + prng_below(&world->prng, CALLS));
}

/* Around the moment at which files change places. */
static void crash_at_rename(struct world *world)
{
    static const char *const suffixes[] = {".ckpt", ".ckpt", ".seg", ".spare"};
    world->disk.copy = &world->left;
    world->disk.copy_suffix = suffixes[prng_below(&world->prng, 4)];
    world->disk.copy_delay = prng_below(&world->prng, 5);
    trace_line(world->trace, "crash at the next %s", world->disk.copy_suffix);
}

static void fill_disk(struct world *world)
{
    const uint64_t plenty = (uint64_t)1 << 40;
    world->disk.space = plenty;
    uint64_t used = plenty - (uint64_t)world->disk.disk.free_space(&world->disk.disk, "");
    world->disk.space = used + prng_below(&world->prng, 2 * world->segment_size);
    trace_line(world->trace, "the disk is full after %llu octets more",
               (unsigned long long)(world->disk.space - used));
}

static void fail_soon(struct world *world)
{
    static const int errors[] = {-EIO, -EIO, -EBADF};
    uint64_t call = world->disk.calls + 1 + prng_below(&world->prng, 60);
    trace_line(world->trace, "the disk will fail");
    if (prng_chance(&world->prng, 30)) {
        world->disk.short_at = call;
    } else {
        world->disk.reads_work = true; // else the ghost would not say what it has to
        world->disk.fail_at = call;
        world->disk.fail_error = errors[prng_below(&world->prng, 3)];
    }
    crash_at(world, call + prng_below(&world->prng, 2));
}

void world_trouble(struct world *world)
{
    uint32_t kind = prng_below(&world->prng, 100);
    if (world->disk.copy_at > 0) {
        return; // one at a time
    }
    if (kind < 15) {
        fill_disk(world);
    } else if (kind < 25) {
        fail_soon(world);
    } else if (kind < 40) {
        crash_now(world);
    } else if (kind < 60) {
        crash_at_rename(world);
    } else if (kind < 90) {
        world_crash_soon(world);
    } else {
        world_stop_and_start(world);
    }
}

/* The disk as it is found by whoever starts next. */
static void lose_power(struct world *world)
{
    fake_disk_finish(&world->disk);
    world->disk = world->left;
    world->left = (struct fake_disk){0};
    fake_disk_restart(&world->disk, prng_next(&world->prng));
    world->disk.copy_at = 0;
    world->disk.space = 0;
    world->crashed = false;
}

static bool start(struct world *world, struct node *node, const struct node_options *options)
{
    struct text error = {0};
    if (node_start(node, options, &error)) {
        return true;
    }
    verdict_fail(world->verdict, "no start: %.*s", (int)error.len, error.ptr);
    return false;
}

/* Looks at what a copy of the disk amounts to; at a time at which nothing is too old. */
static struct found *look(struct world *world)
{
    struct fake_disk copy;
    struct node node = {0};
    struct found *found = NULL;
    fake_disk_copy(&copy, &world->disk);
    struct node_options options = world_node_options(world, &copy.disk);
    options.now_ms = 0;
    options.unchanged = true;
    options.absences = NULL;
    if (start(world, &node, &options)) {
        found = inspect(&node, &world->arena, world->verdict, options.now_ms);
        node_drop(&node);
    }
    fake_disk_finish(&copy);
    return found;
}

static void tick_in_vain(struct world *world, struct node *node)
{
    model_tick(world->model);
    node_end_tick(node, world->now_ms);
    node_flush(node, world->now_ms);
    world->instant++;
    model_set_time(world->model, world->instant, world->now_ms);
}

/* A start that ends in the next crash; with nobody connecting meanwhile, all that goes is what is
 * too old or too much. */
static void start_in_vain(struct world *world)
{
    struct node node = {0};
    struct node_options options = world_node_options(world, &world->disk.disk);
    crash_at(world, world->disk.calls + 1 + prng_below(&world->prng, 150));
    if (!start(world, &node, &options)) {
        return;
    }
    model_resume(world->model);
    for (int ticks = 0; ticks < 30 && world->disk.calls < world->disk.copy_at; ticks++) {
        tick_in_vain(world, &node);
    }
    model_catch_up(world->model);
    world_note_crash(world);
    if (!world->crashed) {
        crash_now(world);
    }
    node_drop(&node);
    lose_power(world);
}

/* The next instant begins, and nothing of it is on the disk. */
/* It may take a while until somebody starts the broker again. */
static void pass_time(struct world *world)
{
    static const uint32_t most[] = {1, 1000, 100000};
    if (world->manners.scheme.parts) {
        world->now_ms += prng_below(&world->prng, most[prng_below(&world->prng, 3)]);
    }
}

static void begin_again(struct world *world, const struct found *found, bool whole)
{
    model_restart(world->model, found, whole);
    pass_time(world);
    world->instant++;
    world->flushed = 0;
    world->alarm = false;
    model_set_durable(world->model, 0);
    model_set_time(world->model, world->instant, world->now_ms);
}

static void start_again(struct world *world, bool whole)
{
    const char *difference;
    struct found *found = look(world);
    bool changes = world->manners.scheme.parts != 0;
    for (uint32_t i = prng_below(&world->prng, 3); i > 0 && !world->verdict->failed; i--) {
        begin_again(world, found, whole);
        start_in_vain(world);
        struct found *again = world->verdict->failed ? found : look(world);
        if (!world->verdict->failed && !changes && !found_same(found, again, &difference)) {
            verdict_fail(world->verdict, "two starts in a row find different %s", difference);
        }
        found = again;
        whole = false;
    }
    if (world->verdict->failed) {
        return;
    }
    begin_again(world, found, whole);
    struct node_options options = world_node_options(world, &world->disk.disk);
    if (!world->verdict->failed && start(world, &world->node, &options)) {
        model_resume(world->model);
        world_observe(world);
    }
}

void world_come_back(struct world *world)
{
    world->disk.space = 0;
    world_settle(world); // the ghost's last words
    world_hang_up(world);
    node_drop(&world->node);
    if (!world->verdict->failed) {
        lose_power(world);
        trace_line(world->trace, "comes back");
        start_again(world, false);
    }
}

/* The turn of whoever is gone has passed to somebody else, who is to be told before he goes, too.
 */
static void settle_turns(struct world *world)
{
    if (world->manners.scheme.parts) {
        world_settle(world);
    }
}

void world_stop_and_start(struct world *world)
{
    world->disk.space = 0;
    world_settle(world);
    list_each(node, &world->cables) {
        struct cable *cable = container_of(node, struct cable, link);
        if (cable->conn && !cable->lost && !world->verdict->failed) {
            cable_cut(world, cable);
            settle_turns(world);
        }
    }
    world_tick(world);
    world_settle(world);
    world_hang_up(world);
    trace_line(world->trace, "stops");
    int rc = node_stop(&world->node);
    if (rc < 0) {
        verdict_fail(world->verdict, "stop: %d", rc);
    }
    world_note_crash(world); // even a broker that stops may be hit
    bool whole = !world->crashed;
    if (!whole) {
        lose_power(world);
    }
    if (!world->verdict->failed) {
        start_again(world, whole);
    }
}
