#include "admin/scrape_internal.h"

#include "broker/death.h"
#include "conf/format.h"

static void add_str(struct exposition_labels *labels, const char *name, const char *value)
{
    exposition_add_label(labels, name, format_slice(value));
}

/* --- Of the node. --- */

static void label_protocol(const struct scrape *scrape, size_t row,
                           struct exposition_labels *labels)
{
    (void)scrape, (void)row;
    add_str(labels, "protocol", "amqp091");
}

static void label_build(const struct scrape *scrape, size_t row, struct exposition_labels *labels)
{
    (void)row;
    exposition_add_label(labels, "rabbitmq_version", scrape->version);
    exposition_add_label(labels, "prometheus_plugin_version", scrape->version);
    add_str(labels, "prometheus_client_version", LEVERET_VERSION);
    add_str(labels, "erlang_version", "");
    exposition_add_label(labels, "product_version", scrape->version);
    exposition_add_label(labels, "product_name", scrape->product);
}

static void label_identity(const struct scrape *scrape, size_t row,
                           struct exposition_labels *labels)
{
    static const char *const endpoints[] = {"aggregated", "per-object", "detailed",
                                            "memory-breakdown"};
    (void)row;
    exposition_add_label(labels, "rabbitmq_node", scrape->node);
    exposition_add_label(labels, "rabbitmq_cluster", scrape->cluster);
    exposition_add_label(labels, "rabbitmq_cluster_permanent_id", scrape->cluster_id);
    add_str(labels, "rabbitmq_endpoint", endpoints[scrape->view]);
}

/* --- Of queues. --- */

static size_t count_queues(const struct scrape *scrape)
{
    return scrape->queues.count;
}

static void label_queue(const struct scrape *scrape, size_t row, struct exposition_labels *labels)
{
    exposition_add_label(labels, "vhost", scrape_queue(scrape, row)->vhost);
    exposition_add_label(labels, "queue", scrape_queue(scrape, row)->name);
}

static const char *queue_type_name(uint8_t kind)
{
    static const char *const names[] = {[QUEUE_CLASSIC] = "rabbit_classic_queue",
                                        [QUEUE_QUORUM] = "rabbit_quorum_queue",
                                        [QUEUE_STREAM] = "rabbit_stream_queue"};
    return names[kind];
}

static void label_queue_name(const struct scrape *scrape, size_t row,
                             struct exposition_labels *labels)
{
    label_queue(scrape, row, labels);
    add_str(labels, "queue_type", queue_type_name(scrape_queue(scrape, row)->kind));
    add_str(labels, "membership", "leader");
}

static void fill_queue_name(const struct scrape *scrape, size_t row, uint64_t *values)
{
    (void)scrape, (void)row;
    values[METRIC_queue_info] = 1;
}

/* --- Of connections and channels. --- */

static size_t count_channels(const struct scrape *scrape)
{
    return scrape->channels.count;
}

static void label_channel(const struct scrape *scrape, size_t row, struct exposition_labels *labels)
{
    exposition_add_label(labels, "channel", scrape_channel_row(scrape, row)->name);
}

static void fill_channel(const struct scrape *scrape, size_t row, uint64_t *values)
{
    const struct channel_view *channel = scrape_channel(scrape, row);
    values[METRIC_channel_consumers] = channel->consumers;
    values[METRIC_channel_messages_unacked] = channel->unsettled;
    values[METRIC_consumer_prefetch] = channel->prefetch;
    values[METRIC_channel_prefetch] = channel->prefetch_global;
    values[METRIC_channel_messages_unconfirmed] = scrape_channel_row(scrape, row)->unconfirmed;
    values[METRIC_channel_messages_uncommitted] = channel->messages_uncommitted;
    values[METRIC_channel_acks_uncommitted] = channel->settles_uncommitted;
    values[METRIC_channel_process_reductions_total] = 0;
}

static size_t count_conns(const struct scrape *scrape)
{
    return scrape->conns.count;
}

/* RabbitMQ calls it so, too. */
static void label_conn(const struct scrape *scrape, size_t row, struct exposition_labels *labels)
{
    exposition_add_label(labels, "channel", scrape_conn(scrape, row)->name);
}

static void fill_conn(const struct scrape *scrape, size_t row, uint64_t *values)
{
    const struct conn_view *conn = scrape_conn(scrape, row);
    values[METRIC_connection_incoming_bytes_total] = conn->received;
    values[METRIC_connection_outgoing_bytes_total] = conn->sent;
    values[METRIC_connection_process_reductions_total] = 0;
    values[METRIC_connection_incoming_packets_total] = conn->reads;
    values[METRIC_connection_outgoing_packets_total] = conn->writes;
    values[METRIC_connection_pending_packets] = conn->unsent;
    values[METRIC_connection_channels] = conn->channels;
}

/* --- Of exchanges and virtual hosts. --- */

static size_t count_exchanges(const struct scrape *scrape)
{
    return scrape->exchanges.count;
}

static void label_exchange(const struct scrape *scrape, size_t row,
                           struct exposition_labels *labels)
{
    const struct exchange_view *exchange = scrape_exchange(scrape, row);
    exposition_add_label(labels, "vhost", exchange->vhost);
    exposition_add_label(labels, "exchange", exchange->name);
}

static void fill_exchange(const struct scrape *scrape, size_t row, uint64_t *values)
{
    const struct exchange_view *exchange = scrape_exchange(scrape, row);
    values[METRIC_exchange_messages_published_total] = exchange->counts.publish_in;
    values[METRIC_exchange_messages_confirmed_total] = exchange->published.confirm;
    values[METRIC_exchange_messages_unroutable_returned_total] =
        exchange->published.return_unroutable;
    values[METRIC_exchange_messages_unroutable_dropped_total] = exchange->published.drop_unroutable;
}

static void label_exchange_name(const struct scrape *scrape, size_t row,
                                struct exposition_labels *labels)
{
    label_exchange(scrape, row, labels);
    exposition_add_label(labels, "type", scrape_exchange(scrape, row)->type);
}

/* Those that only other exchanges publish to, and the default one, are not told. */
static void fill_exchange_name(const struct scrape *scrape, size_t row, uint64_t *values)
{
    const struct exchange_view *exchange = scrape_exchange(scrape, row);
    bool told = !exchange->internal && exchange->name.len > 0;
    values[METRIC_exchange_bindings] = told ? exchange->bindings : METRIC_NONE;
    values[METRIC_exchange_name] = told ? 1 : METRIC_NONE;
}

static size_t count_vhosts(const struct scrape *scrape)
{
    return scrape->vhost_view_count;
}

static void label_vhost(const struct scrape *scrape, size_t row, struct exposition_labels *labels)
{
    exposition_add_label(labels, "vhost", scrape->vhost_views[row].name);
}

static void fill_vhost(const struct scrape *scrape, size_t row, uint64_t *values)
{
    (void)scrape, (void)row;
    values[METRIC_vhost_status] = 1;
}

/* --- Sums that never fall. --- */

enum { QUEUE_TYPES_TOLD = QUEUE_STREAM + 1 };

static size_t count_queue_types(const struct scrape *scrape)
{
    (void)scrape;
    return QUEUE_TYPES_TOLD;
}

static void label_queue_type(const struct scrape *scrape, size_t row,
                             struct exposition_labels *labels)
{
    label_protocol(scrape, row, labels);
    add_str(labels, "queue_type", queue_type_name((uint8_t)row));
}

static void fill_queue_type(const struct scrape *scrape, size_t row, uint64_t *values)
{
    const struct delivery_counts *out = &scrape->totals.queues[row].out;
    values[METRIC_global_messages_acknowledged_total] = out->ack;
    values[METRIC_global_messages_delivered_total] = delivery_counts_all(out);
    values[METRIC_global_messages_delivered_consume_auto_ack_total] = out->deliver_no_ack;
    values[METRIC_global_messages_delivered_consume_manual_ack_total] = out->deliver;
    values[METRIC_global_messages_delivered_get_auto_ack_total] = out->get_no_ack;
    values[METRIC_global_messages_delivered_get_manual_ack_total] = out->get;
    values[METRIC_global_messages_get_empty_total] = out->get_empty;
    values[METRIC_global_messages_redelivered_total] = out->redeliver;
}

/* What becomes of messages that die in queues of a type. Those of a queue that asks for
 * at-least-once are dead-lettered as all others are, and counted with them. */
enum fate { DEAD_LETTERED, DROPPED, CONFIRMED };

static const struct {
    const char *strategy;
    enum queue_kind kind;
    enum fate fate;
} fates[] = {{"at_most_once", QUEUE_CLASSIC, DEAD_LETTERED},
             {"disabled", QUEUE_CLASSIC, DROPPED},
             {"at_least_once", QUEUE_QUORUM, CONFIRMED},
             {"at_most_once", QUEUE_QUORUM, DEAD_LETTERED},
             {"disabled", QUEUE_QUORUM, DROPPED}};

static size_t count_fates(const struct scrape *scrape)
{
    (void)scrape;
    return sizeof fates / sizeof *fates;
}

static void label_fate(const struct scrape *scrape, size_t row, struct exposition_labels *labels)
{
    (void)scrape;
    add_str(labels, "queue_type", queue_type_name((uint8_t)fates[row].kind));
    add_str(labels, "dead_letter_strategy", fates[row].strategy);
}

static const uint64_t *deaths_of(const struct scrape *scrape, size_t row)
{
    static const uint64_t none[COUNTED_DEATHS];
    const struct queue_counts *queues = &scrape->totals.queues[fates[row].kind];
    switch (fates[row].fate) {
    case DEAD_LETTERED:
        return queues->dead_lettered;
    case DROPPED:
        return queues->dropped;
    case CONFIRMED:
        break;
    }
    return none;
}

static void fill_fate(const struct scrape *scrape, size_t row, uint64_t *values)
{
    const uint64_t *deaths = deaths_of(scrape, row);
    bool quorum = fates[row].kind == QUEUE_QUORUM;
    bool confirmed = fates[row].fate == CONFIRMED;
    values[METRIC_global_messages_dead_lettered_confirmed_total] = confirmed ? 0 : METRIC_NONE;
    values[METRIC_global_messages_dead_lettered_delivery_limit_total] =
        quorum ? deaths[DEATH_DELIVERY_LIMIT] : METRIC_NONE;
    values[METRIC_global_messages_dead_lettered_expired_total] = deaths[DEATH_EXPIRED];
    values[METRIC_global_messages_dead_lettered_maxlen_total] =
        confirmed ? METRIC_NONE : deaths[DEATH_MAXLEN];
    values[METRIC_global_messages_dead_lettered_rejected_total] = deaths[DEATH_REJECTED];
}

/* A histogram: how many are not larger than this, for each step, then how many there are, and how
 * large they are together. */
static const char *const size_steps[] = {"100.0", "1000.0", "10000.0", "100000.0", "1e+06",
                                         "1e+07", "5e+07",  "1e+08",   "+Inf"};

_Static_assert(sizeof size_steps / sizeof *size_steps == MESSAGE_SIZE_STEP_COUNT,
               "every step of message sizes has a label");

static size_t count_sizes(const struct scrape *scrape)
{
    (void)scrape;
    return MESSAGE_SIZE_STEP_COUNT + 2;
}

static const char *size_suffix(size_t row)
{
    return row < MESSAGE_SIZE_STEP_COUNT    ? "_bucket"
           : row == MESSAGE_SIZE_STEP_COUNT ? "_count"
                                            : "_sum";
}

static void label_size(const struct scrape *scrape, size_t row, struct exposition_labels *labels)
{
    label_protocol(scrape, row, labels);
    if (row < MESSAGE_SIZE_STEP_COUNT) {
        add_str(labels, "le", size_steps[row]);
    }
}

static void fill_size(const struct scrape *scrape, size_t row, uint64_t *values)
{
    const struct message_sizes *sizes = &scrape->totals.sizes;
    uint64_t sum = 0;
    for (size_t i = 0; i < MESSAGE_SIZE_STEP_COUNT && i <= row; i++) {
        sum += sizes->counts[i];
    }
    values[METRIC_message_size_bytes] = row > MESSAGE_SIZE_STEP_COUNT ? sizes->octets : sum;
}

const struct scrape_kind scrape_kinds[METRIC_KIND_COUNT] = {
    [METRICS_OF_NODE] = {.label = NULL},
    [METRICS_OF_PROTOCOLS] = {.label = label_protocol},
    [METRICS_OF_BUILD] = {.label = label_build},
    [METRICS_OF_IDENTITY] = {.label = label_identity},
    [METRICS_OF_LOGINS] = {.count = scrape_count_logins,
                           .label = scrape_label_logins,
                           .fill = scrape_fill_logins},
    [METRICS_OF_LOGIN_SOURCES] = {.count = scrape_count_sources,
                                  .label = scrape_label_source,
                                  .fill = scrape_fill_source},
    [METRICS_OF_RAFT] = {.count = count_queues,
                         .label = label_queue,
                         .fill = scrape_fill_raft,
                         .summed = true},
    [METRICS_OF_QUEUES] = {.count = count_queues,
                           .label = label_queue,
                           .fill = scrape_fill_queue,
                           .summed = true},
    [METRICS_OF_QUEUE_HEADS] = {.count = count_queues,
                                .label = label_queue,
                                .fill = scrape_fill_queue_head},
    [METRICS_OF_QUEUE_NAMES] = {.count = count_queues,
                                .label = label_queue_name,
                                .fill = fill_queue_name},
    [METRICS_OF_CHANNELS] = {.count = count_channels,
                             .label = label_channel,
                             .fill = fill_channel,
                             .summed = true},
    [METRICS_OF_PUBLISHES] = {.count = scrape_count_publishes,
                              .label = scrape_label_publishes,
                              .fill = scrape_fill_publishes,
                              .summed = true},
    [METRICS_OF_DELIVERIES] = {.count = scrape_count_deliveries,
                               .label = scrape_label_deliveries,
                               .fill = scrape_fill_deliveries,
                               .summed = true},
    [METRICS_OF_CHANNEL_ROUTES] = {.count = scrape_count_channel_routes,
                                   .label = scrape_label_channel_routes,
                                   .fill = scrape_fill_channel_routes,
                                   .summed = true},
    [METRICS_OF_ROUTES] = {.count = scrape_count_routes,
                           .label = scrape_label_routes,
                           .fill = scrape_fill_routes,
                           .summed = true},
    [METRICS_OF_CONNECTIONS] = {.count = count_conns,
                                .label = label_conn,
                                .fill = fill_conn,
                                .summed = true},
    [METRICS_OF_EXCHANGES] = {.count = count_exchanges,
                              .label = label_exchange,
                              .fill = fill_exchange,
                              .summed = true},
    [METRICS_OF_EXCHANGE_NAMES] = {.count = count_exchanges,
                                   .label = label_exchange_name,
                                   .fill = fill_exchange_name},
    [METRICS_OF_VHOSTS] = {.count = count_vhosts, .label = label_vhost, .fill = fill_vhost},
    [METRICS_OF_QUEUE_TYPES] = {.count = count_queue_types,
                                .label = label_queue_type,
                                .fill = fill_queue_type},
    [METRICS_OF_SIZES] = {.count = count_sizes,
                          .label = label_size,
                          .fill = fill_size,
                          .suffix = size_suffix},
    [METRICS_OF_DEATHS] = {.count = count_fates, .label = label_fate, .fill = fill_fate},
};
