#include "admin/parameters.h"

#include "admin/identity.h"
#include "conf/settings.h"
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

TestSuite(parameters, .init = start, .fini = stop);

#define ASKED(status, line, body)                                                                  \
    cr_assert_eq(api_ask(&kit, "guest", line, body), status, "%s: %s", line, kit.text)
#define TEXT(expected) cr_assert_str_eq(kit.text, expected)

Test(parameters, one_that_is_set_is_shown_until_it_is_removed)
{
    ASKED(201, "PUT /api/parameters/shovel/%2F/s",
          "{\"value\":{\"src-uri\":\"amqp://\",\"a\":0.1}}");
    ASKED(204, "PUT /api/parameters/shovel/%2F/s", "{\"value\":{\"b\":[1,null],\"a\":0.1}}");
    ASKED(200, "GET /api/parameters/shovel/%2F/s", NULL);
    TEXT("{\"value\":{\"a\":0.1,\"b\":[1,null]},\"vhost\":\"/\",\"component\":\"shovel\","
         "\"name\":\"s\"}");
    ASKED(200, "GET /api/parameters/shovel", NULL);
    TEXT("[{\"value\":{\"a\":0.1,\"b\":[1,null]},\"vhost\":\"/\",\"component\":\"shovel\","
         "\"name\":\"s\"}]");
    ASKED(200, "GET /api/parameters/federation-upstream/%2F", NULL);
    TEXT("[]");
    ASKED(404, "GET /api/parameters/federation-upstream/%2F/s", NULL);
    ASKED(404, "GET /api/parameters/shovel/nope", NULL);
    ASKED(204, "DELETE /api/parameters/shovel/%2F/s", NULL);
    ASKED(404, "DELETE /api/parameters/shovel/%2F/s", NULL);
    ASKED(200, "GET /api/parameters", NULL);
    TEXT("[]");
}

Test(parameters, unknown_components_are_refused_as_by_rabbitmq)
{
    ASKED(400, "PUT /api/parameters/nope/%2F/x", "{\"value\":{}}");
    TEXT("{\"error\":\"bad_request\",\"reason\":\"Validation failed\\n\\ncomponent nope not "
         "found\\n\"}");
    ASKED(400, "PUT /api/parameters/policy/%2F/x", "{\"value\":{}}");
    TEXT("{\"error\":\"bad_request\",\"reason\":\"policies may not be set using this method\"}");
    ASKED(400, "PUT /api/parameters/shovel/%2F/x", "{}");
    TEXT("{\"error\":\"bad_request\",\"reason\":\"[{key_missing,value}]\"}");
    ASKED(404, "PUT /api/parameters/shovel/nope/x", "{\"value\":{}}");
    TEXT("{\"error\":\"not_found\",\"reason\":\"vhost_not_found\"}");
    ASKED(200, "GET /api/parameters/nope", NULL);
    TEXT("[]");
}

Test(parameters, limits_of_virtual_hosts_are_a_component)
{
    ASKED(204, "PUT /api/vhost-limits/%2F/max-queues", "{\"value\":5}");
    ASKED(200, "GET /api/parameters/vhost-limits/%2F/limits", NULL);
    TEXT("{\"value\":{\"max-queues\":5},\"vhost\":\"/\",\"component\":\"vhost-limits\","
         "\"name\":\"limits\"}");
    ASKED(204, "PUT /api/parameters/vhost-limits/%2F/limits",
          "{\"value\":{\"max-connections\":6}}");
    ASKED(200, "GET /api/vhost-limits", NULL);
    TEXT("[{\"vhost\":\"/\",\"value\":{\"max-connections\":6}}]");
    ASKED(400, "PUT /api/parameters/vhost-limits/%2F/limits", "{\"value\":{\"nope\":6}}");
    ASKED(400, "PUT /api/parameters/vhost-limits/%2F/limits", "{\"value\":6}");
    ASKED(400, "PUT /api/parameters/vhost-limits/%2F/other", "{\"value\":{}}");
    ASKED(204, "DELETE /api/parameters/vhost-limits/%2F/limits", NULL);
    ASKED(404, "DELETE /api/parameters/vhost-limits/%2F/limits", NULL);
    ASKED(200, "GET /api/vhost-limits", NULL);
    TEXT("[]");
}

Test(parameters, operator_policies_are_a_component)
{
    ASKED(201, "PUT /api/operator-policies/%2F/p",
          "{\"pattern\":\"x\",\"definition\":{\"max-length\":1}}");
    ASKED(200, "GET /api/parameters", NULL);
    TEXT(
        "[{\"value\":{\"pattern\":\"x\",\"definition\":{\"max-length\":1},\"priority\":0,"
        "\"apply-to\":\"all\"},\"vhost\":\"/\",\"component\":\"operator_policy\",\"name\":\"p\"}]");
    ASKED(204, "DELETE /api/parameters/operator_policy/%2F/p", NULL);
    ASKED(201, "PUT /api/parameters/operator_policy/%2F/p",
          "{\"value\":{\"pattern\":\"x\",\"definition\":{\"max-length\":2},\"priority\":3}}");
    ASKED(200, "GET /api/operator-policies/%2F/p?columns=definition,priority", NULL);
    TEXT("{\"definition\":{\"max-length\":2},\"priority\":3}");
}

Test(parameters, who_makes_policies_sees_those_of_his_virtual_hosts)
{
    api_kit_add_vhost(&kit, "v");
    api_kit_add_user(&kit, "p", "policymaker");
    api_kit_add_user(&kit, "m", "monitoring");
    api_kit_permit(&kit, "p", "v");
    ASKED(201, "PUT /api/parameters/shovel/%2F/b", "{\"value\":1}");
    ASKED(201, "PUT /api/parameters/shovel/v/a", "{\"value\":2}");
    cr_assert_eq(api_ask(&kit, "p", "GET /api/parameters", NULL), 200);
    TEXT("[{\"value\":2,\"vhost\":\"v\",\"component\":\"shovel\",\"name\":\"a\"}]");
    cr_assert_eq(api_ask(&kit, "p", "GET /api/parameters/shovel/%2F/b", NULL), 401);
    cr_assert_eq(api_ask(&kit, "p", "PUT /api/parameters/shovel/%2F/b", "{\"value\":1}"), 401);
    cr_assert_eq(api_ask(&kit, "p", "DELETE /api/parameters/shovel/v/a", NULL), 204);
    cr_assert_eq(api_ask(&kit, "m", "GET /api/parameters", NULL), 401);
    cr_assert_eq(api_ask(&kit, "m", "GET /api/global-parameters", NULL), 401);
    cr_assert_eq(api_ask(&kit, "p", "PUT /api/cluster-name", "{\"name\":\"x\"}"), 401);
}

Test(parameters, global_ones_have_no_virtual_host)
{
    ASKED(201, "PUT /api/global-parameters/mine", "{\"value\":{\"a\":[1,2.5,\"x\"]}}");
    ASKED(204, "PUT /api/global-parameters/mine", "{\"value\":7}");
    ASKED(201, "PUT /api/global-parameters/also", "{\"value\":null}");
    ASKED(400, "PUT /api/global-parameters/none", "{}");
    ASKED(200, "GET /api/global-parameters", NULL);
    TEXT("[{\"name\":\"also\",\"value\":null},{\"name\":\"mine\",\"value\":7}]");
    ASKED(200, "GET /api/global-parameters/mine", NULL);
    TEXT("{\"name\":\"mine\",\"value\":7}");
    ASKED(204, "DELETE /api/global-parameters/mine", NULL);
    ASKED(404, "DELETE /api/global-parameters/mine", NULL);
    ASKED(404, "GET /api/global-parameters/mine", NULL);
}

Test(parameters, the_name_of_the_cluster_is_one_of_them)
{
    ASKED(204, "PUT /api/cluster-name", "{\"name\":\"ours\"}");
    ASKED(200, "GET /api/global-parameters", NULL);
    TEXT("[{\"name\":\"cluster_name\",\"value\":\"ours\"}]");
    ASKED(200, "GET /api/overview?columns=cluster_name", NULL);
    TEXT("{\"cluster_name\":\"ours\"}");
    ASKED(204, "PUT /api/global-parameters/cluster_name", "{\"value\":\"theirs\"}");
    ASKED(200, "GET /api/cluster-name", NULL);
    TEXT("{\"name\":\"theirs\"}");
    ASKED(400, "PUT /api/cluster-name", "{\"name\":7}");
    ASKED(400, "PUT /api/cluster-name", "{\"name\":\"\"}");
    ASKED(400, "PUT /api/cluster-name", "{}");
    ASKED(204, "DELETE /api/global-parameters/cluster_name", NULL);
    ASKED(200, "GET /api/cluster-name", NULL);
    TEXT("{\"name\":\"rabbit@here\"}");
}

Test(parameters, a_name_in_the_settings_holds_after_the_next_start)
{
    struct effects fx = {0};
    struct parameter id = {.name = CLUSTER_ID}, again = {.name = CLUSTER_ID};
    identity_begin(kit.broker, kit.settings, &fx);
    cr_assert(broker_find_parameter(kit.broker, &id));
    cr_assert(slice_starts(id.value, SLICE("\"rabbitmq-cluster-id-")));
    cr_assert_eq(id.value.len, strlen("\"rabbitmq-cluster-id-0123456789012345678901\""));
    ASKED(204, "PUT /api/cluster-name", "{\"name\":\"ours\"}");
    struct findings findings = {0};
    settings_set(kit.settings, SLICE("cluster_name"), SLICE("set"),
                 (struct setting_origin){.source = SOURCE_FILE, .name = "f"}, &findings);
    findings_finish(&findings);
    identity_begin(kit.broker, kit.settings, &fx);
    identity_renew(kit.broker, kit.engine, "rabbit@here");
    ASKED(200, "GET /api/cluster-name", NULL);
    TEXT("{\"name\":\"set\"}");
    broker_find_parameter(kit.broker, &again);
    cr_assert(slice_eq(again.value, id.value));
    effects_free(&fx);
}

Test(parameters, definitions_have_all_of_them)
{
    static const char definitions[] =
        "{\"vhosts\":[{\"name\":\"v\"}],\"parameters\":[{\"vhost\":\"v\",\"component\":\"shovel\","
        "\"name\":\"s\",\"value\":{\"a\":1}},{\"vhost\":\"v\",\"component\":\"vhost-limits\","
        "\"name\":\"limits\",\"value\":{\"max-queues\":2}}],\"global_parameters\":[{\"name\":"
        "\"cluster_name\",\"value\":\"new\"},{\"name\":\"g\",\"value\":[]}]}";
    for (int times = 0; times < 2; times++) {
        ASKED(204, "POST /api/definitions", definitions);
        ASKED(200, "GET /api/definitions?columns=parameters,global_parameters", NULL);
        TEXT("{\"parameters\":[{\"value\":{\"max-queues\":2},\"vhost\":\"v\",\"component\":"
             "\"vhost-limits\",\"name\":\"limits\"},{\"value\":{\"a\":1},\"vhost\":\"v\","
             "\"component\":\"shovel\",\"name\":\"s\"}],\"global_parameters\":[{\"name\":"
             "\"cluster_name\",\"value\":\"new\"},{\"name\":\"g\",\"value\":[]}]}");
    }
    ASKED(200, "GET /api/cluster-name", NULL);
    TEXT("{\"name\":\"new\"}");
    ASKED(204, "POST /api/definitions/%2F",
          "{\"parameters\":[{\"vhost\":\"elsewhere\",\"component\":\"shovel\",\"name\":\"t\","
          "\"value\":1}],\"global_parameters\":[{\"name\":\"not\",\"value\":1}]}");
    ASKED(200, "GET /api/definitions/%2F?columns=parameters,global_parameters", NULL);
    TEXT("{\"parameters\":[{\"value\":1,\"vhost\":\"/\",\"component\":\"shovel\","
         "\"name\":\"t\"}]}");
    ASKED(404, "GET /api/global-parameters/not", NULL);
    ASKED(400, "POST /api/definitions", "{\"parameters\":{}}");
    TEXT("{\"error\":\"bad_request\",\"reason\":[\"not_a_list\",\"parameters\"]}");
}
