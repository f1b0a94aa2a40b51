#include "tests/sim/world_internal.h"

struct node_options world_node_options(struct world *world, struct disk *disk)
{
    return (struct node_options){
        .disk = disk,
        .absences = &world->absences,
        .secret = {prng_next(&world->prng), prng_next(&world->prng)},
        .now_ms = world->now_ms,
        .message_max = world->message_max,
        .segment_size = world->segment_size,
        .resident_max = world->resident_max,
    };
}

void world_build(struct world *world)
{
    struct text error = {0};
    if (world->durable) {
        fake_disk_init(&world->disk);
        if (prng_chance(&world->prng, 20)) {
            world_crash_soon(world);
        }
    }
    struct node_options options =
        world_node_options(world, world->durable ? &world->disk.disk : NULL);
    if (!node_start(&world->node, &options, &error)) {
        verdict_fail(world->verdict, "no start: %.*s", (int)error.len, error.ptr);
    }
    world->model = model_new(&(struct model_options){.arena = &world->arena,
                                                     .verdict = world->verdict,
                                                     .absences = &world->absences,
                                                     .message_max = world->message_max,
                                                     .now_ms = world->now_ms,
                                                     .durable = world->durable,
                                                     .in_bulk = world->in_bulk});
}

static void free_cables(struct list *cables)
{
    struct list_node *node;
    while ((node = list_first(cables))) {
        list_unlink(node);
        cable_free(container_of(node, struct cable, link));
    }
}

/* What their clients have said and heard is still looked at by the model. */
void world_hang_up(struct world *world)
{
    list_each(node, &world->cables) {
        struct cable *cable = container_of(node, struct cable, link);
        conn_free(cable->conn);
        cable->conn = NULL;
        list_unlink(node);
        list_push(&world->gone, &cable->link);
    }
}

void world_destroy(struct world *world)
{
    free_cables(&world->cables);
    free_cables(&world->gone);
    if (world->node.broker) {
        node_drop(&world->node);
    }
    if (world->durable) {
        fake_disk_finish(&world->disk);
    }
    if (world->left.state) {
        fake_disk_finish(&world->left);
    }
    absences_finish(&world->absences);
    arena_finish(&world->arena);
}

bool world_holds(const struct world *world)
{
    return node_holds(&world->node);
}
