#include "server/policy_settings.h"

#include <criterion/criterion.h>

#include "amqp/table.h"
#include "broker/broker.h"
#include "broker/policy.h"
#include "broker/vhost.h"
#include "conf/format.h"
#include "conf/settings.h"

/* The policies that these settings ("key", "value", ..., NULL) make in virtual host "/". */
struct site {
    struct settings *settings;
    struct broker *broker;
    struct vhost *vhost;
    struct effects fx;
    bool done;
};

static struct site site_new(const char *const *pairs)
{
    struct findings findings = {0};
    struct site site = {.settings = settings_new()};
    for (; *pairs; pairs += 2) {
        cr_assert(settings_set(site.settings, format_slice(pairs[0]), format_slice(pairs[1]),
                               (struct setting_origin){SOURCE_FILE, "test", 1}, &findings));
    }
    findings_finish(&findings);
    site.broker = broker_new(&(struct broker_options){.message_size_max = 1024});
    broker_add_vhost(site.broker, SLICE("/"), &site.fx);
    site.vhost = broker_find_vhost(site.broker, SLICE("/"));
    site.done = policy_settings_apply(site.broker, site.settings, &site.fx);
    return site;
}

static void site_free(struct site *site)
{
    effects_free(&site->fx);
    broker_free(site->broker);
    settings_free(site->settings);
}

#define SITE(...) site_new((const char *const[]){__VA_ARGS__, NULL})

static const struct policy *found(const struct site *site, enum policy_kind kind, const char *name)
{
    const struct policy *policy =
        policies_find(broker_policies(site->vhost, kind), format_slice(name));
    cr_assert(policy, "no policy %s: %s", name, site->fx.error.ptr);
    return policy;
}

static int64_t number(const struct policy *policy, const char *key)
{
    struct field_value value;
    cr_assert(table_get(policy->definition, format_slice(key), &value), "no %s", key);
    return value.integer;
}

Test(policy_settings, make_a_policy_of_its_lines)
{
    struct site site =
        SITE("policies.short.pattern", "^q", "policies.short.priority", "-3",
             "policies.short.apply_to", "classic_queues", "policies.short.definition.max-length",
             "10", "policies.short.definition.overflow", "reject-publish", "policies.b.pattern",
             ".*", "policies.b.definition.expires", "5");
    cr_assert(site.done, "%s", site.fx.error.ptr);
    const struct policy *policy = found(&site, POLICY_OF_USERS, "short");
    cr_expect(slice_eq(policy->source, SLICE("^q")));
    cr_expect_eq(policy->priority, -3);
    cr_expect_eq(policy->apply, POLICY_CLASSIC_QUEUES);
    cr_expect_eq(number(policy, "max-length"), 10);
    cr_expect_eq(number(found(&site, POLICY_OF_USERS, "b"), "expires"), 5);
    site_free(&site);
}

Test(policy_settings, names_may_look_like_numbers_and_numbers_may_be_negative)
{
    struct field_value value;
    struct site site = SITE("policies.p.pattern", ".", "policies.p.definition.dead-letter-exchange",
                            "2024", "policies.p.definition.dead-letter-routing-key", "5k",
                            "policies.p.definition.delivery-limit", "-1");
    cr_assert(site.done, "%s", site.fx.error.ptr);
    const struct policy *policy = found(&site, POLICY_OF_USERS, "p");
    cr_assert(table_get(policy->definition, SLICE("dead-letter-exchange"), &value));
    cr_expect(value.type == 'S' && slice_eq(value.bytes, SLICE("2024")));
    cr_assert(table_get(policy->definition, SLICE("dead-letter-routing-key"), &value));
    cr_expect(value.type == 'S' && slice_eq(value.bytes, SLICE("5k")));
    cr_expect_eq(number(policy, "delivery-limit"), -1);
    site_free(&site);
}

Test(policy_settings, make_operator_policies)
{
    struct site site = SITE("operator_policies.o.pattern", "x", "operator_policies.o.vhost", "/",
                            "operator_policies.o.definition.message-ttl", "7");
    cr_assert(site.done, "%s", site.fx.error.ptr);
    cr_expect_eq(number(found(&site, POLICY_OF_OPERATORS, "o"), "message-ttl"), 7);
    site_free(&site);
}

Test(policy_settings, know_rabbitmqs_default_policies)
{
    struct site site = SITE("default_policies.operator.a.vhost_pattern", "/",
                            "default_policies.operator.a.queue_pattern", "^big",
                            "default_policies.operator.a.max_length_bytes", "1MB",
                            "default_policies.operator.b.vhost_pattern", "^none$",
                            "default_policies.operator.b.queue_pattern", ".*",
                            "default_policies.operator.b.expires", "1");
    cr_assert(site.done, "%s", site.fx.error.ptr);
    const struct policy *policy = found(&site, POLICY_OF_OPERATORS, "a");
    cr_expect_eq(number(policy, "max-length-bytes"), 1000000);
    cr_expect_null(policies_find(broker_policies(site.vhost, POLICY_OF_OPERATORS), SLICE("b")));
    site_free(&site);
}

Test(policy_settings, that_are_not_valid_are_refused_with_the_reason)
{
    static const char *const wrong[][5] = {
        {"policies.p.pattern", "(", "policies.p.definition.expires", "1", NULL},
        {"policies.p.pattern", ".", "policies.p.definition.expires", "0", NULL},
        {"policies.p.pattern", ".", "policies.p.colour", "0", NULL},
        {"policies.p.pattern", ".", "policies.p.priority", "high", NULL},
        {"policies.p.vhost", "none", "policies.p.definition.expires", "1", NULL},
        {"policies.p.apply_to", "cats", "policies.p.definition.expires", "1", NULL},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct site site = site_new(wrong[i]);
        cr_expect_not(site.done, "row %zu", i);
        cr_expect(strncmp(site.fx.error.ptr, "policy 'p': ", 12) == 0, "%s", site.fx.error.ptr);
        site_free(&site);
    }
}

Test(policy_settings, with_a_pattern_they_hold_in_all_virtual_hosts_that_fit)
{
    struct site site = SITE("default_policies.operator.p.vhost_pattern", "^v",
                            "default_policies.operator.p.max_length", "5");
    broker_add_vhost(site.broker, SLICE("v1"), &site.fx);
    broker_add_vhost(site.broker, SLICE("v2"), &site.fx);
    cr_assert(policy_settings_apply(site.broker, site.settings, &site.fx));
    cr_assert_null(policies_find(broker_policies(site.vhost, POLICY_OF_OPERATORS), SLICE("p")));
    for (int i = 0; i < 2; i++) {
        site.vhost = broker_find_vhost(site.broker, i ? SLICE("v1") : SLICE("v2"));
        cr_assert_eq(number(found(&site, POLICY_OF_OPERATORS, "p"), "max-length"), 5);
    }
    site_free(&site);
}
