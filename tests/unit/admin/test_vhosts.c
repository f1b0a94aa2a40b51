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

TestSuite(vhosts, .init = start, .fini = stop);

#define ASKED(status, line, body)                                                                  \
    cr_assert_eq(api_ask(&kit, "guest", line, body), status, "%s: %s", line, kit.text)
#define TEXT(expected) cr_assert_str_eq(kit.text, expected)
#define SHOW "GET /api/vhosts/v?columns=description,tags,metadata,default_queue_type"

Test(vhosts, have_what_they_were_made_with)
{
    ASKED(201, "PUT /api/vhosts/v",
          "{\"description\":\"what for\",\"tags\":\"a, b\",\"default_queue_type\":\"quorum\"}");
    ASKED(200, SHOW, NULL);
    TEXT("{\"description\":\"what for\",\"tags\":[\"a\",\"b\"],\"default_queue_type\":\"quorum\","
         "\"metadata\":{\"description\":\"what for\",\"tags\":[\"a\",\"b\"],"
         "\"default_queue_type\":\"quorum\"}}");
    ASKED(204, "PUT /api/vhosts/v", "{\"tags\":[\"c\"]}"); // what is not said goes, as in RabbitMQ
    ASKED(200, SHOW, NULL);
    TEXT("{\"description\":\"\",\"tags\":[\"c\"],\"metadata\":{\"description\":\"\","
         "\"tags\":[\"c\"]},\"default_queue_type\":\"undefined\"}");
    ASKED(204, "PUT /api/vhosts/v", "{\"default_queue_type\":\"undefined\"}");
    ASKED(200, SHOW, NULL);
    TEXT("{\"description\":\"\",\"tags\":[],\"metadata\":{\"description\":\"\",\"tags\":[]},"
         "\"default_queue_type\":\"undefined\"}");
}

Test(vhosts, are_not_made_with_what_cannot_be)
{
    ASKED(400, "PUT /api/vhosts/v", "{\"default_queue_type\":\"nope\"}");
    TEXT("{\"error\":\"bad_request\",\"reason\":[\"invalid_queue_type\",\"nope\"]}");
    ASKED(400, "PUT /api/vhosts/v", "{\"tags\":5}");
    ASKED(400, "PUT /api/vhosts/v", "{\"description\":5}");
    ASKED(404, "GET /api/vhosts/v", NULL);
}

Test(vhosts, say_of_which_type_queues_are)
{
    ASKED(201, "PUT /api/vhosts/v", "{\"default_queue_type\":\"quorum\"}");
    ASKED(201, "PUT /api/queues/v/q", "{\"durable\":true}");
    ASKED(200, "GET /api/queues/v/q?columns=type,arguments", NULL);
    TEXT("{\"type\":\"quorum\",\"arguments\":{\"x-queue-type\":\"quorum\"}}");
}

Test(vhosts, definitions_have_what_is_said_of_them)
{
    ASKED(201, "PUT /api/vhosts/plain", "{}");
    ASKED(201, "PUT /api/vhosts/v", "{\"description\":\"d\",\"default_queue_type\":\"stream\"}");
    ASKED(200, "GET /api/definitions?columns=vhosts", NULL);
    TEXT("{\"vhosts\":[{\"name\":\"/\"},{\"name\":\"plain\"},{\"name\":\"v\",\"description\":\"d\","
         "\"tags\":[],\"default_queue_type\":\"stream\",\"metadata\":{\"description\":\"d\","
         "\"tags\":[],\"default_queue_type\":\"stream\"}}]}");
    /* What they do not say stays. */
    ASKED(204, "POST /api/definitions",
          "{\"vhosts\":[{\"name\":\"v\",\"metadata\":{\"tags\":[\"t\"]}}]}");
    ASKED(200, SHOW, NULL);
    TEXT("{\"description\":\"d\",\"tags\":[\"t\"],\"default_queue_type\":\"stream\",\"metadata\":"
         "{\"description\":\"d\",\"tags\":[\"t\"],\"default_queue_type\":\"stream\"}}");
    ASKED(204, "POST /api/definitions", "{\"vhosts\":[{\"name\":\"v\"}]}");
    ASKED(200, "GET /api/vhosts/v?columns=description", NULL);
    TEXT("{\"description\":\"d\"}");
    ASKED(400, "POST /api/definitions",
          "{\"vhosts\":[{\"name\":\"v\",\"default_queue_type\":\"fast\"}]}");
}

Test(vhosts, new_ones_have_what_the_settings_say_of_their_names)
{
    struct findings findings = {0};
    struct setting_origin origin = {.source = SOURCE_FILE, .name = "f"};
    settings_set(kit.settings, SLICE("default_limits.vhosts.1.pattern"), SLICE("^v"), origin,
                 &findings);
    settings_set(kit.settings, SLICE("default_limits.vhosts.1.max_queues"), SLICE("7"), origin,
                 &findings);
    findings_finish(&findings);
    ASKED(201, "PUT /api/vhosts/v", "{}");
    ASKED(204, "POST /api/definitions", "{\"vhosts\":[{\"name\":\"v2\"},{\"name\":\"w\"}]}");
    ASKED(200, "GET /api/vhost-limits", NULL);
    TEXT("[{\"vhost\":\"v\",\"value\":{\"max-queues\":7}},{\"vhost\":\"v2\",\"value\":"
         "{\"max-queues\":7}}]");
    ASKED(204, "DELETE /api/vhost-limits/v/max-queues", NULL);
    ASKED(204, "PUT /api/vhosts/v", "{}"); // which is not new any more
    ASKED(200, "GET /api/vhost-limits/v", NULL);
    TEXT("[]");
}

Test(vhosts, definitions_say_the_type_of_a_queue_or_leave_it_to_the_virtual_host)
{
    ASKED(204, "POST /api/definitions",
          "{\"vhosts\":[{\"name\":\"v\",\"default_queue_type\":\"quorum\"}],\"queues\":["
          "{\"name\":\"a\",\"vhost\":\"v\"},{\"name\":\"b\",\"vhost\":\"v\",\"type\":\"classic\"},"
          "{\"name\":\"amq.gen-x\",\"vhost\":\"v\",\"durable\":true}]}");
    ASKED(200, "GET /api/queues/v?columns=name,type,arguments", NULL);
    TEXT("[{\"name\":\"a\",\"type\":\"quorum\",\"arguments\":{\"x-queue-type\":\"quorum\"}},"
         "{\"name\":\"amq.gen-x\",\"type\":\"classic\",\"arguments\":{}},"
         "{\"name\":\"b\",\"type\":\"classic\",\"arguments\":{}}]");
    ASKED(401, "PUT /api/queues/%2F/amq.gen-y", "{}"); // by a name that only the broker makes
    ASKED(400, "POST /api/definitions", "{\"queues\":[{\"vhost\":\"v\"}]}");
}

Test(vhosts, that_are_protected_are_not_deleted)
{
    ASKED(201, "PUT /api/vhosts/v", "{}");
    ASKED(200, "GET /api/vhosts/v?columns=protected_from_deletion", NULL);
    TEXT("{\"protected_from_deletion\":false}");
    ASKED(204, "POST /api/vhosts/v/deletion/protection", "");
    ASKED(412, "DELETE /api/vhosts/v", NULL);
    TEXT("{\"error\":\"precondition_failed\",\"reason\":\"Refusing to delete virtual host 'v' "
         "because it is protected from deletion\"}");
    ASKED(200, "GET /api/vhosts/v?columns=protected_from_deletion,metadata", NULL);
    TEXT("{\"metadata\":{\"description\":\"\",\"tags\":[],\"protected_from_deletion\":true},"
         "\"protected_from_deletion\":true}");
    ASKED(200, "GET /api/vhosts/v/deletion/protection", NULL);
    TEXT("{\"protected_from_deletion\":true}");
    ASKED(204, "DELETE /api/vhosts/v/deletion/protection", NULL);
    ASKED(204, "DELETE /api/vhosts/v", NULL);
    ASKED(404, "POST /api/vhosts/v/deletion/protection", "");
}

Test(vhosts, definitions_say_that_one_is_protected)
{
    ASKED(201, "PUT /api/vhosts/v", "{\"protected_from_deletion\":true}");
    ASKED(204, "PUT /api/vhosts/v", "{}"); // of which that says nothing
    ASKED(200, "GET /api/definitions?columns=vhosts", NULL);
    TEXT("{\"vhosts\":[{\"name\":\"/\"},{\"name\":\"v\",\"description\":\"\",\"tags\":[],"
         "\"metadata\":{\"description\":\"\",\"tags\":[],\"protected_from_deletion\":true}}]}");
    ASKED(204, "POST /api/definitions",
          "{\"vhosts\":[{\"name\":\"v\",\"metadata\":{\"protected_from_deletion\":false}}]}");
    ASKED(200, "GET /api/vhosts/v/deletion/protection", NULL);
    TEXT("{\"protected_from_deletion\":false}");
    ASKED(400, "PUT /api/vhosts/v", "{\"protected_from_deletion\":7}");
}
