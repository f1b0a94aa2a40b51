#include "tests/sim/node.h"

#include "broker/broker_internal.h"
#include "server/engine_internal.h"
#include "server/store.h"
#include "tests/sim/absence.h"

enum { HANDSHAKE_TIMEOUT_MS = 10000 };

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

static void add_user(struct node *node, struct slice name, struct slice configure,
                     struct effects *fx)
{
    static const char *const vhosts[] = {"/", "other"};
    struct permission permission = {
        .configure = configure, .write = SLICE(".*"), .read = SLICE(".*")};
    broker_put_user(node->broker, &(struct user){.name = name}, fx);
    for (int i = 0; i < 2; i++) {
        struct slice vhost = {(const uint8_t *)vhosts[i], strlen(vhosts[i])};
        broker_add_vhost(node->broker, vhost, fx);
        broker_set_permission(node->broker, name, vhost, &permission, fx);
    }
}

/* What is there from the beginning, all of it or nothing. */
static void make_first_things(struct node *node, struct effects *fx)
{
    if (node->store && !store_is_new(node->store)) {
        return;
    }
    add_user(node, SLICE("guest"), SLICE(".*"), fx);
    add_user(node, SLICE("limited"), SLICE("^$"), fx);
    if (node->store) {
        store_begin_group(node->store);
    }
    engine_run(node->engine, fx);
    if (node->store) {
        store_end_group(node->store);
    }
}

static void start_engine(struct node *node)
{
    struct engine_options options = {
        .broker = node->broker,
        .store = node->store,
        .authenticator = {node->broker, on_password_matches, on_remote_allowed},
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
    node->engine = engine_new(&options);
}

static bool open_store(struct node *node, const struct node_options *options, struct effects *fx,
                       struct text *error)
{
    struct store_options how = {
        .disk = options->disk,
        .broker = node->broker,
        .dir = "/data",
        .holder = "the simulator",
        .first_position = 1 << 20,
        .segment_size = options->segment_size,
        .resident_max = options->resident_max,
        .spill_above = options->resident_max,
        .checkpoint_slice = 100,
        .compaction_slice = options->segment_size / 2,
        .now_ms = options->now_ms,
        .threadless = true,
        .unchanged = options->unchanged,
    };
    node->store = store_open(&how, fx, error);
    return node->store != NULL;
}

bool node_start(struct node *node, const struct node_options *options, struct text *error)
{
    struct effects fx = {0};
    struct broker_options broker_options = {
        .secret = options->secret,
        .message_size_max = options->message_max,
        .durable = options->disk != NULL,
    };
    *node = (struct node){.broker = broker_new(&broker_options)};
    absences_watch(options->absences, node->broker);
    broker_set_time(node->broker, options->now_ms, options->now_ms / 1000);
    if (options->disk && !open_store(node, options, &fx, error)) {
        effects_free(&fx);
        broker_free(node->broker);
        *node = (struct node){0};
        return false;
    }
    start_engine(node);
    engine_run(node->engine, &fx);
    make_first_things(node, &fx);
    effects_free(&fx);
    return true;
}

/* The store's clock runs ahead of the world's: it tends its files every now and then, and there are
 * many ticks in which no time passes. */
static uint64_t store_time(const struct node *node, uint64_t now_ms)
{
    enum { TICK_MS = 20 };
    return now_ms + TICK_MS * node->ticks;
}

void node_end_tick(struct node *node, uint64_t now_ms)
{
    if (!node->store) {
        engine_end_tick(node->engine, UINT64_MAX, now_ms);
        return;
    }
    node->ticks++;
    store_poll(node->store, store_time(node, now_ms));
    engine_end_tick(node->engine, node->forced ? UINT64_MAX : store_stored(node->store), now_ms);
    store_end_tick(node->store, store_time(node, now_ms));
}

int node_flush(struct node *node, uint64_t now_ms)
{
    return node->store ? store_flush(node->store, store_time(node, now_ms)) : 0;
}

bool node_holds(const struct node *node)
{
    return !gate_is_empty(&node->engine->frames) || !gate_is_empty(&node->engine->confirms);
}

static void forget(struct node *node)
{
    broker_free(node->broker);
    *node = (struct node){0};
}

int node_stop(struct node *node)
{
    engine_free(node->engine);
    int rc = store_close(node->store);
    forget(node);
    return rc;
}

void node_drop(struct node *node)
{
    engine_free(node->engine);
    store_abandon(node->store);
    forget(node);
}
