#include <stdio.h>

#include "broker/user.h"
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

TestSuite(api, .init = start, .fini = stop);

Test(api, who_does_not_log_in_is_asked_to)
{
    cr_assert_eq(api_ask(&kit, NULL, "GET /api/whoami", NULL), 401);
    cr_assert(kit.reply.challenge);
    cr_assert_str_empty(kit.text);
}

Test(api, who_is_not_known_is_refused)
{
    cr_assert_eq(api_ask(&kit, "nobody", "GET /api/whoami", NULL), 401);
    cr_assert_str_eq(kit.text, "{\"error\":\"not_authorized\",\"reason\":\"Login failed\"}");
}

Test(api, a_user_without_a_tag_may_not_manage)
{
    api_kit_add_user(&kit, "client", "");
    cr_assert_eq(api_ask(&kit, "client", "GET /api/whoami", NULL), 401);
    cr_assert_str_eq(kit.text, "{\"error\":\"not_authorised\",\"reason\":\"Not management user\"}");
}

Test(api, the_second_request_costs_no_password_hash)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/whoami", NULL), 200);
    cr_assert_eq(kit.passwords, 1);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/overview", NULL), 200);
    cr_assert_eq(kit.passwords, 1);
}

Test(api, a_changed_password_is_asked_for_again)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/whoami", NULL), 200);
    api_kit_add_user(&kit, "other", "management");
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/whoami", NULL), 200);
    cr_assert_eq(kit.passwords, 1);
    struct effects fx = {0};
    struct user user = {.name = SLICE("guest"),
                        .password_hash = SLICE("another hash"),
                        .tags = SLICE("administrator")};
    broker_put_user(kit.broker, &user, &fx);
    effects_free(&fx);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/whoami", NULL), 200);
    cr_assert_eq(kit.passwords, 2);
}

Test(api, a_user_whose_tags_change_loses_rights_at_once)
{
    api_kit_add_user(&kit, "boss", "administrator");
    cr_assert_eq(api_ask(&kit, "boss", "GET /api/users", NULL), 200);
    api_kit_add_user(&kit, "boss", "monitoring");
    cr_assert_eq(api_ask(&kit, "boss", "GET /api/users", NULL), 401);
}

Test(api, a_path_that_is_not_there_is_not_found_before_anybody_logs_in)
{
    cr_assert_eq(api_ask(&kit, NULL, "GET /api/nope", NULL), 404);
    cr_assert_str_eq(kit.text, "{\"error\":\"Object Not Found\",\"reason\":\"Not Found\"}");
    cr_assert_eq(api_ask(&kit, NULL, "GET /api/../../etc/passwd", NULL), 404);
    cr_assert_eq(api_ask(&kit, NULL, "GET //api/queues", NULL), 404);
}

Test(api, a_malformed_escape_is_a_bad_request)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues/%zz", NULL), 400);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues/%2", NULL), 400);
}

Test(api, another_method_is_told_which_there_are)
{
    cr_assert_eq(api_ask(&kit, NULL, "PUT /api/overview", NULL), 405);
    cr_assert(slice_eq(bytes_slice(&kit.reply.allow), SLICE("HEAD, GET, OPTIONS")));
    cr_assert_eq(api_ask(&kit, NULL, "OPTIONS /api/overview", NULL), 200);
}

Test(api, a_slash_at_the_end_makes_no_difference)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues/", NULL), 200);
    cr_assert_str_eq(kit.text, "[]");
}

Test(api, the_exchange_without_a_name_goes_by_amq_default)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/exchanges/%2F/amq.default?columns=name", NULL),
                 200);
    cr_assert_str_eq(kit.text, "{\"name\":\"\"}");
}

Test(api, who_has_no_permissions_in_a_virtual_host_does_not_see_into_it)
{
    api_kit_add_vhost(&kit, "v");
    api_kit_add_user(&kit, "m", "management");
    api_kit_permit(&kit, "m", "v");
    api_kit_add_queue(&kit, "q");
    cr_assert_eq(api_ask(&kit, "m", "GET /api/queues", NULL), 200);
    cr_assert_str_eq(kit.text, "[]");
    cr_assert_eq(api_ask(&kit, "m", "GET /api/queues/%2F", NULL), 401);
    cr_assert_eq(api_ask(&kit, "m", "GET /api/vhosts?columns=name", NULL), 200);
    cr_assert_str_eq(kit.text, "[{\"name\":\"v\"}]");
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues?columns=name", NULL), 200);
    cr_assert_str_eq(kit.text, "[{\"name\":\"q\"}]");
}

Test(api, who_monitors_sees_all_virtual_hosts)
{
    api_kit_add_user(&kit, "m", "monitoring");
    cr_assert_eq(api_ask(&kit, "m", "GET /api/vhosts?columns=name", NULL), 200);
    cr_assert_str_eq(kit.text, "[{\"name\":\"/\"}]");
    cr_assert_eq(api_ask(&kit, "m", "GET /api/nodes", NULL), 200);
}

Test(api, a_virtual_host_that_is_not_there_is_not_found)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues/nope", NULL), 404);
}

Test(api, pages_have_their_own_shape)
{
    api_kit_add_queue(&kit, "b");
    api_kit_add_queue(&kit, "a");
    api_kit_add_queue(&kit, "cc");
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues?page=2&page_size=2&columns=name", NULL),
                 200);
    cr_assert_str_eq(kit.text, "{\"filtered_count\":3,\"item_count\":1,\"page\":2,\"page_count\":2,"
                               "\"page_size\":2,\"total_count\":3,\"items\":[{\"name\":\"cc\"}]}");
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues?page=1&name=C&columns=name", NULL), 200);
    cr_assert_str_eq(kit.text, "{\"filtered_count\":1,\"item_count\":1,\"page\":1,\"page_count\":1,"
                               "\"page_size\":100,\"total_count\":3,"
                               "\"items\":[{\"name\":\"cc\"}]}");
    cr_assert_eq(api_ask(&kit, "guest",
                         "GET /api/queues?page=1&name=%5Ea%7Cb&use_regex=true&columns=name", NULL),
                 200);
    cr_assert_str_eq(kit.text, "{\"filtered_count\":2,\"item_count\":2,\"page\":1,\"page_count\":1,"
                               "\"page_size\":100,\"total_count\":3,"
                               "\"items\":[{\"name\":\"a\"},{\"name\":\"b\"}]}");
}

Test(api, users_come_in_pages_to_who_asks_for_them)
{
    api_kit_add_user(&kit, "a", "");
    api_kit_add_user(&kit, "b", "");
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/users?page=2&page_size=2&columns=name", NULL),
                 200);
    cr_assert_str_eq(kit.text,
                     "{\"filtered_count\":3,\"item_count\":1,\"page\":2,\"page_count\":2,"
                     "\"page_size\":2,\"total_count\":3,\"items\":[{\"name\":\"guest\"}]}");
    cr_assert_eq(api_ask(&kit, "guest",
                         "GET /api/users/without-permissions?page=1&name=b&columns=name", NULL),
                 200);
    cr_assert_str_eq(kit.text, "{\"filtered_count\":1,\"item_count\":1,\"page\":1,\"page_count\":1,"
                               "\"page_size\":100,\"total_count\":2,"
                               "\"items\":[{\"name\":\"b\"}]}");
}

Test(api, pages_that_are_not_there_are_refused)
{
    static const char *const wrong[] = {"page=0",
                                        "page=a",
                                        "page=2",
                                        "page=1&page_size=501",
                                        "page=1&page_size=0",
                                        "page=",
                                        "page=99999999999999999999",
                                        "page=1&name=%28&use_regex=true"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[128];
        snprintf(line, sizeof line, "GET /api/queues?%s", wrong[i]);
        cr_assert_eq(api_ask(&kit, "guest", line, NULL), 400, "%s", line);
    }
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues?page=9", NULL), 400);
    cr_assert_str_eq(kit.text, "{\"error\":\"page_out_of_range\",\"reason\":\"Page out of range, "
                               "page: 9 page size: 100, len: 0\"}");
}

Test(api, lists_are_sorted_by_any_column_either_way)
{
    api_kit_add_queue(&kit, "b");
    api_kit_add_queue(&kit, "a");
    cr_assert_eq(
        api_ask(&kit, "guest", "GET /api/queues?columns=name&sort=name&sort_reverse=true", NULL),
        200);
    cr_assert_str_eq(kit.text, "[{\"name\":\"b\"},{\"name\":\"a\"}]");
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/exchanges/%2F?columns=name&sort=type", NULL),
                 200);
    json_t *list = api_json(&kit);
    cr_assert_str_eq(json_string_value(json_object_get(json_array_get(list, 6), "name")),
                     "amq.topic");
    json_decref(list);
}

Test(api, a_long_list_comes_in_slices_and_is_whole)
{
    for (int i = 0; i < 700; i++) {
        char name[16];
        snprintf(name, sizeof name, "q%03d", i);
        api_kit_add_queue(&kit, name);
    }
    cr_assert_eq(api_ask(&kit, "guest",
                         "GET /api/queues?columns=name,durable,node&sort=name&sort_reverse=true",
                         NULL),
                 200);
    cr_assert_not_null(kit.reply.parts.next);
    json_t *list = api_json(&kit);
    cr_assert_eq(json_array_size(list), 700);
    cr_assert_str_eq(json_string_value(json_object_get(json_array_get(list, 0), "name")), "q699");
    json_decref(list);
}

/* Each type in the list can be declared, and none is there twice. */
static void expect_types(const json_t *types)
{
    size_t i;
    json_t *type;
    cr_assert_geq(json_array_size(types), 4);
    json_array_foreach(types, i, type)
    {
        char line[100], body[200];
        const char *name = json_string_value(json_object_get(type, "name"));
        snprintf(line, sizeof line, "PUT /api/exchanges/%%2F/%s", name);
        snprintf(body, sizeof body,
                 "{\"type\":\"%s\",\"arguments\":{\"x-delayed-type\":\"direct\"}}", name);
        cr_assert_eq(api_ask(&kit, "guest", line, body), 201, "%s: %s", name, kit.text);
        snprintf(line, sizeof line, "DELETE /api/exchanges/%%2F/%s", name);
        cr_assert_eq(api_ask(&kit, "guest", line, NULL), 204);
        for (size_t k = 0; k < i; k++) {
            const json_t *other = json_object_get(json_array_get(types, k), "name");
            cr_assert_str_neq(json_string_value(other), name);
        }
    }
}

Test(api, each_type_of_exchange_is_told_once_and_can_be_declared)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/overview", NULL), 200);
    json_t *overview = api_json(&kit);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/nodes", NULL), 200);
    json_t *nodes = api_json(&kit);
    expect_types(json_object_get(overview, "exchange_types"));
    expect_types(json_object_get(json_array_get(nodes, 0), "exchange_types"));
    json_decref(nodes);
    json_decref(overview);
}

Test(api, definitions_say_what_lasts)
{
    api_kit_add_queue(&kit, "q");
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/definitions/%2F?columns=queues", NULL), 200);
    cr_assert_str_eq(kit.text,
                     "{\"queues\":[{\"name\":\"q\",\"durable\":true,\"auto_delete\":false,"
                     "\"type\":\"classic\",\"arguments\":{}}]}");
}

Test(api, definitions_can_be_downloaded)
{
    api_kit_add_user(&kit, "p", "policymaker");
    api_kit_permit(&kit, "p", "/");
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/definitions/%2F?download=a%0d%0ab%22.json", NULL),
                 200);
    bytes_add_u8(&kit.reply.headers, '\0');
    cr_assert(strstr((const char *)kit.reply.headers.ptr,
                     "\r\nContent-Disposition: attachment; filename=a__b_.json\r\n"));
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/definitions/nope", NULL), 404);
    cr_assert_eq(api_ask(&kit, "p", "GET /api/definitions/%2F", NULL), 401);
    cr_assert_eq(api_ask(&kit, "p", "POST /api/definitions/%2F", "{}"), 401);
    cr_assert_str_eq(kit.text,
                     "{\"error\":\"not_authorised\",\"reason\":\"Not administrator user\"}");
}

Test(api, says_to_anybody_where_rabbitmqadmin_is)
{
    cr_assert_eq(api_ask(&kit, NULL, "GET /cli/rabbitmqadmin", NULL), 404);
    cr_assert_str_eq(kit.reply.content_type, "text/plain; charset=utf-8");
    cr_assert(strstr(kit.text, "rabbitmqadmin-ng"));
    cr_assert_eq(api_ask(&kit, NULL, "GET /cli/", NULL), 200);
}

Test(api, health_checks_say_what_is_missing)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/health/checks/alarms", NULL), 200);
    cr_assert_str_eq(kit.text, "{\"status\":\"ok\"}");
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/health/checks/port-listener/1", NULL), 503);
    cr_assert_str_eq(kit.text, "{\"status\":\"failed\",\"reason\":\"No active listener\","
                               "\"missing\":1,\"ports\":[]}");
    engine_set_alarms(kit.engine, true, false, 2000);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/health/checks/alarms", NULL), 503);
}

Test(api, what_is_made_anew_is_created_and_else_there_is_no_content)
{
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q", "{}"), 201);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q", ""), 204);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/exchanges/%2F/e", "{\"type\":\"topic\"}"), 201);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/exchanges/%2F/e", "{\"type\":\"topic\"}"), 204);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/vhosts/v", NULL), 201);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/vhosts/v", NULL), 204);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/users/u", "{\"password\":\"p\",\"tags\":\"\"}"),
                 201);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/permissions/v/u",
                         "{\"configure\":\"\",\"write\":\"\",\"read\":\"\"}"),
                 201);
}

Test(api, tracing_is_as_the_last_one_who_spoke_of_it_said)
{
    static const struct {
        const char *body;
        const char *shows;
    } puts[] = {
        {"", "false"},
        {"{\"tracing\":true}", "true"},
        {"{}", "true"},
        {"{\"tracing\":\"false\"}", "false"},
    };
    for (size_t i = 0; i < sizeof puts / sizeof *puts; i++) {
        char shown[64];
        cr_assert_leq(api_ask(&kit, "guest", "PUT /api/vhosts/v", puts[i].body), 204);
        cr_assert_eq(api_ask(&kit, "guest", "GET /api/vhosts/v?columns=tracing", NULL), 200);
        snprintf(shown, sizeof shown, "{\"tracing\":%s}", puts[i].shows);
        cr_assert_str_eq(kit.text, shown);
    }
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/vhosts/v", "{\"tracing\":5}"), 400);
}

Test(api, what_was_made_can_be_removed_once)
{
    static const char *const made[][2] = {
        {"/api/queues/%2F/q", "{}"},
        {"/api/exchanges/%2F/e", "{\"type\":\"fanout\"}"},
        {"/api/users/u", "{\"tags\":[]}"},
        {"/api/permissions/%2F/u", "{\"configure\":\"\",\"write\":\"\",\"read\":\"\"}"},
        {"/api/topic-permissions/%2F/u", "{\"exchange\":\"x\",\"write\":\"\",\"read\":\"\"}"},
        {"/api/vhosts/v", ""},
    };
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        char line[128];
        snprintf(line, sizeof line, "PUT %s", made[i][0]);
        cr_assert_eq(api_ask(&kit, "guest", line, made[i][1]), 201, "%s: %s", line, kit.text);
    }
    for (size_t i = sizeof made / sizeof *made; i-- > 0;) {
        char line[128];
        snprintf(line, sizeof line, "DELETE %s", made[i][0]);
        cr_assert_eq(api_ask(&kit, "guest", line, NULL), 204, "%s: %s", line, kit.text);
        cr_assert_eq(api_ask(&kit, "guest", line, NULL), 404, "%s", line);
    }
}

Test(api, a_refused_declaration_says_what_amqp_says)
{
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q", "{\"durable\":true}"), 201);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q", "{\"durable\":false}"), 400);
    cr_assert_str_eq(kit.text, "{\"error\":\"bad_request\",\"reason\":\"inequivalent arg 'durable' "
                               "for queue 'q' in vhost '/': received 'false' but current is "
                               "'true'\"}");
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/nope/q", "{}"), 404);
    cr_assert_str_eq(kit.text, "{\"error\":\"not_found\",\"reason\":\"vhost_not_found\"}");
}

Test(api, a_body_that_is_no_object_is_not_json)
{
    static const char *const wrong[] = {"{", "[]", "1", "\"x\"", "{}{}", "{'a':1}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_assert_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q", wrong[i]), 400);
        cr_assert_str_eq(kit.text, "{\"error\":\"bad_request\",\"reason\":\"not_json\"}");
    }
}

Test(api, permissions_hold_as_for_a_client)
{
    api_kit_add_user(&kit, "m", "management");
    api_kit_permit(&kit, "m", "/");
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/permissions/%2F/m",
                         "{\"configure\":\"^m\",\"write\":\"^m\",\"read\":\"^m\"}"),
                 204);
    cr_assert_eq(api_ask(&kit, "m", "PUT /api/queues/%2F/mine", "{}"), 201);
    cr_assert_eq(api_ask(&kit, "m", "PUT /api/queues/%2F/other", "{}"), 401);
    cr_assert_eq(api_ask(&kit, "m", "PUT /api/users/x", "{\"tags\":\"\"}"), 401);
}

Test(api, messages_come_back_in_every_ack_mode)
{
    static const struct {
        const char *mode;
        const char *left;
    } rows[] = {{"ack_requeue_true", "{\"messages\":1}"},
                {"reject_requeue_true", "{\"messages\":1}"},
                {"ack_requeue_false", "{\"messages\":0}"},
                {"reject_requeue_false", "{\"messages\":0}"}};
    api_kit_add_queue(&kit, "q");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char body[128];
        api_ask(&kit, "guest", "DELETE /api/queues/%2F/q/contents", NULL);
        cr_assert_eq(api_ask(&kit, "guest", "POST /api/exchanges/%2F/amq.default/publish",
                             "{\"properties\":{\"priority\":3},\"routing_key\":\"q\","
                             "\"payload\":\"/wA=\",\"payload_encoding\":\"base64\"}"),
                     200);
        cr_assert_str_eq(kit.text, "{\"routed\":true}");
        snprintf(body, sizeof body, "{\"count\":5,\"ackmode\":\"%s\",\"encoding\":\"auto\"}",
                 rows[i].mode);
        cr_assert_eq(api_ask(&kit, "guest", "POST /api/queues/%2F/q/get", body), 200);
        cr_assert_str_eq(kit.text, "[{\"payload_bytes\":2,\"redelivered\":false,\"exchange\":\"\","
                                   "\"routing_key\":\"q\",\"message_count\":0,\"properties\":"
                                   "{\"priority\":3},\"payload\":\"/wA=\","
                                   "\"payload_encoding\":\"base64\"}]");
        api_ask(&kit, "guest", "GET /api/queues/%2F/q?columns=messages", NULL);
        cr_assert_str_eq(kit.text, rows[i].left, "%s", rows[i].mode);
    }
}

Test(api, a_message_that_nobody_gets_is_not_routed)
{
    cr_assert_eq(api_ask(&kit, "guest", "POST /api/exchanges/%2F/amq.fanout/publish",
                         "{\"properties\":{},\"routing_key\":\"\",\"payload\":\"x\","
                         "\"payload_encoding\":\"string\"}"),
                 200);
    cr_assert_str_eq(kit.text, "{\"routed\":false}");
}

Test(api, a_binding_is_found_and_removed_by_its_key)
{
    api_kit_add_queue(&kit, "q");
    cr_assert_eq(api_ask(&kit, "guest", "POST /api/bindings/%2F/e/amq.topic/q/q",
                         "{\"routing_key\":\"a/~ b\",\"arguments\":{}}"),
                 201);
    cr_assert(slice_eq(bytes_slice(&kit.reply.location), SLICE("q/a%252F%257E%2Bb")));
    static const char path[] = "/api/bindings/%2F/e/amq.topic/q/q/a%252F%257E%2Bb";
    char line[128];
    snprintf(line, sizeof line, "GET %s?columns=routing_key", path);
    cr_assert_eq(api_ask(&kit, "guest", line, NULL), 200);
    cr_assert_str_eq(kit.text, "{\"routing_key\":\"a/~ b\"}");
    snprintf(line, sizeof line, "DELETE %s", path);
    cr_assert_eq(api_ask(&kit, "guest", line, NULL), 204);
    cr_assert_eq(api_ask(&kit, "guest", line, NULL), 404);
}

Test(api, definitions_that_are_imported_are_exported_again)
{
    static const char definitions[] =
        "{\"users\":[{\"name\":\"u\",\"password_hash\":\"\",\"tags\":[\"management\"]}],"
        "\"vhosts\":[{\"name\":\"v\"}],"
        "\"permissions\":[{\"user\":\"u\",\"vhost\":\"v\",\"configure\":\"\",\"write\":\"x\","
        "\"read\":\".*\"}],"
        "\"exchanges\":[{\"name\":\"e\",\"vhost\":\"v\",\"type\":\"topic\",\"durable\":true,"
        "\"auto_delete\":false,\"internal\":true,\"arguments\":{}}],"
        "\"queues\":[{\"name\":\"q\",\"vhost\":\"v\",\"type\":\"quorum\",\"durable\":true,"
        "\"auto_delete\":false,\"arguments\":{\"x-max-length\":3}}],"
        "\"bindings\":[{\"source\":\"e\",\"vhost\":\"v\",\"destination\":\"q\","
        "\"destination_type\":\"queue\",\"routing_key\":\"k\",\"arguments\":{\"a\":1}}]}";
    for (int times = 0; times < 2; times++) {
        cr_assert_eq(api_ask(&kit, "guest", "POST /api/definitions", definitions), 204, "%s",
                     kit.text);
        cr_assert_eq(api_ask(&kit, "guest",
                             "GET /api/definitions/v?columns=exchanges,queues,bindings", NULL),
                     200);
        cr_assert_str_eq(
            kit.text,
            "{\"queues\":[{\"name\":\"q\",\"durable\":true,\"auto_delete\":false,"
            "\"type\":\"quorum\",\"arguments\":{\"x-max-length\":3,\"x-queue-type\":\"quorum\"}}],"
            "\"exchanges\":[{\"name\":\"e\",\"type\":\"topic\",\"durable\":true,"
            "\"auto_delete\":false,\"internal\":true,\"arguments\":{}}],"
            "\"bindings\":[{\"source\":\"e\",\"destination\":\"q\",\"destination_type\":\"queue\","
            "\"routing_key\":\"k\",\"arguments\":{\"a\":1}}]}");
    }
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/users/u?columns=tags", NULL), 200);
    cr_assert_str_eq(kit.text, "{\"tags\":[\"management\"]}");
}

Test(api, what_nobody_understands_is_refused_without_harm)
{
    static const char *const wrong[] = {
        "{\"users\":[1]}",
        "{\"users\":[{\"name\":\"x\"}]}",
        "{\"queues\":[{\"name\":\"q\",\"vhost\":\"nope\"}]}",
        "{\"exchanges\":[{\"name\":\"e\",\"vhost\":\"/\",\"type\":\"nope\"}]}",
        "{\"bindings\":[{\"source\":\"e\",\"vhost\":\"nope\",\"destination\":\"q\"}]}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        unsigned status = api_ask(&kit, "guest", "POST /api/definitions", wrong[i]);
        cr_assert(status >= 400 && status < 500, "%s: %u %s", wrong[i], status, kit.text);
    }
}

Test(api, a_policy_is_set_shown_where_it_holds_and_removed)
{
    api_kit_add_queue(&kit, "q");
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/policies/%2F/p",
                         "{\"pattern\":\"^q\",\"definition\":{\"max-length\":5},\"priority\":-1,"
                         "\"apply-to\":\"queues\"}"),
                 201, "%s", kit.text);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/operator-policies/%2F/o",
                         "{\"pattern\":\"^q\",\"definition\":{\"max-length\":3}}"),
                 201, "%s", kit.text);
    api_ask(&kit, "guest", "GET /api/policies/%2F/p", NULL);
    cr_assert_str_eq(kit.text, "{\"vhost\":\"/\",\"name\":\"p\",\"pattern\":\"^q\","
                               "\"apply-to\":\"queues\",\"definition\":{\"max-length\":5},"
                               "\"priority\":-1}");
    api_ask(&kit, "guest",
            "GET /api/queues/%2F/q?columns=policy,operator_policy,effective_policy_definition",
            NULL);
    cr_assert_str_eq(kit.text, "{\"policy\":\"p\",\"operator_policy\":\"o\","
                               "\"effective_policy_definition\":{\"max-length\":3}}");
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/policies/%2F/p",
                         "{\"pattern\":\"^q\",\"definition\":{\"nope\":5}}"),
                 400);
    cr_assert_eq(api_ask(&kit, "guest", "DELETE /api/policies/%2F/p", NULL), 204);
    cr_assert_eq(api_ask(&kit, "guest", "DELETE /api/policies/%2F/p", NULL), 404);
    api_kit_add_user(&kit, "m", "management");
    api_kit_permit(&kit, "m", "/");
    cr_assert_eq(api_ask(&kit, "m", "GET /api/policies/%2F", NULL), 200);
    cr_assert_eq(api_ask(&kit, "m", "DELETE /api/operator-policies/%2F/o", NULL), 401);
}

Test(api, who_comes_through_the_local_socket_is_administrator)
{
    kit.local = true;
    cr_assert_eq(api_ask(&kit, NULL, "GET /api/whoami", NULL), 200);
    cr_assert_str_eq(kit.text, "{\"name\":\"rmq-cli\",\"tags\":[\"administrator\"]}");
    cr_assert_eq(api_ask(&kit, NULL, "GET /api/users", NULL), 200);
    cr_assert_eq(api_ask(&kit, NULL, "PUT /api/queues/%2F/q", "{}"), 201, "without permissions");
}

Test(api, who_gives_a_name_on_the_local_socket_is_that_user)
{
    kit.local = true;
    api_kit_add_user(&kit, "client", "management");
    cr_assert_eq(api_ask(&kit, "client", "GET /api/users", NULL), 401);
    cr_assert_eq(api_ask(&kit, "nobody", "GET /api/whoami", NULL), 401);
}

Test(api, a_virtual_host_of_the_command_line_has_no_permissions)
{
    kit.local = true;
    cr_assert_eq(api_ask(&kit, NULL, "PUT /api/vhosts/v", "{}"), 201);
    cr_assert_eq(api_ask(&kit, NULL, "GET /api/vhosts/v/permissions", NULL), 200);
    cr_assert_str_eq(kit.text, "[]");
}

Test(api, a_broker_that_lets_clients_in_is_not_reset)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/leveret/listeners", NULL), 200);
    cr_assert_str_eq(kit.text, "{\"suspended\":false}");
    cr_assert_eq(api_ask(&kit, "guest", "POST /api/leveret/reset", NULL), 400);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/vhosts/%2F", NULL), 200);
}

Test(api, settings_are_told_to_administrators_without_passwords)
{
    api_kit_add_user(&kit, "m", "management");
    cr_assert_eq(api_ask(&kit, "m", "GET /api/leveret/settings", NULL), 401);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/leveret/settings", NULL), 200);
    cr_assert(strstr(kit.text, "default_user = guest"));
    cr_assert_null(strstr(kit.text, "default_pass"));
}

/* RabbitMQ's API does not have the defaults of its tools. */
Test(api, what_is_declared_without_a_word_about_it_is_not_durable)
{
    struct api_kit kit;
    api_kit_start(&kit);
    cr_expect_eq(api_ask(&kit, "guest", "PUT /api/queues/%2F/q", "{}"), 201);
    cr_expect_eq(api_ask(&kit, "guest", "GET /api/queues/%2F/q?columns=durable", NULL), 200);
    cr_expect_str_eq(kit.text, "{\"durable\":false}");
    cr_expect_eq(api_ask(&kit, "guest", "PUT /api/exchanges/%2F/e", "{}"), 201);
    cr_expect_eq(api_ask(&kit, "guest", "GET /api/exchanges/%2F/e?columns=type,durable", NULL),
                 200);
    cr_expect_str_eq(kit.text, "{\"type\":\"direct\",\"durable\":false}");
    api_kit_stop(&kit);
}
