#include "broker/broker_internal.h"
#include "server/engine_internal.h"
#include "tests/sim/world_internal.h"

static bool on_password_matches(void *context, struct slice user, struct slice password)
{
    struct user found;
    return broker_find_user(context, user, &found) && slice_eq(password, SLICE("secret"));
}

static bool on_remote_allowed(void *context, struct slice user)
{
    (void)context, (void)user;
    return true;
}

static void add_user(struct world *world, struct slice name, struct slice configure)
{
    static const char *const vhosts[] = {"/", "other"};
    struct effects fx = {0};
    struct permission permission = {
        .configure = configure, .write = SLICE(".*"), .read = SLICE(".*")};
    broker_put_user(world->broker, &(struct user){.name = name}, &fx);
    for (int i = 0; i < 2; i++) {
        struct slice vhost = {(const uint8_t *)vhosts[i], strlen(vhosts[i])};
        broker_add_vhost(world->broker, vhost, &fx);
        broker_set_permission(world->broker, name, vhost, &permission, &fx);
    }
    effects_free(&fx);
}

static void build_broker(struct world *world)
{
    struct broker_options options = {
        .secret = {prng_next(&world->prng), prng_next(&world->prng)},
        .message_size_max = world->message_max,
        .durable = true,
    };
    world->broker = broker_new(&options);
    add_user(world, SLICE("guest"), SLICE(".*"));
    add_user(world, SLICE("limited"), SLICE("^$"));
}

void world_build(struct world *world)
{
    build_broker(world);
    struct engine_options options = {
        .broker = world->broker,
        .authenticator = {world->broker, on_password_matches, on_remote_allowed},
        .mechanisms = SLICE("PLAIN AMQPLAIN"),
        .product = SLICE("RabbitMQ"),
        .product_version = SLICE("3.13.7"),
        .cluster_name = SLICE("sim"),
        .channel_max = 2047,
        .heartbeat_s = 60,
        .frame_max = 131072,
        .initial_frame_max = 4096,
        .handshake_timeout_ms = HANDSHAKE_TIMEOUT_MS,
        .connections_max = UINT32_MAX,
    };
    world->engine = engine_new(&options);
    world->model = model_new(&(struct model_options){.arena = &world->arena,
                                                     .verdict = world->verdict,
                                                     .message_max = world->message_max,
                                                     .lag = world->lag});
}

static void free_cables(struct list *cables)
{
    struct list_node *node;
    while ((node = list_first(cables))) {
        list_unlink(node);
        cable_free(container_of(node, struct cable, link));
    }
}

void world_destroy(struct world *world)
{
    free_cables(&world->cables);
    free_cables(&world->gone);
    engine_free(world->engine);
    broker_free(world->broker);
    arena_finish(&world->arena);
}

uint64_t world_records(const struct world *world)
{
    return world->broker->record_last;
}

bool world_holds(const struct world *world)
{
    return !gate_is_empty(&world->engine->frames) || !gate_is_empty(&world->engine->confirms);
}
