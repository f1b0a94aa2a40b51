#include "server/reset.h"

#include <criterion/criterion.h>

#include "base/arena.h"
#include "broker/broker.h"
#include "broker/parameter.h"
#include "broker/user.h"
#include "broker/vhost.h"
#include "broker/view.h"
#include "conf/settings.h"
#include "server/bootstrap.h"
#include "server/deputy.h"
#include "server/engine.h"

/* A broker in use: a virtual host with a queue, a user and a parameter besides those of the
 * settings. */
struct site {
    struct settings *settings;
    struct broker *broker;
    struct engine *engine;
};

static struct site site_new(void)
{
    struct site site = {.settings = settings_new()};
    struct deputy op;
    struct user user = {.name = SLICE("ann"), .tags = SLICE("administrator")};
    struct parameter parameter = {.name = SLICE("p"), .value = SLICE("1")};
    struct amqp_queue_declare queue = {.queue = SLICE("q"), .durable = true};
    site.broker = broker_new(&(struct broker_options){.message_size_max = 1024});
    site.engine =
        engine_new(&(struct engine_options){.broker = site.broker, .mechanisms = SLICE("PLAIN")});
    deputy_begin(&op, site.engine, 1000);
    broker_add_vhost(site.broker, SLICE("v"), op.fx);
    broker_put_user(site.broker, &user, op.fx);
    cr_assert_eq(broker_put_parameter(site.broker, &parameter, op.fx), AMQP_OK);
    cr_assert_eq(deputy_open_trusted(&op, SLICE("ann"), SLICE("v")), AMQP_OK);
    cr_assert_eq(broker_queue_declare(op.channel, &queue, op.fx), AMQP_OK);
    deputy_end(&op);
    return site;
}

static void site_free(struct site *site)
{
    engine_free(site->engine);
    broker_free(site->broker);
    settings_free(site->settings);
}

static bool reset(struct site *site)
{
    uint64_t after;
    struct text error = {.len = 0};
    const struct bootstrap_options nothing_comes = {.users_come = false};
    struct reset_options options = {.engine = site->engine,
                                    .broker = site->broker,
                                    .settings = site->settings,
                                    .come = &nothing_comes,
                                    .now_ms = 2000};
    return reset_broker(&options, &after, &error);
}

Test(reset, what_was_there_is_gone_and_the_settings_hold)
{
    struct site site = site_new();
    struct arena arena = {0};
    size_t count;
    cr_assert(reset(&site));
    const struct vhost_view *vhosts = view_vhosts(site.broker, &arena, &count);
    cr_assert_eq(count, 1);
    cr_assert(slice_eq(vhosts[0].name, SLICE("/")));
    const struct user_view *users = view_users(site.broker, &arena, &count);
    cr_assert_eq(count, 1);
    cr_assert(slice_eq(users[0].user.name, SLICE("guest")));
    view_global_parameters(site.broker, &arena, &count);
    cr_assert_eq(count, 0);
    cr_assert_eq(broker_counters(site.broker)->queues, 0);
    arena_finish(&arena);
    site_free(&site);
}

Test(reset, a_second_one_changes_nothing)
{
    struct site site = site_new();
    struct arena arena = {0};
    size_t count;
    cr_assert(reset(&site));
    cr_assert(reset(&site));
    view_permissions(site.broker, &(struct view_scope){.arena = &arena}, &count);
    cr_assert_eq(count, 1);
    arena_finish(&arena);
    site_free(&site);
}
