#include "tests/unit/admin/api_kit.h"

static struct api_kit kit;

static void setup(void)
{
    api_kit_start(&kit);
}

static void teardown(void)
{
    api_kit_stop(&kit);
}

TestSuite(descriptions, .init = setup, .fini = teardown);

Test(descriptions, a_feature_flag_that_there_is_can_be_enabled)
{
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/feature-flags/quorum_queue/enable", "{}"), 204);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/feature-flags/nosuch/enable", "{}"), 400);
    json_t *answer = api_json(&kit);
    cr_assert_str_eq(json_string_value(json_object_get(answer, "reason")), "unsupported");
    json_decref(answer);
}

/* Whether the node says that the mechanism may be used. */
static bool is_enabled(const char *mechanism)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/nodes/rabbit@here", NULL), 200);
    json_t *node = api_json(&kit);
    size_t i, found = 0, enabled = 0;
    json_t *item;
    json_array_foreach(json_object_get(node, "auth_mechanisms"), i, item)
    {
        bool same = strcmp(json_string_value(json_object_get(item, "name")), mechanism) == 0;
        found += same;
        enabled += same && json_is_true(json_object_get(item, "enabled"));
    }
    cr_assert_eq(found, 1);
    json_decref(node);
    return enabled;
}

Test(descriptions, a_mechanism_is_enabled_if_it_is_offered)
{
    cr_expect(is_enabled("PLAIN") && is_enabled("AMQPLAIN") && is_enabled("EXTERNAL"));
    cr_expect_not(is_enabled("ANONYMOUS"));
    api_kit_set(&kit, "auth_mechanisms.1", "ANONYMOUS");
    cr_expect(is_enabled("ANONYMOUS"));
    cr_expect_not(is_enabled("PLAIN"));
}

Test(descriptions, nobody_needs_a_login_to_learn_how_to_log_in)
{
    cr_assert_eq(api_ask(&kit, NULL, "GET /api/auth", NULL), 200);
    cr_assert_str_eq(kit.text, "{\"oauth_enabled\":false}");
}
