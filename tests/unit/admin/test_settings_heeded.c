#include "tests/unit/admin/api_kit.h"

#include <string.h>

#include "broker/user.h"
#include "conf/settings.h"

/* Settings that the API goes by. */

static struct api_kit kit;

static void start(void)
{
    api_kit_start(&kit);
}

static void stop(void)
{
    api_kit_stop(&kit);
}

TestSuite(settings_heeded, .init = start, .fini = stop);

#define ASKED(status, line, body)                                                                  \
    cr_assert_eq(api_ask(&kit, "guest", line, body), status, "%s: %s", line, kit.text)

Test(settings_heeded, passwords_are_hashed_as_the_settings_say)
{
    struct user user;
    ASKED(201, "PUT /api/users/a", "{\"password\":\"p\",\"tags\":\"\"}");
    api_kit_set(&kit, "password_hashing_module", "rabbit_password_hashing_sha512");
    ASKED(201, "PUT /api/users/b", "{\"password\":\"p\",\"tags\":\"\"}");
    ASKED(201, "PUT /api/users/c",
          "{\"password\":\"p\",\"tags\":\"\","
          "\"hashing_algorithm\":\"rabbit_password_hashing_md5\"}");
    cr_assert(broker_find_user(kit.broker, SLICE("a"), &user));
    cr_expect_eq(user.hashing, HASHING_SHA256);
    cr_assert(broker_find_user(kit.broker, SLICE("b"), &user));
    cr_expect_eq(user.hashing, HASHING_SHA512);
    cr_expect_eq(user.password_hash.len, 4 + 64);
    cr_assert(broker_find_user(kit.broker, SLICE("c"), &user));
    cr_expect_eq(user.hashing, HASHING_MD5);
}

Test(settings_heeded, passwords_are_what_the_settings_want)
{
    api_kit_set(&kit, "credential_validator.validation_backend",
                "rabbit_credential_validator_min_password_length");
    api_kit_set(&kit, "credential_validator.min_length", "4");
    ASKED(400, "PUT /api/users/u", "{\"password\":\"abc\",\"tags\":\"\"}");
    cr_expect_str_eq(kit.text, "{\"error\":\"bad_request\",\"reason\":"
                               "\"minimum required password length is 4\"}");
    ASKED(201, "PUT /api/users/u", "{\"password\":\"abcd\",\"tags\":\"\"}");
    api_kit_set(&kit, "credential_validator.validation_backend",
                "rabbit_credential_validator_password_regexp");
    api_kit_set(&kit, "credential_validator.regexp", "^[a-z]+[0-9]$");
    ASKED(400, "PUT /api/users/v", "{\"password\":\"abcd\",\"tags\":\"\"}");
    ASKED(201, "PUT /api/users/v", "{\"password\":\"abcd1\",\"tags\":\"\"}");
    ASKED(201, "PUT /api/users/w", "{\"password_hash\":\"\",\"tags\":\"\"}");
    api_kit_set(&kit, "credential_validator.regexp", "(");
    ASKED(400, "PUT /api/users/x", "{\"password\":\"abcd1\",\"tags\":\"\"}");
}

Test(settings_heeded, there_are_no_more_virtual_hosts_than_may_be)
{
    api_kit_set(&kit, "vhost_max", "2");
    ASKED(201, "PUT /api/vhosts/a", "{}");
    ASKED(400, "PUT /api/vhosts/b", "{}");
    cr_expect_str_eq(kit.text, "{\"error\":\"bad_request\",\"reason\":"
                               "\"cannot create vhost 'b': vhost limit of 2 is reached\"}");
    ASKED(204, "PUT /api/vhosts/a", "{}");
    ASKED(400, "POST /api/definitions", "{\"vhosts\":[{\"name\":\"a\"},{\"name\":\"b\"}]}");
    ASKED(404, "GET /api/vhosts/b", NULL);
}

Test(settings_heeded, tags_are_shown)
{
    ASKED(200, "GET /api/overview?columns=cluster_tags,node_tags", NULL);
    cr_expect_str_eq(kit.text, "{\"cluster_tags\":{},\"node_tags\":{}}");
    api_kit_set(&kit, "cluster_tags.region", "eu");
    api_kit_set(&kit, "cluster_tags.zone", "a");
    api_kit_set(&kit, "node_tags.disk", "fast");
    ASKED(200, "GET /api/overview?columns=cluster_tags,node_tags", NULL);
    cr_expect_str_eq(kit.text, "{\"cluster_tags\":{\"region\":\"eu\",\"zone\":\"a\"},"
                               "\"node_tags\":{\"disk\":\"fast\"}}");
}

Test(settings_heeded, without_the_collector_there_are_no_statistics)
{
    api_kit_set(&kit, "management_agent.disable_metrics_collector", "true");
    api_kit_reopen(&kit);
    ASKED(200, "GET /api/overview", NULL);
    cr_expect(strstr(kit.text, "\"disable_stats\":true"));
    cr_expect_not(strstr(kit.text, "\"queue_totals\":"));
}

Test(settings_heeded, settings_are_changed_on_request)
{
    ASKED(204, "PUT /api/leveret/settings",
          "{\"vm_memory_high_watermark.absolute\":\"12345\",\"log.console.level\":\"warning\"}");
    cr_expect_eq(kit.settings->memory_watermark_absolute, 12345);
    ASKED(200, "GET /api/leveret/settings", NULL);
    cr_expect(strstr(kit.text, "vm_memory_high_watermark.absolute = 12345\\n"), "%s", kit.text);
    cr_expect(strstr(kit.text, "log.console.level = warning\\n"), "%s", kit.text);
}

Test(settings_heeded, a_request_that_cannot_be_done_whole_changes_nothing)
{
    ASKED(400, "PUT /api/leveret/settings",
          "{\"vm_memory_high_watermark.absolute\":\"1\",\"heartbeat\":\"7\"}");
    cr_expect(strstr(kit.text, "heartbeat cannot be changed while the broker runs"), "%s",
              kit.text);
    ASKED(400, "PUT /api/leveret/settings", "{\"vm_memory_high_watermark.absolute\":1}");
    ASKED(400, "PUT /api/leveret/settings", "{\"disk_free_limit.absolute\":\"much\"}");
    cr_expect_eq(kit.settings->memory_watermark_absolute, VALUE_UNLIMITED);
    api_kit_add_user(&kit, "m", "monitoring");
    cr_expect_eq(api_ask(&kit, "m", "PUT /api/leveret/settings", "{}"), 401);
    cr_expect_eq(api_ask(&kit, "m", "GET /api/config/effective", NULL), 401);
}

Test(settings_heeded, the_effective_settings_are_a_term_of_erlangs)
{
    api_kit_set(&kit, "cluster_name", "a\"b\\c");
    ASKED(200, "GET /api/config/effective", NULL);
    cr_expect(strncmp(kit.text, "[{rabbit,\n     [{'", 18) == 0, "%s", kit.text);
    cr_expect(strstr(kit.text, "\n      {'heartbeat',\"60\"},\n"), "%s", kit.text);
    cr_expect(strstr(kit.text, "{'cluster_name',\"a\\\"b\\\\c\"}"), "%s", kit.text);
    cr_expect(strstr(kit.text, "}]}]\n"), "%s", kit.text);
    cr_expect_not(strstr(kit.text, "default_pass"), "%s", kit.text);
}
