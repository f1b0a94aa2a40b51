#include "server/vhost_defaults.h"

#include <criterion/criterion.h>

#include "broker/broker.h"
#include "broker/count_limits.h"
#include "broker/policy.h"
#include "broker/vhost.h"
#include "broker/view.h"
#include "conf/format.h"
#include "conf/settings.h"
#include "server/auth.h"

struct site {
    struct settings *settings;
    struct broker *broker;
    struct effects fx;
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
    return site;
}

#define SITE(...) site_new((const char *const[]){__VA_ARGS__, NULL})

static void site_free(struct site *site)
{
    effects_free(&site->fx);
    broker_free(site->broker);
    settings_free(site->settings);
}

static bool add(struct site *site, const char *name)
{
    broker_add_vhost(site->broker, format_slice(name), &site->fx);
    return vhost_defaults_apply(site->broker, site->settings, format_slice(name), &site->fx);
}

static int64_t limit(const struct site *site, const char *vhost, enum vhost_limit which)
{
    return broker_vhost_limit(site->broker, format_slice(vhost), which);
}

static size_t permissions_in(const struct site *site, const char *vhost)
{
    struct arena arena = {0};
    struct view_scope scope = {.vhost = format_slice(vhost), .arena = &arena};
    size_t count;
    view_permissions(site->broker, &scope, &count);
    arena_finish(&arena);
    return count;
}

Test(vhost_defaults, limits_are_those_of_the_first_pattern_that_fits)
{
    struct site site = SITE(
        "default_limits.vhosts.1.pattern", "^device", "default_limits.vhosts.1.max_connections",
        "10", "default_limits.vhosts.1.max_queues", "20", "default_limits.vhosts.2.max_queues",
        "30", "default_limits.vhosts.2.pattern", "^dev");
    cr_assert(add(&site, "device1"));
    cr_assert(add(&site, "dev"));
    cr_assert(add(&site, "other"));
    cr_assert_eq(limit(&site, "device1", VHOST_MAX_CONNECTIONS), 10);
    cr_assert_eq(limit(&site, "device1", VHOST_MAX_QUEUES), 20);
    cr_assert_eq(limit(&site, "dev", VHOST_MAX_CONNECTIONS), LIMIT_NONE);
    cr_assert_eq(limit(&site, "dev", VHOST_MAX_QUEUES), 30);
    cr_assert_eq(limit(&site, "other", VHOST_MAX_QUEUES), LIMIT_NONE);
    site_free(&site);
}

Test(vhost_defaults, users_get_permissions_and_keep_their_passwords)
{
    struct site site =
        SITE("default_users.otto.password", "o", "default_users.otto.vhost_pattern", "^sh");
    struct user otto;
    cr_assert(add(&site, "other"));
    cr_assert_not(broker_find_user(site.broker, SLICE("otto"), &otto));
    cr_assert(add(&site, "shop"));
    cr_assert(broker_find_user(site.broker, SLICE("otto"), &otto));
    cr_assert(password_matches(otto.hashing, otto.password_hash, SLICE("o")));
    broker_put_user(site.broker,
                    &(struct user){.name = SLICE("otto"), .password_hash = SLICE("another")},
                    &site.fx);
    cr_assert(add(&site, "shed"));
    broker_find_user(site.broker, SLICE("otto"), &otto);
    cr_assert(slice_eq(otto.password_hash, SLICE("another")));
    cr_assert_eq(permissions_in(&site, "shop"), 1);
    cr_assert_eq(permissions_in(&site, "shed"), 1);
    cr_assert_eq(permissions_in(&site, "other"), 0);
    site_free(&site);
}

Test(vhost_defaults, operator_policies_hold_where_the_pattern_fits)
{
    struct site site =
        SITE("default_policies.operator.p.vhost_pattern", "^v",
             "default_policies.operator.p.max_length", "5", "policies.elsewhere.pattern", ".*",
             "policies.elsewhere.vhost", "w", "policies.elsewhere.definition.max-length", "1");
    cr_assert(add(&site, "v1"), "%s", site.fx.error.ptr);
    cr_assert(add(&site, "x"));
    struct vhost *there = broker_find_vhost(site.broker, SLICE("v1"));
    struct vhost *elsewhere = broker_find_vhost(site.broker, SLICE("x"));
    cr_assert(policies_find(broker_policies(there, POLICY_OF_OPERATORS), SLICE("p")));
    cr_assert_null(policies_find(broker_policies(there, POLICY_OF_USERS), SLICE("elsewhere")));
    cr_assert_null(policies_find(broker_policies(elsewhere, POLICY_OF_OPERATORS), SLICE("p")));
    site_free(&site);
}

Test(vhost_defaults, what_is_wrong_is_told)
{
    struct site site = SITE("default_limits.vhosts.1.max_queues", "many");
    cr_assert_not(add(&site, "v"));
    cr_assert_str_eq(site.fx.error.ptr, "default_limits: 'many' is not a limit");
    site_free(&site);
    site = SITE("default_limits.vhosts.1.pattern", "(");
    cr_assert_not(add(&site, "v"));
    cr_assert(site.fx.error.len > 0);
    site_free(&site);
}

Test(vhost_defaults, users_are_not_made_if_something_else_is_wrong)
{
    struct user user;
    struct site site = SITE("default_users.old.password", "x", "default_users.otto.password", "o",
                            "default_users.wrong.read", "(");
    broker_put_user(site.broker, &(struct user){.name = SLICE("old")}, &site.fx);
    cr_assert_not(add(&site, "v"));
    cr_assert(broker_find_user(site.broker, SLICE("old"), &user));
    cr_assert_not(broker_find_user(site.broker, SLICE("otto"), &user));
    cr_assert_not(broker_find_user(site.broker, SLICE("wrong"), &user));
    cr_assert(site.fx.error.len > 0);
    site_free(&site);
}
