#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/contexts.h"
#include "admin/descriptions.h"
#include "admin/handlers.h"
#include "admin/statistics.h"
#include "server/conn_view.h"
#include "server/tls.h"

/* Those that the settings give behind this prefix. */
static void write_tags(struct writer *w, const char *name, const struct setting_list *list)
{
    write_object(w, name);
    for (size_t i = 0; i < list->count; i++) {
        const char *key = list->items[i].name + strlen(name) + 1; // behind "cluster_tags."
        write_str(w, key, list->items[i].value);
    }
    write_end(w);
}

static void write_versions(struct writer *w, const struct api *api, bool disabled)
{
    static const char *const types[] = {"classic", "quorum", "stream"};
    const struct settings *settings = api->options.settings;
    write_str(w, "management_version", settings->product_version);
    write_str(w, "product_version", settings->product_version);
    write_str(w, "product_name", settings->product_name);
    write_str(w, "rabbitmq_version", settings->product_version);
    write_str(w, "rates_mode", statistics_rates_mode(api));
    write_text(w, "cluster_name", engine_cluster_name(api->options.engine));
    write_tags(w, "cluster_tags", &settings->cluster_tags);
    write_tags(w, "node_tags", &settings->node_tags);
    write_str(w, "erlang_version", "");
    write_str(w, "erlang_full_version", "Leveret " LEVERET_VERSION);
    write_str(w, "crypto_lib_version", tls_library());
    write_str(w, "release_series_support_status", "supported");
    write_truth(w, "disable_stats", disabled);
    write_truth(w, "is_op_policy_updating_enabled", true);
    write_truth(w, "enable_queue_totals", true);
    write_truth(w, "require_definition_json_extension", false);
    write_str(w, "default_queue_type", types[settings->default_queue_type]);
}

/* For how many seconds samples are kept: of the sums over all, and of single objects. */
static void write_retention(struct writer *w)
{
    static const uint64_t seconds[] = {600, 3600, 28800, 86400};
    static const struct {
        const char *name;
        size_t count;
    } rows[] = {{"global", 4}, {"basic", 2}, {"detailed", 0}};
    write_object(w, "sample_retention_policies");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_array(w, rows[i].name);
        for (size_t k = 0; k < rows[i].count; k++) {
            write_u64(w, NULL, seconds[k]);
        }
        write_end(w);
    }
    write_end(w);
}

/* All that there is and was; of what a user sees of it, for who does not monitor. */
static struct numbers numbers_seen(struct call *call)
{
    size_t count;
    if (call_may(call, RIGHT_MONITORING)) {
        return numbers_of_totals(call_broker(call));
    }
    struct numbers sum = {.at = {0}};
    struct vhost_view *views = view_vhosts(call_broker(call), &call->arena, &count);
    call_keep_visible(call, views, &count, sizeof *views);
    for (size_t i = 0; i < count; i++) {
        struct numbers more = numbers_of_vhost(&views[i]);
        for (int k = 0; k < NUMBER_COUNT; k++) {
            sum.at[k] += more.at[k];
        }
    }
    return sum;
}

/* Who does not monitor is told no rates: they are of all that happens. */
static void write_numbers(struct writer *w, struct call *call, const struct statistics *statistics)
{
    struct statistics own = *statistics;
    struct numbers numbers = numbers_seen(call);
    own.sampler = call_may(call, RIGHT_MONITORING) ? own.sampler : NULL;
    struct subject subject =
        subject_of(&own, &(struct sampled){.kind = NUMBERED_TOTALS}, &numbers, true);
    write_message_stats(w, &subject);
    write_churn_rates(w, &subject);
    write_object(w, "queue_totals");
    write_lengths(w, &subject);
    write_end(w);
}

static void write_object_totals(struct writer *w, const struct broker_counters *counters)
{
    write_object(w, "object_totals");
    write_u64(w, "connections", counters->connections);
    write_u64(w, "channels", counters->channels);
    write_u64(w, "consumers", counters->consumers);
    write_u64(w, "exchanges", counters->exchanges);
    write_u64(w, "queues", counters->queues);
    write_end(w);
}

/* What only who monitors may know of the node is left out for others, as in RabbitMQ. */
void on_overview(struct call *call)
{
    struct answer answer;
    const struct statistics *statistics = statistics_begin(call);
    if (!statistics) {
        return;
    }
    struct writer *w = answer_begin(&answer, call);
    bool disabled = statistics_disabled(call);
    write_object(w, NULL);
    write_versions(w, call->api, disabled);
    write_retention(w);
    write_exchange_types(w);
    if (!disabled) {
        write_numbers(w, call, statistics);
    }
    write_object_totals(w, broker_counters(call_broker(call)));
    write_u64(w, "statistics_db_event_queue", 0);
    if (call_may(call, RIGHT_MONITORING)) {
        write_str(w, "node", call->api->options.node);
        write_listeners(w, call);
        write_contexts(w, call->api, call->api->options.node);
    }
    write_end(w);
}

void on_version(struct call *call)
{
    struct answer answer;
    write_str(answer_begin(&answer, call), NULL, call_settings(call)->product_version);
}

void on_reset_of_node(struct call *call)
{
    if (call_is_here(call, call->arguments[0])) {
        on_nothing_to_do(call);
    }
}

/* What RabbitMQ's web pages load before they show anything. */
void on_extensions(struct call *call)
{
    struct answer answer;
    struct writer *w = answer_begin(&answer, call);
    write_array(w, NULL);
    write_object(w, NULL);
    write_str(w, "javascript", "dispatcher.js");
    write_end(w);
    write_end(w);
}

/* What there is one node, and no samples, for. */
void on_nothing_to_do(struct call *call)
{
    call->reply->status = HTTP_NO_CONTENT;
}
