#include "tests/unit/admin/api_kit.h"

static struct api_kit kit;

static void publish(const char *body)
{
    cr_assert_eq(api_ask(&kit, "guest", "POST /api/exchanges/%2F/amq.default/publish", body), 200);
}

static void setup(void)
{
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "q");
    publish("{\"properties\":{\"type\":\"t\",\"headers\":{\"h\":1}},\"routing_key\":\"q\","
            "\"payload\":\"first\",\"payload_encoding\":\"string\"}");
    publish("{\"properties\":{},\"routing_key\":\"q\",\"payload\":\"second\","
            "\"payload_encoding\":\"string\"}");
    publish("{\"properties\":{},\"routing_key\":\"q\",\"payload\":\"/wA=\","
            "\"payload_encoding\":\"base64\"}");
}

static void teardown(void)
{
    api_kit_stop(&kit);
}

TestSuite(peek_messages, .init = setup, .fini = teardown);

#define MESSAGES "GET /api/leveret/queues/%2F/q/messages/"

static void expect(const char *line, const char *answer)
{
    cr_expect_eq(api_ask(&kit, "guest", line, NULL), 200, "%s", line);
    cr_expect_str_eq(kit.text, answer, "%s: %s", line, kit.text);
}

Test(peek_messages, shows_a_message_as_if_it_had_been_got)
{
    expect(MESSAGES "1", "{\"payload_bytes\":5,\"redelivered\":false,\"delivery_count\":0,"
                         "\"exchange\":\"\",\"routing_key\":\"q\",\"message_count\":2,"
                         "\"properties\":{\"headers\":{\"h\":1},\"type\":\"t\"},"
                         "\"payload\":\"first\",\"payload_encoding\":\"string\"}");
    expect(MESSAGES "2?columns=payload,message_count",
           "{\"message_count\":1,\"payload\":\"second\"}");
    expect(MESSAGES "3?columns=payload,payload_bytes,payload_encoding",
           "{\"payload_bytes\":2,\"payload\":\"/wA=\",\"payload_encoding\":\"base64\"}");
}

Test(peek_messages, shows_as_much_as_is_asked_for)
{
    expect(MESSAGES "2?truncate=3&columns=payload,payload_bytes",
           "{\"payload_bytes\":6,\"payload\":\"sec\"}");
    expect(MESSAGES "2?encoding=base64&columns=payload", "{\"payload\":\"c2Vjb25k\"}");
    expect(MESSAGES "2?encoding=auto&columns=payload", "{\"payload\":\"second\"}");
    cr_expect_eq(api_ask(&kit, "guest", MESSAGES "2?encoding=hex", NULL), 400);
    cr_expect_eq(api_ask(&kit, "guest", MESSAGES "2?truncate=-1", NULL), 400);
}

Test(peek_messages, says_what_is_not_there)
{
    static const char *const positions[] = {"0", "-1", "x", "4", "99999999999999999999", "1e0"};
    char line[100];
    for (size_t i = 0; i < sizeof positions / sizeof *positions; i++) {
        snprintf(line, sizeof line, "%s%s", MESSAGES, positions[i]);
        cr_expect_eq(api_ask(&kit, "guest", line, NULL), 400, "%s", line);
    }
    api_ask(&kit, "guest", MESSAGES "4", NULL);
    cr_expect_str_eq(kit.text, "{\"error\":\"bad_request\",\"reason\":\"Target queue does not have "
                               "a message at that position\"}");
    cr_expect_eq(api_ask(&kit, "guest", "GET /api/leveret/queues/%2F/none/messages/1", NULL), 404);
    cr_expect_eq(api_ask(&kit, "guest", "GET /api/leveret/queues/none/q/messages/1", NULL), 404);
}

Test(peek_messages, changes_nothing)
{
    static const char queue[] = "GET /api/queues/%2F/q?columns=messages,messages_ready,"
                                "message_stats.get,message_stats.deliver_get";
    static char before[sizeof kit.text];
    api_ask(&kit, "guest", queue, NULL);
    snprintf(before, sizeof before, "%s", kit.text);
    for (int i = 0; i < 5; i++) {
        expect(MESSAGES "1?columns=redelivered,payload",
               "{\"redelivered\":false,\"payload\":\"first\"}");
    }
    api_ask(&kit, "guest", queue, NULL);
    cr_expect_str_eq(kit.text, before);
}

Test(peek_messages, needs_the_right_to_read)
{
    cr_expect_eq(api_ask(&kit, NULL, MESSAGES "1", NULL), 401);
    cr_expect_eq(api_ask(&kit, "guest", "PUT /api/permissions/%2F/guest",
                         "{\"configure\":\".*\",\"write\":\".*\",\"read\":\"\"}"),
                 204);
    cr_expect_eq(api_ask(&kit, "guest", MESSAGES "1", NULL), 401);
}
