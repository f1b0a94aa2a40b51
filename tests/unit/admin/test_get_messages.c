#include "tests/unit/admin/api_kit.h"

#include "conf/format.h"

enum { PAYLOAD = 900 * 1024, MESSAGES = 30 };

static struct api_kit kit;

static void setup(void)
{
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "q");
}

static void teardown(void)
{
    api_kit_stop(&kit);
}

TestSuite(get_messages, .init = setup, .fini = teardown);

static void publish_much(void)
{
    struct bytes body = {0};
    bytes_add(&body, SLICE("{\"properties\":{},\"routing_key\":\"q\",\"payload_encoding\":"
                           "\"string\",\"payload\":\""));
    memset(bytes_reserve(&body, PAYLOAD), 'x', PAYLOAD);
    body.len += PAYLOAD;
    bytes_add(&body, SLICE("\"}"));
    bytes_add_u8(&body, '\0');
    for (int i = 0; i < MESSAGES; i++) {
        cr_assert_eq(api_ask(&kit, "guest", "POST /api/exchanges/%2F/amq.default/publish",
                             (const char *)body.ptr),
                     200);
    }
    bytes_finish(&body);
}

Test(get_messages, an_answer_has_an_end_however_large_messages_are)
{
    json_error_t error;
    struct request request = {
        .method = HTTP_POST,
        .target = SLICE("/api/queues/%2F/q/get"),
        .authorization = SLICE("Basic Z3Vlc3Q6Z3Vlc3Q="),
        .body = SLICE("{\"count\":30,\"ackmode\":\"ack_requeue_false\",\"encoding\":\"auto\"}"),
        .now_ms = 2000,
        .loopback = true};
    publish_much();
    reply_finish(&kit.reply);
    kit.reply = (struct reply){.status = 0};
    api_answer(kit.api, &request, &kit.reply);
    cr_assert_eq(kit.reply.status, 200);
    json_t *list = json_loadb((const char *)kit.reply.body.ptr, kit.reply.body.len, 0, &error);
    cr_assert_eq(json_array_size(list), 19); // the one that goes beyond 16 MiB is the last
    json_decref(list);
    reply_finish(&kit.reply);
    kit.reply = (struct reply){.status = 0};
    api_answer(kit.api, &request, &kit.reply); // the others are still there
    list = json_loadb((const char *)kit.reply.body.ptr, kit.reply.body.len, 0, &error);
    cr_assert_eq(json_array_size(list), MESSAGES - 19);
    json_decref(list);
}

Test(get_messages, quorum_queues_tell_how_often_a_message_came_back)
{
    static const char line[] = "POST /api/queues/%2F/quorum/get?columns=properties";
    static const char again[] =
        "{\"count\":1,\"ackmode\":\"ack_requeue_true\",\"encoding\":\"auto\"}";
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/quorum",
                         "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"quorum\"}}"),
                 201);
    cr_assert_eq(api_ask(&kit, "guest", "POST /api/exchanges/%2F/amq.default/publish",
                         "{\"properties\":{},\"routing_key\":\"quorum\",\"payload\":\"x\","
                         "\"payload_encoding\":\"string\"}"),
                 200);
    cr_assert_eq(api_ask(&kit, "guest", line, again), 200);
    cr_expect_null(strstr(kit.text, "x-delivery-count"));
    cr_assert_eq(api_ask(&kit, "guest", line, again), 200);
    cr_expect_not_null(strstr(kit.text, "\"headers\":{\"x-delivery-count\":1}"), "%s", kit.text);
}

Test(get_messages, the_older_form_says_whether_they_are_put_back)
{
    static const char line[] = "POST /api/queues/%2F/q/get";
    static const char length[] = "GET /api/queues/%2F/q?columns=messages";
    cr_assert_eq(api_ask(&kit, "guest", "POST /api/exchanges/%2F/amq.default/publish",
                         "{\"properties\":{},\"routing_key\":\"q\",\"payload\":\"x\","
                         "\"payload_encoding\":\"string\"}"),
                 200);
    cr_expect_eq(
        api_ask(&kit, "guest", line, "{\"count\":1,\"requeue\":true,\"encoding\":\"auto\"}"), 200);
    api_ask(&kit, "guest", length, NULL);
    cr_expect_str_eq(kit.text, "{\"messages\":1}");
    cr_expect_eq(
        api_ask(&kit, "guest", line, "{\"count\":1,\"requeue\":false,\"encoding\":\"auto\"}"), 200);
    api_ask(&kit, "guest", length, NULL);
    cr_expect_str_eq(kit.text, "{\"messages\":0}");
    cr_expect_eq(api_ask(&kit, "guest", line, "{\"count\":1,\"requeue\":7,\"encoding\":\"auto\"}"),
                 400);
}
