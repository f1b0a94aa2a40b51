#include "ctl/groups.h"

#include "ctl/listing.h"

#define PLAIN(name)                                                                                \
    {                                                                                              \
        name, name, COLUMN_PLAIN                                                                   \
    }

/* A word of Erlang's. */
#define WORD(name)                                                                                 \
    {                                                                                              \
        name, name, COLUMN_ATOM                                                                    \
    }

static const struct column queue_columns[] = {
    PLAIN("name"),
    PLAIN("durable"),
    PLAIN("auto_delete"),
    {"arguments", "arguments", COLUMN_ARGUMENTS},
    PLAIN("policy"),
    {"operator_policy", "operator_policy", COLUMN_PLAIN},
    {"effective_policy_definition", "effective_policy_definition", COLUMN_JSON},
    {"pid", "name", COLUMN_PLAIN},
    {"owner_pid", "owner_pid_details.name", COLUMN_NO_BLANKS},
    PLAIN("exclusive"),
    {"exclusive_consumer_pid", "exclusive_consumer_pid", COLUMN_PLAIN},
    PLAIN("exclusive_consumer_tag"),
    PLAIN("single_active_consumer_tag"),
    PLAIN("messages_ready"),
    PLAIN("messages_unacknowledged"),
    PLAIN("messages"),
    PLAIN("messages_ram"),
    PLAIN("messages_ready_ram"),
    PLAIN("messages_unacknowledged_ram"),
    PLAIN("messages_persistent"),
    PLAIN("message_bytes"),
    PLAIN("message_bytes_ready"),
    PLAIN("message_bytes_unacknowledged"),
    PLAIN("message_bytes_ram"),
    PLAIN("message_bytes_persistent"),
    PLAIN("head_message_timestamp"),
    PLAIN("disk_reads"),
    PLAIN("disk_writes"),
    PLAIN("consumers"),
    PLAIN("consumer_utilisation"),
    PLAIN("consumer_capacity"),
    PLAIN("memory"),
    WORD("state"),
    WORD("type"),
    PLAIN("leader"),
    PLAIN("members"),
    PLAIN("online"),
    PLAIN("slave_pids"),
    PLAIN("synchronised_slave_pids"),
};

static const struct column exchange_columns[] = {
    PLAIN("name"),        WORD("type"),      PLAIN("durable"),
    PLAIN("auto_delete"), PLAIN("internal"), {"arguments", "arguments", COLUMN_ARGUMENTS},
    PLAIN("policy"),
};

static const struct column binding_columns[] = {
    {"source_name", "source", COLUMN_PLAIN},
    {"source_kind", "exchange", COLUMN_CONSTANT},
    {"destination_name", "destination", COLUMN_PLAIN},
    {"destination_kind", "destination_type", COLUMN_ATOM},
    PLAIN("routing_key"),
    {"arguments", "arguments", COLUMN_ARGUMENTS},
};

static const struct column connection_columns[] = {
    {"pid", "name", COLUMN_NO_BLANKS},
    PLAIN("name"),
    PLAIN("port"),
    PLAIN("host"),
    PLAIN("peer_port"),
    PLAIN("peer_host"),
    PLAIN("ssl"),
    PLAIN("ssl_protocol"),
    PLAIN("ssl_key_exchange"),
    PLAIN("ssl_cipher"),
    PLAIN("ssl_hash"),
    PLAIN("peer_cert_subject"),
    PLAIN("peer_cert_issuer"),
    PLAIN("peer_cert_validity"),
    WORD("state"),
    PLAIN("channels"),
    {"protocol", "protocol", COLUMN_PROTOCOL},
    PLAIN("auth_mechanism"),
    PLAIN("user"),
    PLAIN("vhost"),
    PLAIN("timeout"),
    PLAIN("frame_max"),
    PLAIN("channel_max"),
    {"client_properties", "client_properties", COLUMN_ARGUMENTS},
    PLAIN("recv_oct"),
    PLAIN("recv_cnt"),
    PLAIN("send_oct"),
    PLAIN("send_cnt"),
    PLAIN("send_pend"),
    PLAIN("connected_at"),
};

static const struct column channel_columns[] = {
    {"pid", "name", COLUMN_NO_BLANKS},
    {"connection", "connection_details.name", COLUMN_NO_BLANKS},
    PLAIN("name"),
    PLAIN("number"),
    PLAIN("user"),
    PLAIN("vhost"),
    PLAIN("transactional"),
    PLAIN("confirm"),
    PLAIN("consumer_count"),
    PLAIN("messages_unacknowledged"),
    PLAIN("messages_uncommitted"),
    PLAIN("acks_uncommitted"),
    PLAIN("messages_unconfirmed"),
    PLAIN("prefetch_count"),
    PLAIN("global_prefetch_count"),
    WORD("state"),
};

static const struct column consumer_columns[] = {
    {"queue_name", "queue.name", COLUMN_PLAIN},
    {"channel_pid", "channel_details.name", COLUMN_NO_BLANKS},
    PLAIN("consumer_tag"),
    PLAIN("ack_required"),
    PLAIN("prefetch_count"),
    PLAIN("active"),
    PLAIN("activity_status"),
    {"arguments", "arguments", COLUMN_ARGUMENTS},
};

#define COLUMNS(table) .columns = table, .count = sizeof table / sizeof *table

static const struct listing queues = {
    .banner = "Listing queues for vhost %s ...",
    .path = "queues",
    .scope = LISTING_VHOST,
    .shown = "name messages",
    .streams = true,
    COLUMNS(queue_columns),
};

static const struct listing exchanges = {
    .banner = "Listing exchanges for vhost %s ...",
    .path = "exchanges",
    .scope = LISTING_VHOST,
    .shown = "name type",
    .streams = true,
    COLUMNS(exchange_columns),
};

static const struct listing bindings = {
    .banner = "Listing bindings for vhost %s...",
    .path = "bindings",
    .scope = LISTING_VHOST,
    .shown = "source_name source_kind destination_name destination_kind routing_key arguments",
    .streams = true,
    COLUMNS(binding_columns),
};

static const struct listing connections = {
    .banner = "Listing connections ...",
    .path = "connections",
    .scope = LISTING_ALL,
    .shown = "user peer_host peer_port state",
    .streams = true,
    COLUMNS(connection_columns),
};

static const struct listing channels = {
    .banner = "Listing channels ...",
    .path = "channels",
    .scope = LISTING_ALL,
    .shown = "pid user consumer_count messages_unacknowledged",
    .streams = true,
    COLUMNS(channel_columns),
};

static const struct listing consumers = {
    .banner = "Listing consumers in vhost %s ...",
    .path = "consumers",
    .scope = LISTING_VHOST,
    .shown = "queue_name channel_pid consumer_tag ack_required prefetch_count active arguments",
    .streams = true,
    COLUMNS(consumer_columns),
};

static int list_unresponsive_queues(struct run *run)
{
    run_banner(run, "Listing unresponsive queues for vhost %s ...", run_vhost(run));
    json_t *none = json_array();
    int exists = run_exists(run, http_path("vhosts", run_vhost(run), NULL));
    int code = exists < 0 ? -exists : listing_print(run, &queues, none);
    json_decref(none);
    return code;
}

#define COLUMNS_USAGE "[--vhost <vhost>] [--no-table-headers] [<column>, ...]"

static const struct command commands[] = {
    {.name = "list_queues",
     .usage = "[--vhost <vhost>] [--online] [--offline] [--local] [--no-table-headers] "
              "[<column>, ...] [--timeout <timeout>]",
     .help = "Lists queues and their properties",
     .options = "online offline local",
     .most = ANY_NUMBER,
     .run = listing_run,
     .listing = &queues},
    {.name = "list_exchanges",
     .usage = COLUMNS_USAGE,
     .help = "Lists exchanges",
     .most = ANY_NUMBER,
     .run = listing_run,
     .listing = &exchanges},
    {.name = "list_bindings",
     .usage = COLUMNS_USAGE,
     .help = "Lists all bindings on a vhost",
     .most = ANY_NUMBER,
     .run = listing_run,
     .listing = &bindings},
    {.name = "list_connections",
     .usage = "[--no-table-headers] [<column>, ...]",
     .help = "Lists AMQP 0.9.1 connections for the node",
     .most = ANY_NUMBER,
     .run = listing_run,
     .listing = &connections},
    {.name = "list_channels",
     .usage = "[--no-table-headers] [<column>, ...]",
     .help = "Lists all channels in the node",
     .most = ANY_NUMBER,
     .run = listing_run,
     .listing = &channels},
    {.name = "list_consumers",
     .usage = COLUMNS_USAGE,
     .help = "Lists all consumers for a vhost",
     .most = ANY_NUMBER,
     .run = listing_run,
     .listing = &consumers},
    {.name = "list_unresponsive_queues",
     .usage = "[--vhost <vhost>]",
     .help = "Lists queues that do not respond; there are never any here",
     .options = "queue-timeout= local all",
     .most = ANY_NUMBER,
     .run = list_unresponsive_queues,
     .listing = &queues},
};

const struct command_group group_lists = COMMAND_GROUP("Monitoring and observability", commands);
