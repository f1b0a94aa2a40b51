#include "server/bootstrap.h"

#include <criterion/criterion.h>

#include "broker/broker.h"
#include "broker/session.h"
#include "broker/vhost.h"
#include "conf/format.h"
#include "conf/settings.h"
#include "server/auth.h"

/* A broker that was set up by these settings ("key", "value", ..., NULL). */
struct site {
    struct settings *settings;
    struct broker *broker;
    struct auth *auth;
    struct effects fx;
    bool done;
};

static struct site site_with(const char *const *pairs, struct bootstrap_options options)
{
    struct findings findings = {0};
    struct site site = {.settings = settings_new()};
    for (; *pairs; pairs += 2) {
        cr_assert(settings_set(site.settings, format_slice(pairs[0]), format_slice(pairs[1]),
                               (struct setting_origin){SOURCE_FILE, "test", 1}, &findings));
    }
    findings_finish(&findings);
    site.broker = broker_new(&(struct broker_options){.message_size_max = 1024});
    site.auth = auth_new(site.broker);
    site.done = bootstrap(site.broker, site.settings, &options, &site.fx);
    bootstrap_loopback_users(site.auth, site.settings);
    return site;
}

static struct site site_new(const char *const *pairs)
{
    return site_with(pairs, (struct bootstrap_options){.users_come = false});
}

static void site_free(struct site *site)
{
    effects_free(&site->fx);
    auth_free(site->auth);
    broker_free(site->broker);
    settings_free(site->settings);
}

static bool may_log_in(const struct site *site, struct slice user, struct slice password)
{
    struct authenticator by = auth_authenticator(site->auth);
    return by.password_matches(by.context, user, password);
}

static bool may_enter(const struct site *site, struct slice user, struct slice vhost)
{
    struct effects fx = {0};
    struct session *session = NULL;
    bool entered =
        broker_open_session(site->broker,
                            &(struct session_options){.conn = 1, .user = user, .vhost = vhost},
                            &session, &fx) == AMQP_OK;
    if (entered) {
        session_close(session, &fx);
    }
    effects_free(&fx);
    return entered;
}

Test(bootstrap, makes_guest_and_the_root_vhost)
{
    struct site site = site_new((const char *[]){NULL});
    struct user guest;
    cr_assert(site.done);
    cr_assert(broker_find_user(site.broker, SLICE("guest"), &guest));
    cr_assert(slice_eq(guest.tags, SLICE("administrator")));
    cr_assert(may_log_in(&site, SLICE("guest"), SLICE("guest")));
    cr_assert(may_enter(&site, SLICE("guest"), SLICE("/")));
    site_free(&site);
}

Test(bootstrap, makes_the_user_and_the_vhost_of_the_settings)
{
    struct site site = site_new(
        (const char *[]){"default_user", "anna", "default_pass", "pw", "default_vhost", "shop",
                         "default_user_tags.monitoring", "true", "default_user_tags.impersonator",
                         "true", "default_user_tags.administrator", "false", NULL});
    struct user anna;
    cr_assert(site.done);
    cr_assert(broker_find_user(site.broker, SLICE("anna"), &anna));
    cr_assert(slice_eq(anna.tags, SLICE("monitoring,impersonator")));
    cr_assert(may_log_in(&site, SLICE("anna"), SLICE("pw")));
    cr_assert(may_enter(&site, SLICE("anna"), SLICE("shop")));
    cr_assert(!broker_find_user(site.broker, SLICE("guest"), &anna));
    cr_assert_null(broker_find_vhost(site.broker, SLICE("/")));
    site_free(&site);
}

Test(bootstrap, makes_further_users_where_their_pattern_fits)
{
    struct site site = site_new((const char *[]){
        "default_vhost", "shop", "default_users.otto.password", "o", "default_users.otto.tags",
        "management", "default_users.otto.vhost_pattern", "^sh", "default_users.eva.password", "e",
        "default_users.eva.vhost_pattern", "^other$", NULL});
    struct user otto;
    cr_assert(site.done);
    cr_assert(broker_find_user(site.broker, SLICE("otto"), &otto));
    cr_assert(slice_eq(otto.tags, SLICE("management")));
    cr_assert(may_log_in(&site, SLICE("otto"), SLICE("o")));
    cr_assert(may_enter(&site, SLICE("otto"), SLICE("shop")));
    cr_assert(!may_enter(&site, SLICE("eva"), SLICE("shop")));
    site_free(&site);
}

Test(bootstrap, makes_no_user_where_others_come)
{
    struct user user;
    struct site site =
        site_with((const char *[]){NULL}, (struct bootstrap_options){.users_come = true});
    cr_assert(site.done);
    cr_assert_not(broker_find_user(site.broker, SLICE("guest"), &user));
    cr_assert(broker_find_vhost(site.broker, SLICE("/")));
    site_free(&site);
    site = site_with((const char *[]){NULL},
                     (struct bootstrap_options){.users_come = true, .vhosts_come = true});
    cr_assert_null(broker_find_vhost(site.broker, SLICE("/")));
    site_free(&site);
    site = site_with((const char *[]){NULL}, (struct bootstrap_options){.vhosts_come = true});
    cr_assert(may_enter(&site, SLICE("guest"), SLICE("/")));
    site_free(&site);
}

Test(bootstrap, keeps_guest_on_the_loopback_interface_unless_told_otherwise)
{
    struct site site = site_new((const char *[]){NULL});
    struct authenticator by = auth_authenticator(site.auth);
    cr_assert(!by.remote_allowed(by.context, SLICE("guest")));
    site_free(&site);
    site = site_new(
        (const char *[]){"loopback_users.guest", "false", "loopback_users.anna", "true", NULL});
    by = auth_authenticator(site.auth);
    cr_assert(by.remote_allowed(by.context, SLICE("guest")));
    cr_assert(!by.remote_allowed(by.context, SLICE("anna")));
    site_free(&site);
}

Test(bootstrap, says_which_permission_is_not_an_expression)
{
    struct site site = site_new((const char *[]){"default_permissions.write", "(", NULL});
    cr_assert(!site.done);
    cr_assert_not_null(strstr(site.fx.error.ptr, "user 'guest'"), "%s", site.fx.error.ptr);
    site_free(&site);
}
