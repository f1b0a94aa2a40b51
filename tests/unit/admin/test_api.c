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
    cr_assert_not_null(kit.reply.listing);
    json_t *list = api_json(&kit);
    cr_assert_eq(json_array_size(list), 700);
    cr_assert_str_eq(json_string_value(json_object_get(json_array_get(list, 0), "name")), "q699");
    json_decref(list);
}

Test(api, definitions_say_what_lasts)
{
    api_kit_add_queue(&kit, "q");
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/definitions/%2F?columns=queues", NULL), 200);
    cr_assert_str_eq(kit.text,
                     "{\"queues\":[{\"name\":\"q\",\"durable\":true,\"auto_delete\":false,"
                     "\"type\":\"classic\",\"arguments\":{}}]}");
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
