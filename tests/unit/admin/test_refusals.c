#include "tests/unit/admin/api_kit.h"

#include <stdio.h>

/* A request that is refused has changed nothing: neither what there is, nor part of it. */

static struct api_kit kit;
static char before[sizeof kit.text];

static void start(void)
{
    api_kit_start(&kit);
    api_kit_add_user(&kit, "u", "management");
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/user-limits/u/max-channels", "{\"value\":3}"),
                 204);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/vhosts/v", "{\"tags\":\"a\"}"), 201);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/vhost-limits/v/max-queues", "{\"value\":3}"),
                 204);
}

static void stop(void)
{
    api_kit_stop(&kit);
}

TestSuite(refusals, .init = start, .fini = stop);

static void remember(void)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/definitions", NULL), 200);
    memcpy(before, kit.text, sizeof before);
}

static void expect_refused(const char *line, const char *body)
{
    remember();
    unsigned status = api_ask(&kit, "guest", line, body);
    cr_expect(status == 400 || status == 404, "%s %s: %u", line, body, status);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/definitions", NULL), 200);
    cr_expect_str_eq(kit.text, before, "%s %s", line, body);
}

Test(refusals, of_a_user_leave_no_user)
{
    static const char *const bodies[] = {
        "{\"password\":\"p\"}",
        "{\"password\":\"p\",\"tags\":7}",
        "{\"password\":7,\"tags\":\"\"}",
        "{\"password_hash\":7,\"tags\":\"\"}",
        "{\"password_hash\":\"x\",\"tags\":\"\"}",
        "{\"password\":\"p\",\"password_hash\":\"AAAA\",\"tags\":\"\"}",
        "{\"password\":\"p\",\"hashing_algorithm\":\"nope\",\"tags\":\"\"}",
        "{\"password\":\"p\",\"tags\":\"x\",\"limits\":7}",
        "{\"password\":\"p\",\"tags\":\"x\",\"limits\":{\"nope\":1}}",
        "{\"password\":\"p\",\"tags\":\"x\",\"limits\":{\"max-channels\":5,\"nope\":1}}",
        "{\"password\":\"p\",\"tags\":\"x\",\"limits\":{\"max-channels\":\"5\"}}",
        "[]",
        "{",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        expect_refused("PUT /api/users/new", bodies[i]);
        expect_refused("PUT /api/users/u", bodies[i]); // who keeps tags, password and limits
    }
    cr_assert_eq(api_ask(&kit, "u", "GET /api/whoami", NULL), 200);
}

Test(refusals, of_a_virtual_host_leave_no_virtual_host)
{
    static const char *const bodies[] = {
        "{\"tracing\":\"x\"}",
        "{\"tracing\":true,\"tags\":7}",
        "{\"tracing\":true,\"description\":7}",
        "{\"tracing\":true,\"default_queue_type\":\"nope\"}",
    };
    static char text[5000], body[sizeof text + 100];
    memset(text, 'x', sizeof text - 1);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        expect_refused("PUT /api/vhosts/new", bodies[i]);
        expect_refused("PUT /api/vhosts/v", bodies[i]);
    }
    snprintf(body, sizeof body, "{\"description\":\"%s\"}", text);
    expect_refused("PUT /api/vhosts/new", body);
    expect_refused("PUT /api/vhosts/v", body);
    snprintf(body, sizeof body, "{\"tags\":\"%s\"}", text);
    expect_refused("PUT /api/vhosts/new", body);
}

Test(refusals, of_what_the_settings_say_of_new_virtual_hosts_leave_none_and_no_users)
{
    api_kit_set(&kit, "default_users.otto.password", "o");
    api_kit_set(&kit, "default_users.otto.vhost_pattern", "^new");
    api_kit_set(&kit, "default_users.wrong.password", "w");
    api_kit_set(&kit, "default_users.wrong.configure", "(");
    expect_refused("PUT /api/vhosts/new", "{}");
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/users/otto", NULL), 404);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/users/wrong", NULL), 404);
}

Test(refusals, of_other_things_change_nothing)
{
    static const char *const requests[][2] = {
        {"PUT /api/parameters/vhost-limits/v/limits",
         "{\"value\":{\"max-connections\":1,\"nope\":1}}"},
        {"PUT /api/parameters/vhost-limits/v/limits",
         "{\"value\":{\"max-connections\":1,\"max-queues\":\"x\"}}"},
        {"PUT /api/permissions/v/u", "{\"configure\":\"a\",\"write\":\"b\",\"read\":\"(\"}"},
        {"PUT /api/topic-permissions/v/u", "{\"exchange\":\"a\",\"write\":\"b\",\"read\":\"(\"}"},
        {"PUT /api/policies/v/p", "{\"pattern\":\"(\",\"definition\":{\"max-length\":1}}"},
        {"PUT /api/policies/v/p", "{\"pattern\":\"a\",\"definition\":{\"max-length\":1,\"x\":1}}"},
        {"POST /api/users/bulk-delete", "{\"users\":[\"u\",\"nobody\"]}"},
        {"POST /api/bindings/v/e/amq.direct/q/nope", "{\"routing_key\":\"x\"}"},
        {"PUT /api/queues/v/q", "{\"durable\":true,\"arguments\":{\"x-max-length\":\"x\"}}"},
        {"PUT /api/exchanges/v/e", "{\"durable\":true,\"type\":\"nope\"}"},
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        expect_refused(requests[i][0], requests[i][1]);
    }
}

Test(refusals, of_definitions_with_a_mistake_in_them_import_nothing)
{
#define GOOD                                                                                       \
    "{\"users\":[{\"name\":\"new\",\"password\":\"p\",\"tags\":\"\"}],\"vhosts\":[{\"name\":"      \
    "\"new\"}],"                                                                                   \
    "\"queues\":[{\"name\":\"q\",\"vhost\":\"v\"}],"
    static const char *const bodies[] = {
        GOOD "\"bindings\":7}",
        GOOD "\"bindings\":[7]}",
        GOOD "\"bindings\":[{\"vhost\":\"nope\"}]}",
        GOOD "\"bindings\":[{\"vhost\":\"v\",\"arguments\":7}]}",
        GOOD "\"exchanges\":[{\"vhost\":\"v\",\"name\":\"e\",\"durable\":\"x\"}]}",
        GOOD "\"policies\":[{\"vhost\":\"v\",\"name\":\"p\",\"pattern\":\"(\",\"definition\":{}}]}",
        GOOD "\"policies\":[{\"vhost\":\"v\",\"name\":\"p\",\"pattern\":\"\",\"definition\":{\"x\":"
             "1}}]}",
        GOOD "\"permissions\":[{\"vhost\":\"new\",\"user\":\"nobody\"}]}",
        GOOD "\"permissions\":[{\"vhost\":\"nope\",\"user\":\"new\"}]}",
        GOOD "\"permissions\":[{\"vhost\":\"new\",\"user\":\"new\",\"read\":\"(\"}]}",
        GOOD "\"permissions\":[{\"vhost\":\"new\",\"user\":\"new\",\"read\":7}]}",
        GOOD "\"topic_permissions\":[{\"vhost\":\"new\",\"user\":\"new\",\"read\":\"(\"}]}",
        GOOD
        "\"parameters\":[{\"vhost\":\"v\",\"component\":\"nope\",\"name\":\"x\",\"value\":1}]}",
        GOOD "\"parameters\":[{\"vhost\":\"v\",\"component\":\"vhost-limits\",\"name\":\"limits\","
             "\"value\":{\"nope\":1}}]}",
        GOOD "\"parameters\":[{\"vhost\":\"v\",\"component\":\"operator_policy\",\"name\":\"x\","
             "\"value\":{}}]}",
        GOOD "\"global_parameters\":[{\"name\":\"cluster_name\",\"value\":7}]}",
        GOOD "\"global_parameters\":[{\"name\":\"x\"}]}",
        GOOD "\"parameters\":[{\"vhost\":\"nope\",\"component\":\"shovel\",\"name\":\"x\"}]}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        expect_refused("POST /api/definitions", bodies[i]);
    }
    cr_assert_eq(api_ask(&kit, "guest", "POST /api/definitions",
                         GOOD "\"permissions\":[{\"vhost\":\"new\",\"user\":\"new\"}]}"),
                 204, "%s", kit.text);
#undef GOOD
}

Test(refusals, of_bindings_to_nothing_are_not_a_mistake_of_definitions)
{
    cr_assert_eq(
        api_ask(&kit, "guest", "POST /api/definitions",
                "{\"bindings\":[{\"vhost\":\"v\",\"source\":\"nope\",\"destination\":\"nope\","
                "\"destination_type\":\"queue\",\"routing_key\":\"\"}],"
                "\"queues\":[{\"name\":\"q\",\"vhost\":\"v\"}]}"),
        204, "%s", kit.text);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues/v/q", NULL), 200);
}
