#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"

/* What RabbitMQ 3.13 calls deprecated. All of it is permitted, as it is there, but for queues that
 * the settings may deny. */

struct feature {
    const char *name;
    const char *topic; // behind ANNOUNCEMENTS
    const char *provided_by;
};

enum { MIRRORING, GLOBAL_QOS, METRICS, RAM_NODES, TRANSIENT_QUEUES, FEATURE_COUNT };

#define ANNOUNCEMENTS "https://blog.rabbitmq.com/posts/2021/08/4.0-deprecation-announcements/#"

static const struct feature features[] = {
    [MIRRORING] = {"classic_queue_mirroring", "removal-of-classic-queue-mirroring", "rabbit"},
    [GLOBAL_QOS] = {"global_qos", "removal-of-global-qos", "rabbit"},
    [METRICS] = {"management_metrics_collection",
                 "disable-metrics-delivery-via-the-management-api--ui",
                 "rabbitmq_management_agent"},
    [RAM_NODES] = {"ram_node_type", "removal-of-ram-nodes", "rabbit"},
    [TRANSIENT_QUEUES] = {"transient_nonexcl_queues", "removal-of-transient-non-exclusive-queues",
                          "rabbit"},
};

static void write_feature(struct writer *w, const struct feature *feature, bool permitted)
{
    struct text url = {.len = 0};
    text_add_str(&url, ANNOUNCEMENTS);
    text_add_str(&url, feature->topic);
    write_object(w, NULL);
    write_str(w, "name", feature->name);
    write_str(w, "desc", "");
    write_str(w, "deprecation_phase", "permitted_by_default");
    write_str(w, "state", permitted ? "permitted" : "denied");
    write_text(w, "doc_url", text_slice(&url));
    write_str(w, "provided_by", feature->provided_by);
    write_end(w);
}

/* Of what cannot be told whether it is used RabbitMQ says that it is not. */
static uint64_t used(const struct broker_counters *counters, int feature)
{
    switch (feature) {
    case MIRRORING:
        return counters->mirror_policies;
    case GLOBAL_QOS:
        return counters->limited_channels;
    case TRANSIENT_QUEUES:
        return counters->transient_queues;
    default:
        return 0;
    }
}

static void answer_features(struct call *call, bool all)
{
    struct answer answer;
    struct writer *w = answer_begin(&answer, call);
    write_array(w, NULL);
    for (int i = 0; i < FEATURE_COUNT; i++) {
        if (all || used(broker_counters(call_broker(call)), i) > 0) {
            bool denied =
                i == TRANSIENT_QUEUES && !call_settings(call)->permit_transient_nonexcl_queues;
            write_feature(w, &features[i], !denied);
        }
    }
    write_end(w);
}

void on_deprecated_features(struct call *call)
{
    answer_features(call, true);
}

void on_deprecated_features_used(struct call *call)
{
    answer_features(call, false);
}
