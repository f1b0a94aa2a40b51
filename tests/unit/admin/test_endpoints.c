#include "tests/unit/admin/api_kit.h"

#include <stdio.h>
#include <string.h>

/* Endpoints that there is little to say of, and how paths and bodies are read. */

static struct api_kit kit;

static void start(void)
{
    api_kit_start(&kit);
}

static void stop(void)
{
    api_kit_stop(&kit);
}

TestSuite(endpoints, .init = start, .fini = stop);

#define ASKED(status, line, body)                                                                  \
    cr_expect_eq(api_ask(&kit, "guest", line, body), status, "%s: %s", line, kit.text)
#define TEXT(expected) cr_expect_str_eq(kit.text, expected)

Test(endpoints, health_checks_of_one_node_are_ok)
{
    static const char *const paths[] = {
        "metadata-store/initialized",
        "metadata-store/initialized/with-data",
        "reached-target-cluster-size",
        "quorum-queues-without-elected-leaders/all-vhosts",
        "quorum-queues-without-elected-leaders/all-vhosts/",
        "quorum-queues-without-elected-leaders/all-vhosts/pattern/.*",
        "quorum-queues-without-elected-leaders/vhost/%2F",
        "quorum-queues-without-elected-leaders/vhost/%2F/pattern/.*",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char line[100];
        snprintf(line, sizeof line, "GET /api/health/checks/%s", paths[i]);
        ASKED(200, line, NULL);
        TEXT("{\"status\":\"ok\"}");
    }
}

Test(endpoints, tell_whether_another_connection_is_let_in)
{
    ASKED(200, "GET /api/health/checks/below-node-connection-limit", NULL);
    TEXT("{\"status\":\"ok\",\"current\":0,\"limit\":\"infinity\"}");
    api_kit_set(&kit, "connection_max", "0");
    ASKED(503, "GET /api/health/checks/below-node-connection-limit", NULL);
    TEXT("{\"status\":\"failed\",\"reason\":\"node connection limit is reached\",\"current\":0,"
         "\"limit\":0}");
}

Test(endpoints, a_form_with_a_right_password_is_a_login)
{
    cr_expect_eq(api_ask(&kit, NULL, "POST /api/login", "username=guest&password=guest"), 200);
    TEXT("\"ok\"");
    cr_expect_eq(api_ask(&kit, NULL, "POST /api/login", "username=guest&password=x"), 401);
    TEXT("{\"error\":\"not_authorized\",\"reason\":\"Login failed\"}");
    cr_expect_gt(kit.reply.delay_ms, 0); // it is slowed and counted as any other
    cr_expect_eq(api_ask(&kit, NULL, "POST /api/login", "username=guest"), 401);
    cr_expect_eq(api_ask(&kit, NULL, "POST /api/login", ""), 401);
    cr_expect_eq(api_ask(&kit, NULL, "POST /api/login", "username=%zz"), 400);
    cr_expect_eq(api_ask(&kit, NULL, "GET /api/login", NULL), 405);
}

Test(endpoints, a_hash_is_one_of_the_password)
{
    char body[300];
    ASKED(200, "GET /api/auth/hash_password/se%20cret", NULL);
    json_t *answer = api_json(&kit);
    snprintf(body, sizeof body, "{\"tags\":\"\",\"password_hash\":\"%s\"}",
             json_string_value(json_object_get(answer, "ok")));
    cr_assert_eq(strlen(json_string_value(json_object_get(answer, "ok"))), 48);
    json_decref(answer);
    ASKED(201, "PUT /api/users/u", body);
}

Test(endpoints, a_node_tells_what_its_memory_is_used_for)
{
    ASKED(200, "GET /api/nodes/rabbit@here/memory", NULL);
    json_t *answer = api_json(&kit);
    const json_t *memory = json_object_get(answer, "memory");
    const json_t *total = json_object_get(memory, "total");
    json_int_t binary = json_integer_value(json_object_get(memory, "binary"));
    json_int_t other = json_integer_value(json_object_get(memory, "other_system"));
    cr_expect_gt(other, 0);
    cr_expect_eq(binary + other, json_integer_value(json_object_get(total, "rss")));
    json_decref(answer);
    ASKED(200, "GET /api/nodes/rabbit@here/memory/relative?columns=memory.total", NULL);
    TEXT("{\"memory\":{\"total\":100}}");
    ASKED(200,
          "GET /api/nodes/rabbit@here/memory?columns=memory.metadata_store,"
          "memory.metadata_store_ets",
          NULL);
    TEXT("{\"memory\":{\"metadata_store\":0,\"metadata_store_ets\":0}}");
    ASKED(200, "GET /api/nodes/rabbit@here?memory=true&columns=memory.strategy", NULL);
    TEXT("{\"memory\":{\"strategy\":\"rss\"}}");
    ASKED(200, "GET /api/nodes/rabbit@here?columns=memory", NULL);
    TEXT("{}");
    ASKED(404, "GET /api/nodes/other@host/memory", NULL);
    ASKED(404, "GET /api/nodes/other@host/memory/relative", NULL);
}

/* Checks of Nagios take the two for a share of what is used up. */
Test(endpoints, a_node_has_not_used_up_its_processes)
{
    ASKED(200, "GET /api/nodes/rabbit@here?columns=proc_used,proc_total", NULL);
    json_t *answer = api_json(&kit);
    cr_expect_eq(json_integer_value(json_object_get(answer, "proc_used")), 1);
    cr_expect_gt(json_integer_value(json_object_get(answer, "proc_total")), 1);
    json_decref(answer);
}

Test(endpoints, the_web_pages_of_rabbitmq_learn_what_to_load)
{
    ASKED(200, "GET /api/extensions", NULL);
    TEXT("[{\"javascript\":\"dispatcher.js\"}]");
}

Test(endpoints, a_node_tells_what_is_free_on_its_disk)
{
    ASKED(200, "GET /api/nodes/rabbit@here?columns=disk_free,disk_free_limit", NULL);
    json_t *answer = api_json(&kit);
    cr_expect_gt(json_integer_value(json_object_get(answer, "disk_free")), 0);
    cr_expect(json_is_integer(json_object_get(answer, "disk_free_limit")));
    json_decref(answer);
}

Test(endpoints, what_runs_already_is_started_without_ado)
{
    ASKED(204, "POST /api/vhosts/%2F/start/rabbit@here", "{}");
    ASKED(404, "POST /api/vhosts/nope/start/rabbit@here", "{}");
    ASKED(404, "POST /api/vhosts/%2F/start/other@host", "{}");
    ASKED(204, "PUT /api/feature-flags/quorum_queue/enable", "{}");
    ASKED(400, "PUT /api/feature-flags/nope/enable", "{}");
    ASKED(204, "DELETE /api/reset/rabbit@here", NULL);
    ASKED(404, "DELETE /api/reset/other@host", NULL);
    ASKED(200, "GET /api/version", NULL);
}

Test(endpoints, a_word_of_a_path_is_not_a_name)
{
    ASKED(405, "GET /api/users/bulk-delete", NULL);
    ASKED(405, "DELETE /api/users/without-permissions", NULL);
    ASKED(200, "GET /api/users/without-permissions", NULL);
    ASKED(405, "DELETE /api/queues/detailed", NULL);
}

Test(endpoints, topic_permissions_of_one_exchange_are_told)
{
    ASKED(201, "PUT /api/topic-permissions/%2F/guest",
          "{\"exchange\":\"amq.topic\",\"write\":\"a\",\"read\":\"b\"}");
    ASKED(204, "PUT /api/topic-permissions/%2F/guest",
          "{\"exchange\":\"e\",\"write\":\"a\",\"read\":\"b\"}");
    ASKED(200, "GET /api/topic-permissions/%2F/guest/e?columns=exchange", NULL);
    TEXT("[{\"exchange\":\"e\"}]");
    ASKED(200, "GET /api/topic-permissions/%2F/guest?columns=exchange", NULL);
    TEXT("[{\"exchange\":\"amq.topic\"},{\"exchange\":\"e\"}]");
}

Test(endpoints, texts_are_texts)
{
    static const char *const requests[][2] = {
        {"PUT /api/permissions/%2F/guest", "{\"configure\":7,\"write\":\"\",\"read\":\"\"}"},
        {"PUT /api/permissions/%2F/guest", "{\"configure\":\"\",\"write\":null,\"read\":\"\"}"},
        {"PUT /api/topic-permissions/%2F/guest", "{\"exchange\":7,\"write\":\"\",\"read\":\"\"}"},
        {"PUT /api/policies/%2F/p", "{\"pattern\":7,\"definition\":{\"max-length\":1}}"},
        {"PUT /api/exchanges/%2F/e", "{\"type\":7}"},
        {"POST /api/bindings/%2F/e/amq.topic/e/amq.direct", "{\"routing_key\":7}"},
        {"POST /api/exchanges/%2F/amq.topic/publish",
         "{\"properties\":{},\"routing_key\":\"\",\"payload\":7,\"payload_encoding\":\"string\"}"},
        {"POST /api/users/bulk-delete", "{}"},
        {"POST /api/users/bulk-delete", "{\"users\":\"guest\"}"},
        {"POST /api/definitions",
         "{\"permissions\":[{\"user\":\"guest\",\"vhost\":\"/\",\"configure\":1,\"write\":\"\","
         "\"read\":\"\"}]}"},
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        ASKED(400, requests[i][0], requests[i][1]);
    }
    ASKED(400, "PUT /api/policies/%2F/p",
          "{\"pattern\":\"\",\"priority\":\"x\",\"definition\":{\"max-length\":1}}");
    TEXT("{\"error\":\"bad_request\",\"reason\":\"Validation failed\\n\\n"
         "priority should be a number, actually was <<\\\"x\\\">>\\n\"}");
}

Test(endpoints, pages_are_of_names_in_any_case_and_have_numbers_above_0)
{
    api_kit_add_queue(&kit, "Orders");
    ASKED(200, "GET /api/queues?page=1&name=%5Eord&use_regex=true&columns=item_count", NULL);
    cr_expect(strstr(kit.text, "\"filtered_count\":1"), "%s", kit.text);
    ASKED(400, "GET /api/queues?page=-1", NULL);
    TEXT("{\"error\":\"invalid_pagination_parameters\",\"reason\":"
         "\"Invalid pagination parameters: page number -1, page size undefined\"}");
    ASKED(400, "GET /api/queues?page=1&page_size=-5", NULL);
    TEXT("{\"error\":\"invalid_pagination_parameters\",\"reason\":"
         "\"Invalid pagination parameters: page number 1, page size -5\"}");
}
