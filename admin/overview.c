#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/descriptions.h"
#include "admin/handlers.h"
#include "admin/listeners.h"
#include "conf/settings_print.h"
#include "server/conn_view.h"

static void write_versions(struct writer *w, const struct api *api)
{
    static const char *const types[] = {"classic", "quorum", "stream"};
    const struct settings *settings = api->options.settings;
    write_str(w, "management_version", settings->product_version);
    write_str(w, "product_version", settings->product_version);
    write_str(w, "product_name", settings->product_name);
    write_str(w, "rabbitmq_version", settings->product_version);
    write_str(w, "rates_mode", "none");
    write_text(w, "cluster_name", engine_cluster_name(api->options.engine));
    write_str(w, "erlang_version", "");
    write_str(w, "erlang_full_version", "Leveret " LEVERET_VERSION);
    write_str(w, "release_series_support_status", "supported");
    write_truth(w, "disable_stats", false);
    write_truth(w, "is_op_policy_updating_enabled", true);
    write_truth(w, "enable_queue_totals", true);
    write_str(w, "default_queue_type", types[settings->default_queue_type]);
}

static void write_retention(struct writer *w)
{
    static const char *const names[] = {"global", "basic", "detailed"};
    write_object(w, "sample_retention_policies");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        write_array(w, names[i]);
        write_end(w);
    }
    write_end(w);
}

static void write_message_stats(struct writer *w, const struct broker_counters *counters)
{
    write_object(w, "message_stats");
    write_u64(w, "publish", counters->published);
    write_u64(w, "deliver_get", counters->delivered);
    write_u64(w, "ack", counters->settled);
    write_end(w);
}

static void write_totals(struct writer *w, const struct broker_counters *counters)
{
    write_object(w, "queue_totals");
    write_u64(w, "messages", counters->messages_ready + counters->messages_unsettled);
    write_u64(w, "messages_ready", counters->messages_ready);
    write_u64(w, "messages_unacknowledged", counters->messages_unsettled);
    write_end(w);
    write_object(w, "object_totals");
    write_u64(w, "connections", counters->connections);
    write_u64(w, "channels", counters->channels);
    write_u64(w, "consumers", counters->consumers);
    write_u64(w, "exchanges", counters->exchanges);
    write_u64(w, "queues", counters->queues);
    write_end(w);
}

static void write_listeners(struct writer *w, struct call *call)
{
    struct listening found[LISTENERS_MAX];
    size_t count = listeners_find(call, found);
    write_array(w, "listeners");
    for (size_t i = 0; i < count; i++) {
        write_object(w, NULL);
        write_str(w, "node", call->api->options.node);
        write_str(w, "protocol", found[i].protocol);
        write_text(w, "ip_address", found[i].address);
        write_u64(w, "port", found[i].port);
        write_object(w, "socket_opts");
        write_end(w);
        write_end(w);
    }
    write_end(w);
}

void write_contexts(struct writer *w, const struct api *api)
{
    write_array(w, "contexts");
    for (uint8_t i = 0; i < api->listener_count; i++) {
        write_object(w, NULL);
        write_array(w, "ssl_opts");
        write_end(w);
        write_str(w, "node", api->options.node);
        write_str(w, "description", "RabbitMQ Management");
        write_str(w, "path", "/");
        write_u64(w, "port", api->listeners[i].port);
        write_end(w);
    }
    write_end(w);
}

/* What only who monitors may know of the node is left out for others, as in RabbitMQ. */
void on_overview(struct call *call)
{
    struct answer answer;
    struct writer *w = answer_begin(&answer, call);
    const struct broker_counters *counters = broker_counters(call_broker(call));
    write_object(w, NULL);
    write_versions(w, call->api);
    write_retention(w);
    write_exchange_types(w);
    write_message_stats(w, counters);
    write_totals(w, counters);
    write_u64(w, "statistics_db_event_queue", 0);
    if (call_may(call, RIGHT_MONITORING)) {
        write_str(w, "node", call->api->options.node);
        write_listeners(w, call);
        write_contexts(w, call->api);
    }
    write_end(w);
}

/* Leveret's own: the settings as a file would have them, without passwords. */
void on_settings(struct call *call)
{
    struct answer answer;
    struct bytes text = {0};
    settings_print(call_settings(call), true, &text);
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_text(w, "settings", bytes_slice(&text));
    write_end(w);
    bytes_finish(&text);
}

/* A list of which there is nothing. */
static void answer_nothing(struct call *call)
{
    struct answer answer;
    struct writer *w = answer_begin(&answer, call);
    write_array(w, NULL);
    write_end(w);
}

void on_empty_list(struct call *call)
{
    answer_nothing(call);
}

void on_empty_list_in(struct call *call)
{
    answer_nothing(call);
}

void on_extensions(struct call *call)
{
    answer_nothing(call);
}

static void write_logins(struct writer *w, const char *protocol, const struct logins_view *logins)
{
    write_object(w, NULL);
    write_str(w, "protocol", protocol);
    write_u64(w, "auth_attempts", logins->attempts);
    write_u64(w, "auth_attempts_failed", logins->failed);
    write_u64(w, "auth_attempts_succeeded", logins->attempts - logins->failed);
    write_end(w);
}

void on_auth_attempts(struct call *call)
{
    struct answer answer;
    const struct api *api = call->api;
    if (!slice_eq(call->arguments[0],
                  (struct slice){(const uint8_t *)api->options.node, strlen(api->options.node)})) {
        reply_not_found(call->reply);
        return;
    }
    struct logins_view amqp = engine_view_logins(api->options.engine);
    struct logins_view http = {.attempts = api->attempts, .failed = api->attempts_failed};
    struct writer *w = answer_begin(&answer, call);
    write_array(w, NULL);
    write_logins(w, "amqp091", &amqp);
    write_logins(w, "http", &http);
    write_end(w);
}

/* What there is one node, and no samples, for. */
void on_nothing_to_do(struct call *call)
{
    call->reply->status = HTTP_NO_CONTENT;
}
