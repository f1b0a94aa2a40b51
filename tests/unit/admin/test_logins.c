#include "conf/format.h"
#include "conf/settings.h"
#include "server/login_attempts.h"
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

TestSuite(logins, .init = setup, .fini = teardown);

static json_t *ask_json(const char *line)
{
    cr_assert_eq(api_ask(&kit, "guest", line, NULL), 200);
    return api_json(&kit);
}

static json_int_t number(const json_t *list, size_t index, const char *name)
{
    return json_integer_value(json_object_get(json_array_get(list, index), name));
}

Test(logins, a_failure_is_answered_late_and_a_right_password_never)
{
    cr_assert_eq(api_ask(&kit, "nobody", "GET /api/whoami", NULL), 401);
    uint32_t first = kit.reply.delay_ms;
    cr_assert_gt(first, 0);
    cr_assert_eq(api_ask(&kit, "nobody", "GET /api/whoami", NULL), 401);
    cr_assert_gt(kit.reply.delay_ms, first);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/whoami", NULL), 200);
    cr_assert_eq(kit.reply.delay_ms, 0);
    cr_assert_eq(api_ask(&kit, NULL, "GET /api/whoami", NULL), 401); // no attempt at all
    cr_assert_eq(kit.reply.delay_ms, 0);
}

Test(logins, are_counted_by_protocol_and_by_source_until_somebody_resets_them)
{
    api_ask(&kit, "nobody", "GET /api/whoami", NULL);
    json_t *list = ask_json("GET /api/auth/attempts/rabbit@here");
    cr_assert_eq(number(list, 1, "auth_attempts"), 2);
    cr_assert_eq(number(list, 1, "auth_attempts_failed"), 1);
    cr_assert_eq(number(list, 1, "auth_attempts_succeeded"), 1);
    json_decref(list);
    list = ask_json("GET /api/auth/attempts/rabbit@here/source");
    cr_assert_eq(json_array_size(list), 2);
    cr_assert_eq(number(list, 0, "auth_attempts_failed"), 1);
    json_decref(list);
    cr_assert_eq(api_ask(&kit, "guest", "DELETE /api/auth/attempts/rabbit@here", NULL), 204);
    cr_assert_eq(api_ask(&kit, "guest", "DELETE /api/auth/attempts/rabbit@here/source", NULL), 204);
    list = ask_json("GET /api/auth/attempts/rabbit@here");
    cr_assert_eq(number(list, 1, "auth_attempts"), 2); // the DELETE of the sources, and this one
    cr_assert_eq(number(list, 1, "auth_attempts_failed"), 0);
    json_decref(list);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/auth/attempts/other@host/source", NULL), 404);
}

/* A login over AMQP from 10.0.0.7. */
static void note_amqp(const char *user, bool succeeded)
{
    struct login_attempt attempt = {.address = SLICE("10.0.0.7"),
                                    .user = format_slice(user),
                                    .protocol = LOGIN_AMQP,
                                    .succeeded = succeeded};
    login_attempts_add(engine_logins(kit.engine), &attempt);
}

Test(logins, over_amqp_are_told_of_beside_those_over_http)
{
    note_amqp("nobody", false);
    note_amqp("guest", true);
    json_t *list = ask_json("GET /api/auth/attempts/rabbit@here");
    json_t *first = json_array_get(list, 0);
    cr_assert_str_eq(json_string_value(json_object_get(first, "protocol")), "amqp091");
    cr_assert_eq(number(list, 0, "auth_attempts"), 2);
    cr_assert_eq(number(list, 0, "auth_attempts_failed"), 1);
    json_decref(list);
    list = ask_json("GET /api/auth/attempts/rabbit@here/source");
    cr_assert_eq(json_array_size(list), 3);
    first = json_array_get(list, 0);
    cr_assert_str_eq(json_string_value(json_object_get(first, "protocol")), "amqp091");
    cr_assert_str_eq(json_string_value(json_object_get(first, "remote_address")), "10.0.0.7");
    cr_assert_str_eq(json_string_value(json_object_get(first, "username")), "nobody");
    json_decref(list);
}

Test(logins, sources_are_not_told_if_the_settings_say_so)
{
    kit.settings->track_auth_attempt_source = false;
    note_amqp("nobody", false);
    json_t *list = ask_json("GET /api/auth/attempts/rabbit@here/source");
    cr_assert_eq(json_array_size(list), 0);
    json_decref(list);
}

Test(logins, who_is_changed_or_deleted_is_out_at_once)
{
    api_kit_add_user(&kit, "u", "administrator");
    cr_assert_eq(api_ask(&kit, "u", "GET /api/users", NULL), 200);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/users/u",
                         "{\"password_hash\":\"AAAA\",\"tags\":\"management\"}"),
                 204);
    cr_assert_eq(api_ask(&kit, "u", "GET /api/users", NULL), 401); // the tag is gone
    cr_assert_eq(api_ask(&kit, "u", "GET /api/whoami", NULL), 200);
    cr_assert_eq(api_ask(&kit, "guest", "DELETE /api/users/u", NULL), 204);
    cr_assert_eq(api_ask(&kit, "u", "GET /api/whoami", NULL), 401);
}
