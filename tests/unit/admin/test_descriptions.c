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
