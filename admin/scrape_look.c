#include "admin/scrape_internal.h"

#include <stdlib.h>

#include "admin/api_internal.h"
#include "admin/identity.h"
#include "admin/peers.h"
#include "base/memory.h"
#include "conf/format.h"
#include "server/clock.h"
#include "server/machine.h"

static bool wants_any(const struct scrape *scrape, uint64_t families)
{
    return scrape->families & families;
}

#define ONE(family) ((uint64_t)1 << FAMILY_##family)

static bool is_chosen(const struct scrape *scrape, struct slice vhost)
{
    bool found = scrape->all_vhosts;
    for (size_t i = 0; i < scrape->vhost_count && !found; i++) {
        found = slice_eq(scrape->vhosts[i], vhost);
    }
    return found;
}

/* --- Objects. --- */

static void keep_queue(struct scrape *scrape, const struct queue_view *queue)
{
    if (!is_chosen(scrape, queue->vhost)) {
        return;
    }
    size_t run = scrape->queue_count / SCRAPE_RUN, place = scrape->queue_count % SCRAPE_RUN;
    if (place == 0) {
        scrape->queues = memory_grow(scrape->queues, (run + 1) * sizeof *scrape->queues);
        scrape->queues[run] = arena_array(&scrape->arena, SCRAPE_RUN, sizeof **scrape->queues);
    }
    scrape->queues[run][place] = *queue;
    scrape->queue_count++;
}

bool scrape_walk(struct scrape *scrape)
{
    struct queue_view queue;
    for (int i = 0; i < SCRAPE_RUN && scrape->walk && !scrape->walked; i++) {
        scrape->walked = !view_walk_queue(scrape->walk, &scrape->arena, &queue);
        if (!scrape->walked) {
            keep_queue(scrape, &queue);
        }
    }
    return scrape->walk && !scrape->walked;
}

void scrape_end_walk(struct scrape *scrape)
{
    view_walk_free(scrape->walk);
    free(scrape->queues);
}

static void look_at_channels(struct scrape *scrape, struct call *call)
{
    struct view_scope scope = {.arena = &call->arena};
    size_t count;
    const struct channel_view *views = view_channels(call_broker(call), &scope, &count);
    const struct peers *peers = peers_view(call);
    struct scrape_channel *channels = arena_array(&call->arena, count, sizeof *channels);
    for (size_t i = 0; i < count; i++) {
        const struct conn_view *conn = peers_find(peers, views[i].conn);
        if (conn) {
            struct bytes name = channel_name(conn->name, views[i].number);
            channels[scrape->channel_count++] = (struct scrape_channel){
                .name = arena_copy(&call->arena, bytes_slice(&name)), .view = views[i]};
            bytes_finish(&name);
        }
    }
    scrape->channels = channels;
}

static void look_at_exchanges(struct scrape *scrape, struct call *call)
{
    struct view_scope scope = {.arena = &call->arena};
    size_t count;
    struct exchange_view *exchanges = view_exchanges(call_broker(call), &scope, &count);
    for (size_t i = 0; i < count; i++) {
        if (is_chosen(scrape, exchanges[i].vhost)) {
            exchanges[scrape->exchange_count++] = exchanges[i];
        }
    }
    scrape->exchanges = exchanges;
}

static void look_at_objects(struct scrape *scrape, struct call *call)
{
    if (wants_any(scrape, ONE(queue_coarse_metrics) | ONE(queue_consumer_count) |
                              ONE(queue_metrics) | ONE(queue_delivery_metrics) |
                              ONE(channel_queue_exchange_metrics) | ONE(queue_names))) {
        struct view_scope all = {.arena = &call->arena};
        scrape->walk = view_walk_new(call_broker(call), &all);
    }
    if (wants_any(scrape, ONE(channel_metrics) | ONE(channel_exchange_metrics) |
                              ONE(channel_queue_metrics))) {
        look_at_channels(scrape, call);
    }
    if (wants_any(scrape, ONE(connection_coarse_metrics) | ONE(connection_metrics))) {
        scrape->conns =
            engine_view_conns(call->api->options.engine, &call->arena, &scrape->conn_count);
    }
    if (wants_any(scrape, ONE(exchange_metrics) | ONE(exchange_bindings) | ONE(exchange_names))) {
        look_at_exchanges(scrape, call);
    }
    if (scrape_wants(scrape, FAMILY_vhost_status)) {
        scrape->vhost_views =
            view_vhosts(call_broker(call), &call->arena, &scrape->vhost_view_count);
    }
}

/* --- The node. --- */

static void look_at_process(struct scrape *scrape, const struct call *call)
{
    const struct api_options *options = &call->api->options;
    uint64_t *values = scrape->values;
    uint64_t uptime = call->request->now_ms - options->started_ms;
    values[METRIC_process_start_time_seconds] = clock_wall_offset() + options->started_ms;
    values[METRIC_erlang_uptime_seconds] = uptime;
    values[METRIC_process_open_fds] = machine_descriptors_used();
    values[METRIC_process_max_fds] = machine_descriptor_limit();
    values[METRIC_process_max_tcp_sockets] = machine_descriptor_limit();
    values[METRIC_process_resident_memory_bytes] = machine_memory_used();
    values[METRIC_resident_memory_limit_bytes] = options->memory_limit;
    machine_storage_octets(&values[METRIC_io_read_bytes_total],
                           &values[METRIC_io_write_bytes_total]);
}

/* A broker that keeps nothing on a disk tells of the one that it was started on. */
static void look_at_disk(struct scrape *scrape, const struct api_options *options)
{
    scrape->values[METRIC_disk_space_available_bytes] = api_disk_free(options);
    scrape->values[METRIC_disk_space_available_limit_bytes] = options->disk_limit;
}

static void look_at_alarms(struct scrape *scrape, const struct api_options *options)
{
    struct alarms_view alarms = engine_view_alarms(options->engine);
    scrape->values[METRIC_alarms_free_disk_space_watermark] = alarms.disk;
    scrape->values[METRIC_alarms_memory_used_watermark] = alarms.memory;
}

static void look_at_totals(struct scrape *scrape, const struct broker *broker)
{
    const struct broker_counters *counters = broker_counters(broker);
    uint64_t *values = scrape->values;
    scrape->totals = view_totals(broker);
    const struct churn_counts *churn = &scrape->totals.churn;
    values[METRIC_connections] = counters->connections;
    values[METRIC_process_open_tcp_sockets] = counters->connections;
    values[METRIC_channels] = counters->channels;
    values[METRIC_consumers] = counters->consumers;
    values[METRIC_queues] = counters->queues;
    values[METRIC_connections_opened_total] = churn->connection_created;
    values[METRIC_connections_closed_total] = churn->connection_closed;
    values[METRIC_channels_opened_total] = churn->channel_created;
    values[METRIC_channels_closed_total] = churn->channel_closed;
    values[METRIC_queues_declared_total] = churn->queue_declared;
    values[METRIC_queues_created_total] = churn->queue_created;
    values[METRIC_queues_deleted_total] = churn->queue_deleted;
}

static void look_at_messages(struct scrape *scrape)
{
    const struct totals_view *totals = &scrape->totals;
    const struct publish_counts *in = &totals->messages.in;
    uint64_t *values = scrape->values;
    values[METRIC_global_consumers] = values[METRIC_consumers];
    values[METRIC_global_publishers] = totals->publishers;
    values[METRIC_global_messages_received_total] = in->publish;
    values[METRIC_global_messages_received_confirm_total] = in->received_confirm;
    values[METRIC_global_messages_confirmed_total] = in->confirm;
    values[METRIC_global_messages_unroutable_dropped_total] = in->drop_unroutable;
    values[METRIC_global_messages_unroutable_returned_total] = in->return_unroutable;
    values[METRIC_global_messages_routed_total] = totals->queues[QUEUE_CLASSIC].publish +
                                                  totals->queues[QUEUE_QUORUM].publish +
                                                  totals->queues[QUEUE_STREAM].publish;
}

static void look_at_identity(struct scrape *scrape, struct call *call)
{
    const struct api *api = call->api;
    const struct settings *settings = api->options.settings;
    scrape->node = arena_copy(&call->arena, format_slice(api->options.node));
    scrape->cluster = arena_copy(&call->arena, engine_cluster_name(api->options.engine));
    scrape->cluster_id = identity_id(call_broker(call), &call->arena);
    scrape->version = arena_copy(&call->arena, format_slice(settings->product_version));
    scrape->product = arena_copy(&call->arena, format_slice(settings->product_name));
    scrape->values[METRIC_build_info] = 1;
    scrape->values[METRIC_identity_info] = 1;
}

static void look_at_logins(struct scrape *scrape, const struct api *api)
{
    const struct login_attempts *logins = engine_logins(api->options.engine);
    scrape->logins[0] = login_attempts_ever(logins, LOGIN_AMQP);
    scrape->logins[1] = login_attempts_ever(logins, LOGIN_HTTP);
}

void scrape_look(struct scrape *scrape, struct call *call)
{
    look_at_objects(scrape, call);
    look_at_process(scrape, call);
    look_at_disk(scrape, &call->api->options);
    look_at_alarms(scrape, &call->api->options);
    if (wants_any(scrape, ONE(connection_churn_metrics) | ONE(node_coarse_metrics) | ONE(totals) |
                              ONE(global) | ONE(message_sizes))) {
        look_at_totals(scrape, call_broker(call));
        look_at_messages(scrape);
    }
    look_at_identity(scrape, call);
    look_at_logins(scrape, call->api);
}
