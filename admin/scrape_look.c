#include "admin/scrape_internal.h"

#include <stdlib.h>

#include "admin/api_internal.h"
#include "admin/identity.h"
#include "admin/memory_parts.h"
#include "admin/peers.h"
#include "base/memory.h"
#include "conf/format.h"
#include "persist/disk_meter.h"
#include "server/clock.h"
#include "server/machine.h"
#include "server/store.h"

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

bool scrape_chooses(const struct scrape *scrape, struct slice vhost, struct slice queue)
{
    return is_chosen(scrape, vhost) &&
           (!queue.ptr || !scrape->queue_pattern || pattern_matches(scrape->queue_pattern, queue));
}

/* --- Objects. --- */

/* Each of these copies one object, or passes over one that is not wanted; false if there are no
 * more. */
static bool next_queue(struct scrape *scrape)
{
    struct queue_view queue;
    if (!view_walk_queue(scrape->walks.queues, &scrape->arena, &queue)) {
        return false;
    }
    if (scrape_chooses(scrape, queue.vhost, queue.name)) {
        *(struct queue_view *)copies_add(&scrape->queues, &scrape->arena) = queue;
    }
    return true;
}

static bool next_exchange(struct scrape *scrape)
{
    struct exchange_view exchange;
    if (!view_walk_exchange(scrape->walks.exchanges, &scrape->arena, &exchange)) {
        return false;
    }
    if (is_chosen(scrape, exchange.vhost)) {
        *(struct exchange_view *)copies_add(&scrape->exchanges, &scrape->arena) = exchange;
    }
    return true;
}

static bool next_channel(struct scrape *scrape)
{
    struct conn_view conn;
    struct channel_view view;
    if (!view_walk_channel(scrape->walks.channels, &view)) {
        return false;
    }
    if (engine_view_conn(scrape->api->options.engine, view.conn, &conn)) {
        struct bytes name = channel_name(conn.name, view.number);
        struct scrape_channel *row = copies_add(&scrape->channels, &scrape->arena);
        view_keep_channel(&scrape->arena, &view);
        *row = (struct scrape_channel){.name = arena_copy(&scrape->arena, bytes_slice(&name)),
                                       .unconfirmed =
                                           channel_unconfirmed(scrape->api->options.engine, &view),
                                       .view = view};
        bytes_finish(&name);
    }
    return true;
}

static bool next_conn(struct scrape *scrape)
{
    struct conn_view view;
    if (!conn_walk_next(&scrape->walks.conns, &view)) {
        return false;
    }
    view.client_properties = view.terms = (struct slice){NULL, 0}; // which may be long
    conn_view_keep(&scrape->arena, &view);
    *(struct conn_view *)copies_add(&scrape->conns, &scrape->arena) = view;
    return true;
}

bool scrape_walk(struct scrape *scrape)
{
    struct scrape_walks *walks = &scrape->walks;
    for (int i = 0; i < SCRAPE_STEP; i++) {
        if (!walks->queues_over) {
            walks->queues_over = !next_queue(scrape);
        } else if (!walks->exchanges_over) {
            walks->exchanges_over = !next_exchange(scrape);
        } else if (!walks->channels_over) {
            walks->channels_over = !next_channel(scrape);
        } else if (!walks->pairs_over) {
            walks->pairs_over = !scrape_next_pair(scrape);
        } else if (!walks->conns_over) {
            walks->conns_over = !next_conn(scrape);
        } else {
            return false;
        }
    }
    return true;
}

void scrape_end_walk(struct scrape *scrape)
{
    view_walk_free(scrape->walks.queues);
    view_walk_free(scrape->walks.exchanges);
    view_walk_free(scrape->walks.channels);
    view_walk_free(scrape->walks.pairs);
    for (int kind = 0; kind < PAIR_KINDS; kind++) {
        copies_finish(&scrape->pairs[kind]);
    }
    conn_walk_end(&scrape->walks.conns);
    copies_finish(&scrape->queues);
    copies_finish(&scrape->exchanges);
    copies_finish(&scrape->channels);
    copies_finish(&scrape->conns);
    copies_finish(&scrape->login_sources);
}

static void begin_walks(struct scrape *scrape, struct call *call)
{
    struct scrape_walks *walks = &scrape->walks;
    struct view_scope all = {.arena = &call->arena};
    scrape->queues.size = sizeof(struct queue_view);
    scrape->exchanges.size = sizeof(struct exchange_view);
    scrape->channels.size = sizeof(struct scrape_channel);
    scrape->conns.size = sizeof(struct conn_view);
    walks->queues_over = !wants_any(scrape, ONE(queue_coarse_metrics) | ONE(queue_consumer_count) |
                                                ONE(queue_metrics) | ONE(queue_delivery_metrics) |
                                                ONE(ra_metrics) | ONE(queue_names));
    walks->exchanges_over =
        !wants_any(scrape, ONE(exchange_metrics) | ONE(exchange_bindings) | ONE(exchange_names));
    walks->channels_over = !wants_any(scrape, ONE(channel_metrics) | ONE(channel_process_metrics));
    walks->pairs_over = !scrape_wants_pairs(scrape);
    walks->conns_over =
        !wants_any(scrape, ONE(connection_coarse_metrics) | ONE(connection_metrics));
    walks->queues = walks->queues_over ? NULL : view_walk_new(call_broker(call), &all);
    walks->exchanges = walks->exchanges_over ? NULL : view_walk_new(call_broker(call), &all);
    walks->channels = walks->channels_over ? NULL : view_walk_new(call_broker(call), &all);
    walks->pairs = walks->pairs_over ? NULL : view_walk_new(call_broker(call), &all);
    if (!walks->conns_over) {
        conn_walk_begin(&walks->conns, call->api->options.engine);
    }
}

static void look_at_objects(struct scrape *scrape, struct call *call)
{
    begin_walks(scrape, call);
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
    values[METRIC_resident_memory_limit_bytes] =
        settings_memory_limit(options->settings, options->memory_total);
    values[METRIC_erlang_processes_used] = 1;
    values[METRIC_erlang_processes_limit] = machine_process_limit();
    values[METRIC_erlang_scheduler_context_switches_total] = machine_context_switches();
    values[METRIC_erlang_net_ticktime_seconds] = 60;
}

static void look_at_memory(struct scrape *scrape, const struct broker *broker)
{
    struct memory_use use = memory_use_of(broker);
    scrape->values[METRIC_memory_binary_heap_bytes] = use.contents;
    scrape->values[METRIC_memory_other_system_bytes] = use.all - use.contents;
}

/* What the store has done to its disk; what it never does stays 0. */
static void look_at_storage(struct scrape *scrape, const struct api_options *options)
{
    uint64_t *values = scrape->values;
    if (!options->disk || !options->store) {
        return;
    }
    struct disk_usage usage = disk_meter_usage(options->disk);
    struct store_traffic traffic = store_traffic(options->store);
    values[METRIC_io_read_ops_total] = usage.reads.count;
    values[METRIC_io_read_bytes_total] = usage.reads.octets;
    values[METRIC_io_read_time_seconds_total] = usage.reads.ns;
    values[METRIC_io_write_ops_total] = usage.writes.count;
    values[METRIC_io_write_bytes_total] = usage.writes.octets;
    values[METRIC_io_write_time_seconds_total] = usage.writes.ns;
    values[METRIC_io_sync_ops_total] = usage.syncs.count;
    values[METRIC_io_sync_time_seconds_total] = usage.syncs.ns;
    values[METRIC_io_open_attempt_ops_total] = usage.opens.count;
    values[METRIC_io_open_attempt_time_seconds_total] = usage.opens.ns;
    values[METRIC_msg_store_read_total] = traffic.read;
    values[METRIC_msg_store_write_total] = traffic.written;
}

/* A broker that keeps nothing on a disk tells of the one that it was started on. */
static void look_at_disk(struct scrape *scrape, const struct api_options *options)
{
    scrape->values[METRIC_disk_space_available_bytes] = api_disk_free(options);
    scrape->values[METRIC_disk_space_available_limit_bytes] =
        settings_disk_limit(options->settings, options->memory_total);
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

void scrape_look(struct scrape *scrape, struct call *call)
{
    look_at_objects(scrape, call);
    look_at_process(scrape, call);
    look_at_memory(scrape, call_broker(call));
    look_at_disk(scrape, &call->api->options);
    look_at_storage(scrape, &call->api->options);
    look_at_alarms(scrape, &call->api->options);
    if (wants_any(scrape, ONE(connection_churn_metrics) | ONE(node_coarse_metrics) | ONE(totals) |
                              ONE(global) | ONE(message_sizes))) {
        look_at_totals(scrape, call_broker(call));
        look_at_messages(scrape);
    }
    look_at_identity(scrape, call);
    scrape_look_at_logins(scrape, call);
}
