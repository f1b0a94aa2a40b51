#include "admin/descriptions.h"

#include "admin/answer.h"
#include "admin/handlers.h"
#include "conf/format.h"
#include "conf/settings.h"
#include "ctl/plugin_names.h"

/* D(name, description) */
#define EXCHANGE_TYPES(D)                                                                          \
    D("direct", "AMQP direct exchange, as per the AMQP specification")                             \
    D("fanout", "AMQP fanout exchange, as per the AMQP specification")                             \
    D("headers", "AMQP headers exchange, as per the AMQP specification")                           \
    D("topic", "AMQP topic exchange, as per the AMQP specification")                               \
    D("x-consistent-hash", "Consistent Hashing Exchange")                                          \
    D("x-delayed-message", "Delayed Message Exchange.")                                            \
    D("x-local-random", "Picks one random local binding (queue) to route via (to).")               \
    D("x-modulus-hash", "Modulus Hashing Exchange")                                                \
    D("x-random", "Randomly picks a binding (queue) to route via (to).")                           \
    D("x-recent-history", "Recent History Exchange.")

#define AUTH_MECHANISMS(D)                                                                         \
    D("PLAIN", "SASL PLAIN authentication mechanism")                                              \
    D("AMQPLAIN", "QPid AMQPLAIN mechanism")                                                       \
    D("ANONYMOUS", "SASL ANONYMOUS authentication mechanism")                                      \
    D("EXTERNAL", "TLS peer verification using SASL EXTERNAL mechanism")

/* The feature flags of RabbitMQ 3.13 whose features are there. */
#define FEATURE_FLAGS(D)                                                                           \
    D("classic_mirrored_queue_version", "Support setting version for classic mirrored queues")     \
    D("direct_exchange_routing_v2", "v2 direct exchange routing implementation")                   \
    D("drop_unroutable_metric", "Count unroutable publishes to be dropped in stats")               \
    D("empty_basic_get_metric", "Count AMQP `basic.get` on empty queues in stats")                 \
    D("feature_flags_v2", "Feature flags subsystem V2")                                            \
    D("implicit_default_bindings",                                                                 \
      "Default bindings are now implicit, instead of being stored in the database")                \
    D("maintenance_mode_status", "Maintenance mode status")                                        \
    D("quorum_queue", "Support queues of type `quorum`")                                           \
    D("user_limits", "Configure connection and channel limits for a user")                         \
    D("virtual_host_metadata", "Virtual host metadata (description, tags, etc)")

struct description {
    const char *name;
    const char *text;
};

static void write_description(struct writer *w, const struct description *item, bool enabled)
{
    write_object(w, NULL);
    write_str(w, "name", item->name);
    write_str(w, "description", item->text);
    write_truth(w, "enabled", enabled);
    write_end(w);
}

#define D(name, text) {name, text},

void write_exchange_types(struct writer *w)
{
    static const struct description items[] = {EXCHANGE_TYPES(D)};
    write_array(w, "exchange_types");
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        write_description(w, &items[i], true);
    }
    write_end(w);
}

/* EXTERNAL is offered to whoever has a certificate that was verified, the others by the settings.
 */
static bool is_offered(const struct settings *settings, const char *mechanism)
{
    const struct setting_list *list = &settings->auth_mechanisms;
    bool offered = strcmp(mechanism, "EXTERNAL") == 0;
    for (size_t i = 0; i < list->count && !offered; i++) {
        offered = strcmp(list->items[i].value, mechanism) == 0;
    }
    return offered;
}

void write_auth_mechanisms(struct writer *w, const struct settings *settings)
{
    static const struct description items[] = {AUTH_MECHANISMS(D)};
    write_array(w, "auth_mechanisms");
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        write_description(w, &items[i], is_offered(settings, items[i].name));
    }
    write_end(w);
}

#undef D

#define P(name, built_in) {name, built_in},

static const struct {
    const char *name;
    bool built_in;
} plugins[] = {PLUGINS(P)};
#undef P

enum { PLUGIN_COUNT = sizeof plugins / sizeof *plugins };

void write_enabled_plugins(struct writer *w)
{
    write_array(w, "enabled_plugins");
    for (size_t i = 0; i < PLUGIN_COUNT; i++) {
        if (plugins[i].built_in) {
            write_str(w, NULL, plugins[i].name);
        }
    }
    write_end(w);
}

static void write_application(struct writer *w, const char *name, const char *text,
                              const char *version)
{
    write_object(w, NULL);
    write_str(w, "name", name);
    write_str(w, "description", text);
    write_str(w, "version", version);
    write_end(w);
}

/* What stands for a program or plugin of RabbitMQ has the version of the RabbitMQ that is told. */
void write_applications(struct writer *w, const struct settings *settings)
{
    write_array(w, "applications");
    write_application(w, "leveret", "Leveret", LEVERET_VERSION);
    write_application(w, "rabbit", "RabbitMQ", settings->product_version);
    for (size_t i = 0; i < PLUGIN_COUNT; i++) {
        if (plugins[i].built_in) {
            write_application(w, plugins[i].name, "built in", settings->product_version);
        }
    }
    write_end(w);
}

#define D(name, text) {name, text},

/* How the web UI logs in: not with OAuth. */
void on_auth(struct call *call)
{
    struct answer answer;
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_truth(w, "oauth_enabled", false);
    write_end(w);
}

/* Every flag that there is is enabled. */
void on_feature_flag_enable(struct call *call)
{
    static const struct description items[] = {FEATURE_FLAGS(D)};
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        if (slice_eq(call->arguments[0], format_slice(items[i].name))) {
            call->reply->status = HTTP_NO_CONTENT;
            return;
        }
    }
    reply_bad_request(call->reply, SLICE("unsupported"));
}

/* The plugin that RabbitMQ has it in. */
static const char *provider_of(const char *flag)
{
    return strstr(flag, "_metric") ? "rabbitmq_management_agent" : "rabbit";
}

void on_feature_flags(struct call *call)
{
    static const struct description items[] = {FEATURE_FLAGS(D)};
    struct answer answer;
    struct writer *w = answer_begin(&answer, call);
    write_array(w, NULL);
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        write_object(w, NULL);
        write_str(w, "name", items[i].name);
        write_str(w, "desc", items[i].text);
        write_str(w, "doc_url", "");
        write_str(w, "state", "enabled");
        write_str(w, "stability", "stable");
        write_str(w, "provided_by", provider_of(items[i].name));
        write_end(w);
    }
    write_end(w);
}
#undef D
