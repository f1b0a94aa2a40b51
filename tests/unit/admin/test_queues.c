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

TestSuite(queues, .init = setup, .fini = teardown);

Test(queues, a_quorum_queue_has_a_leader_who_is_all_of_its_members)
{
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q",
                         "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"quorum\"}}"),
                 201);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues/%2F/q", NULL), 200);
    json_t *queue = api_json(&kit);
    json_t *node = json_object_get(queue, "node");
    cr_assert(json_equal(json_object_get(queue, "leader"), node));
    cr_assert_eq(json_array_size(json_object_get(queue, "members")), 1);
    cr_assert(json_equal(json_array_get(json_object_get(queue, "members"), 0), node));
    cr_assert(json_equal(json_object_get(queue, "online"), json_object_get(queue, "members")));
    json_decref(queue);
}

Test(queues, a_classic_queue_has_no_replicas)
{
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q", "{}"), 201);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues/%2F/q", NULL), 200);
    json_t *queue = api_json(&kit);
    cr_assert(!json_object_get(queue, "leader") && !json_object_get(queue, "members"));
    json_decref(queue);
}
