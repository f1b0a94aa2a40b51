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

TestSuite(api_limits, .init = start, .fini = stop);

#define ASKED(status, line, body)                                                                  \
    cr_assert_eq(api_ask(&kit, "guest", line, body), status, "%s: %s", line, kit.text)

Test(api_limits, a_limit_that_is_set_is_shown_until_it_is_removed)
{
    ASKED(200, "GET /api/vhost-limits", NULL);
    cr_assert_str_eq(kit.text, "[]");
    ASKED(204, "PUT /api/vhost-limits/%2F/max-queues", "{\"value\":7}");
    ASKED(204, "PUT /api/vhost-limits/%2F/max-connections", "{\"value\":4294967296}");
    ASKED(200, "GET /api/vhost-limits/%2F", NULL);
    cr_assert_str_eq(kit.text, "[{\"vhost\":\"/\",\"value\":{\"max-connections\":4294967296,"
                               "\"max-queues\":7}}]");
    ASKED(204, "DELETE /api/vhost-limits/%2F/max-connections", NULL);
    ASKED(204, "DELETE /api/vhost-limits/%2F/max-connections", NULL);
    ASKED(204, "DELETE /api/vhost-limits/%2F/nope", NULL);
    ASKED(200, "GET /api/vhost-limits", NULL);
    cr_assert_str_eq(kit.text, "[{\"vhost\":\"/\",\"value\":{\"max-queues\":7}}]");
    ASKED(204, "PUT /api/vhost-limits/%2F/max-queues", "{\"value\":-1}");
    ASKED(200, "GET /api/vhost-limits", NULL);
    cr_assert_str_eq(kit.text, "[]");
}

Test(api_limits, a_limit_of_queues_holds_over_http_too)
{
    ASKED(204, "PUT /api/vhost-limits/%2F/max-queues", "{\"value\":1}");
    ASKED(201, "PUT /api/queues/%2F/a", "{}");
    ASKED(400, "PUT /api/queues/%2F/b", "{}");
    cr_assert(strstr(kit.text, "queue limit in vhost '/' (1) is reached"), "%s", kit.text);
    ASKED(204, "DELETE /api/vhost-limits/%2F/max-queues", NULL);
    ASKED(201, "PUT /api/queues/%2F/b", "{}");
}

Test(api_limits, what_is_no_limit_is_refused_in_the_words_of_rabbitmq)
{
    static const struct {
        const char *name;
        const char *body;
        const char *reason;
    } rows[] = {
        {"max-connections", "{\"value\":\"6\"}",
         "Validation failed\\n\\nmax-connections should be a number, actually was "
         "<<\\\"6\\\">>\\n"},
        {"max-connections", "{\"value\":1.5}",
         "Validation failed\\n\\nmax-connections should be a number, actually was 1.5\\n"},
        {"max-connections", "{}", "[{key_missing,value}]"},
        {"max-connections", "x", "not_json"},
        {"nope", "{\"value\":1}",
         "Validation failed\\n\\nUnrecognised terms [{<<\\\"nope\\\">>,1}] in limits\\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char line[64], wanted[256];
        snprintf(line, sizeof line, "PUT /api/vhost-limits/%%2F/%s", rows[i].name);
        snprintf(wanted, sizeof wanted, "{\"error\":\"bad_request\",\"reason\":\"%s\"}",
                 rows[i].reason);
        ASKED(400, line, rows[i].body);
        cr_assert_str_eq(kit.text, wanted);
    }
    ASKED(404, "PUT /api/vhost-limits/nope/max-queues", "{\"value\":1}");
    cr_assert_str_eq(kit.text, "{\"error\":\"not_found\",\"reason\":\"vhost_not_found\"}");
    ASKED(404, "DELETE /api/vhost-limits/nope/max-queues", NULL);
    ASKED(404, "GET /api/vhost-limits/nope", NULL);
    ASKED(400, "PUT /api/vhost-limits/%2F/max-queues%00", "{\"value\":1}");
}

Test(api_limits, users_have_limits_of_their_own)
{
    ASKED(204, "PUT /api/user-limits/guest/max-channels", "{\"value\":500}");
    ASKED(200, "GET /api/user-limits/guest", NULL);
    cr_assert_str_eq(kit.text, "[{\"user\":\"guest\",\"value\":{\"max-channels\":500}}]");
    ASKED(200, "GET /api/users/guest?columns=limits", NULL);
    cr_assert_str_eq(kit.text, "{\"limits\":{\"max-channels\":500}}");
    ASKED(400, "PUT /api/user-limits/guest/max-channels", "{\"value\":\"s\"}");
    cr_assert_str_eq(kit.text, "{\"error\":\"bad_request\",\"reason\":\"max-channels should be a "
                               "number, actually was <<\\\"s\\\">>\"}");
    ASKED(400, "PUT /api/user-limits/guest/nope", "{\"value\":[1]}");
    cr_assert_str_eq(kit.text, "{\"error\":\"bad_request\",\"reason\":\"Unrecognised terms "
                               "[{<<\\\"nope\\\">>,[1]}] in user-limits\"}");
    ASKED(400, "PUT /api/user-limits/nope/max-channels", "{\"value\":1}");
    cr_assert_str_eq(kit.text,
                     "{\"error\":\"bad_request\",\"reason\":[\"no_such_user\",\"nope\"]}");
    ASKED(404, "GET /api/user-limits/nope", NULL);
    ASKED(404, "DELETE /api/user-limits/nope/max-channels", NULL);
    ASKED(204, "DELETE /api/user-limits/guest/max-channels", NULL);
    ASKED(200, "GET /api/user-limits", NULL);
    cr_assert_str_eq(kit.text, "[]");
}

Test(api_limits, a_user_comes_with_its_limits_and_keeps_those_that_are_not_named)
{
    ASKED(201, "PUT /api/users/u",
          "{\"password\":\"p\",\"tags\":\"\",\"limits\":{\"max-channels\":3}}");
    ASKED(204, "PUT /api/users/u",
          "{\"password\":\"p\",\"tags\":\"\",\"limits\":{\"max-connections\":2}}");
    ASKED(204, "PUT /api/users/u", "{\"password\":\"p\",\"tags\":\"\"}");
    ASKED(200, "GET /api/definitions?columns=users.name,users.limits", NULL);
    cr_assert(strstr(kit.text, "{\"name\":\"u\",\"limits\":{\"max-connections\":2,"
                               "\"max-channels\":3}}"),
              "%s", kit.text);
    ASKED(400, "PUT /api/users/u",
          "{\"password\":\"p\",\"tags\":\"\",\"limits\":{\"max-channels\":null}}");
}

Test(api_limits, who_does_not_monitor_sees_the_limits_of_his_virtual_hosts)
{
    api_kit_add_vhost(&kit, "v");
    api_kit_add_user(&kit, "m", "management");
    api_kit_add_user(&kit, "o", "monitoring");
    api_kit_permit(&kit, "m", "/");
    ASKED(204, "PUT /api/vhost-limits/%2F/max-queues", "{\"value\":7}");
    ASKED(204, "PUT /api/vhost-limits/v/max-queues", "{\"value\":8}");
    cr_assert_eq(api_ask(&kit, "m", "GET /api/vhost-limits", NULL), 200);
    cr_assert_str_eq(kit.text, "[{\"vhost\":\"/\",\"value\":{\"max-queues\":7}}]");
    cr_assert_eq(api_ask(&kit, "m", "GET /api/vhost-limits/v", NULL), 401);
    cr_assert_eq(api_ask(&kit, "o", "GET /api/vhost-limits/v", NULL), 200);
    cr_assert_str_eq(kit.text, "[{\"vhost\":\"v\",\"value\":{\"max-queues\":8}}]");
    cr_assert_eq(api_ask(&kit, "m", "PUT /api/vhost-limits/%2F/max-queues", "{\"value\":1}"), 401);
    cr_assert_eq(api_ask(&kit, "o", "DELETE /api/user-limits/m/max-channels", NULL), 401);
}
