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

TestSuite(super_streams, .init = start, .fini = stop);

#define ASKED(status, line, body)                                                                  \
    cr_expect_eq(api_ask(&kit, "guest", line, body), status, "%s: %s", line, kit.text)
#define TEXT(expected) cr_expect_str_eq(kit.text, expected)
#define PUT_S "PUT /api/stream/super-streams/%2F/s"

Test(super_streams, are_an_exchange_with_streams_in_an_order)
{
    ASKED(201, PUT_S, "{\"partitions\":2,\"arguments\":{\"max-age\":\"1h\",\"other\":1}}");
    ASKED(200, "GET /api/exchanges/%2F/s?columns=type,durable,arguments", NULL);
    TEXT("{\"type\":\"direct\",\"durable\":true,\"arguments\":{\"x-super-stream\":true}}");
    ASKED(200, "GET /api/queues?columns=name,type,arguments", NULL);
    TEXT("[{\"name\":\"s-0\",\"type\":\"stream\",\"arguments\":{\"x-queue-type\":\"stream\","
         "\"x-max-age\":\"1h\"}},"
         "{\"name\":\"s-1\",\"type\":\"stream\",\"arguments\":{\"x-queue-type\":\"stream\","
         "\"x-max-age\":\"1h\"}}]");
    ASKED(200, "GET /api/exchanges/%2F/s/bindings/source?columns=routing_key,destination,arguments",
          NULL);
    TEXT("[{\"destination\":\"s-0\",\"routing_key\":\"0\",\"arguments\":"
         "{\"x-stream-partition-order\":0}},"
         "{\"destination\":\"s-1\",\"routing_key\":\"1\",\"arguments\":"
         "{\"x-stream-partition-order\":1}}]");
    ASKED(400, PUT_S, "{\"partitions\":1}");
    TEXT("{\"error\":\"bad_request\",\"reason\":\"there is already an exchange named s\"}");
}

Test(super_streams, have_partitions_for_keys_or_a_number_of_them)
{
    ASKED(400, PUT_S, "{}");
    ASKED(400, PUT_S, "{\"partitions\":1,\"binding-keys\":\"a\"}");
    ASKED(400, PUT_S, "{\"partitions\":0}");
    ASKED(400, PUT_S, "{\"partitions\":\"many\"}");
    ASKED(400, PUT_S, "{\"partitions\":1001}");
    TEXT("{\"error\":\"bad_request\",\"reason\":\"The partition number must not exceed 1000\"}");
    ASKED(400, PUT_S, "{\"binding-keys\":\" , \"}");
    ASKED(400, PUT_S, "{\"binding-keys\":\"a,a\"}");
    ASKED(400, PUT_S, "{\"binding-keys\":7}");
    ASKED(200, "GET /api/queues?columns=name", NULL);
    TEXT("[]");
    ASKED(201, PUT_S, "{\"binding-keys\":\"eu, us\"}");
    ASKED(200, "GET /api/queues?columns=name", NULL);
    TEXT("[{\"name\":\"s-eu\"},{\"name\":\"s-us\"}]");
}

Test(super_streams, that_cannot_be_leave_nothing_behind)
{
    ASKED(400, PUT_S, "{\"partitions\":2,\"arguments\":{\"max-age\":\"nonsense\"}}");
    ASKED(404, "GET /api/exchanges/%2F/s", NULL);
    ASKED(200, "GET /api/queues", NULL);
    TEXT("[]");
    api_kit_add_user(&kit, "m", "management"); // who may not
    cr_expect_eq(api_ask(&kit, "m", PUT_S, "{\"partitions\":1}"), 401);
}
