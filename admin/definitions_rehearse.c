#include "admin/definitions_rehearse.h"

#include "admin/api_internal.h"
#include "admin/definitions_check.h"
#include "admin/operation.h"
#include "broker/rehearsal.h"

/* A broker that stands for another one. */
struct pair {
    struct broker *rehearsal;
    const struct broker *real;
};

typedef void (*copy_function)(const struct pair *pair, struct slice vhost, const json_t *item);

static void copy_vhost(const struct pair *pair, struct slice vhost, const json_t *item)
{
    (void)item;
    rehearsal_add_vhost(pair->rehearsal, pair->real, vhost);
}

static void copy_named_vhost(const struct pair *pair, struct slice vhost, const json_t *item)
{
    (void)vhost;
    rehearsal_add_vhost(pair->rehearsal, pair->real, operation_text(item, "name"));
}

static void copy_user(const struct pair *pair, struct slice vhost, const json_t *item)
{
    rehearsal_add_vhost(pair->rehearsal, pair->real, vhost);
    rehearsal_add_user(pair->rehearsal, pair->real, operation_text(item, "user"));
}

static void copy_exchange(const struct pair *pair, struct slice vhost, const json_t *item)
{
    rehearsal_add_vhost(pair->rehearsal, pair->real, vhost);
    rehearsal_add_exchange(pair->rehearsal, pair->real, vhost, operation_text(item, "name"));
}

static void copy_queue(const struct pair *pair, struct slice vhost, const json_t *item)
{
    rehearsal_add_vhost(pair->rehearsal, pair->real, vhost);
    rehearsal_add_queue(pair->rehearsal, pair->real, vhost, operation_text(item, "name"));
}

static void copy_ends(const struct pair *pair, struct slice vhost, const json_t *item)
{
    struct slice destination = operation_text(item, "destination");
    rehearsal_add_vhost(pair->rehearsal, pair->real, vhost);
    rehearsal_add_exchange(pair->rehearsal, pair->real, vhost, operation_text(item, "source"));
    rehearsal_add_exchange(pair->rehearsal, pair->real, vhost, destination);
    rehearsal_add_queue(pair->rehearsal, pair->real, vhost, destination);
}

/* What items of each kind are about, or refer to. Users that come need nobody. */
static const struct section {
    const char *name;
    copy_function copy;
} sections[] = {
    {"vhosts", copy_named_vhost},     {"permissions", copy_user}, {"exchanges", copy_exchange},
    {"topic_permissions", copy_user}, {"policies", copy_vhost},   {"parameters", copy_vhost},
    {"queues", copy_queue},           {"bindings", copy_ends},
};

static void copy_all(const struct call *call, const json_t *definitions, const struct pair *pair)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        size_t k;
        json_t *item;
        json_array_foreach(json_object_get(definitions, sections[i].name), k, item)
        {
            sections[i].copy(pair, definitions_place(call, item), item);
        }
    }
}

bool definitions_rehearse(struct call *call, const json_t *definitions, definitions_step import,
                          struct definitions_stop *stop)
{
    struct pair pair = {.rehearsal = rehearsal_new(call_broker(call)), .real = call_broker(call)};
    struct api api = *call->api;
    struct call rehearsal = *call;
    copy_all(call, definitions, &pair);
    api.options.broker = pair.rehearsal;
    api.options.engine = engine_new(&(struct engine_options){
        .broker = pair.rehearsal, .cluster_name = engine_cluster_name(call->api->options.engine)});
    api.options.server = NULL;
    api.options.store = NULL;
    api.options.log = NULL; // what there is to say is said when it happens
    rehearsal.api = &api;
    rehearsal.arena = (struct arena){0};
    bool fits = import(&rehearsal, definitions, stop);
    arena_finish(&rehearsal.arena);
    engine_free(api.options.engine);
    rehearsal_free(pair.rehearsal);
    return fits;
}
