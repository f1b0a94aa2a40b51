#include "broker/channel.h"
#include "server/deputy.h"
#include "tests/unit/admin/api_kit.h"

static struct api_kit kit;

static void start(void)
{
    api_kit_start(&kit);
}

static void stop(void)
{
    api_kit_stop(&kit);
}

TestSuite(deprecated, .init = start, .fini = stop);

#define ASKED(status, line, body)                                                                  \
    cr_expect_eq(api_ask(&kit, "guest", line, body), status, "%s: %s", line, kit.text)
#define USED(expected)                                                                             \
    ASKED(200, "GET /api/deprecated-features/used?columns=name", NULL);                            \
    cr_expect_str_eq(kit.text, expected)

Test(deprecated, features_are_those_of_rabbitmq)
{
    ASKED(200, "GET /api/deprecated-features?columns=name,state", NULL);
    cr_expect_str_eq(kit.text, "[{\"name\":\"classic_queue_mirroring\",\"state\":\"permitted\"},"
                               "{\"name\":\"global_qos\",\"state\":\"permitted\"},"
                               "{\"name\":\"management_metrics_collection\",\"state\":"
                               "\"permitted\"},"
                               "{\"name\":\"ram_node_type\",\"state\":\"permitted\"},"
                               "{\"name\":\"transient_nonexcl_queues\",\"state\":\"permitted\"}]");
    api_kit_set(&kit, "deprecated_features.permit.transient_nonexcl_queues", "false");
    ASKED(200, "GET /api/deprecated-features", NULL);
    cr_expect(strstr(kit.text, "\"state\":\"denied\""), "%s", kit.text);
}

Test(deprecated, queues_that_are_neither_durable_nor_exclusive_are_told)
{
    USED("[]");
    ASKED(201, "PUT /api/queues/%2F/durable", "{\"durable\":true}");
    USED("[]");
    ASKED(201, "PUT /api/queues/%2F/t", "{}");
    USED("[{\"name\":\"transient_nonexcl_queues\"}]");
    ASKED(204, "DELETE /api/queues/%2F/t", NULL);
    USED("[]");
}

Test(deprecated, policies_that_ask_for_mirrors_are_told)
{
    static const char mirrors[] = "{\"pattern\":\"\",\"definition\":{\"ha-mode\":\"all\"}}";
    static const char none[] = "{\"pattern\":\"\",\"definition\":{\"max-length\":1}}";
    ASKED(201, "PUT /api/policies/%2F/p", mirrors);
    USED("[{\"name\":\"classic_queue_mirroring\"}]");
    ASKED(204, "PUT /api/policies/%2F/p", mirrors);
    ASKED(204, "PUT /api/policies/%2F/p", none);
    USED("[]");
    ASKED(201, "PUT /api/vhosts/v", "{}");
    ASKED(201, "PUT /api/policies/v/p", mirrors);
    USED("[{\"name\":\"classic_queue_mirroring\"}]");
    ASKED(204, "DELETE /api/vhosts/v", NULL);
    USED("[]");
}

static void limit_all(struct deputy *op, uint16_t count, bool global)
{
    struct amqp_basic_qos args = {.prefetch_count = count, .global = global};
    cr_assert_eq(broker_basic_qos(op->channel, &args, op->fx), AMQP_OK);
}

static uint64_t limited(void)
{
    return broker_counters(kit.broker)->limited_channels;
}

Test(deprecated, channels_with_a_limit_for_all_consumers_are_counted)
{
    struct deputy op;
    deputy_begin(&op, kit.engine, 0);
    cr_assert_eq(deputy_open(&op, SLICE("guest"), SLICE("/")), AMQP_OK);
    limit_all(&op, 5, true);
    limit_all(&op, 6, true);
    cr_expect_eq(limited(), 1);
    limit_all(&op, 7, false);
    cr_expect_eq(limited(), 0);
    limit_all(&op, 8, true);
    cr_expect_eq(limited(), 1);
    deputy_end(&op);
    cr_expect_eq(limited(), 0);
}
