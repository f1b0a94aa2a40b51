#include <stdio.h>
#include <string.h>

#include "tests/unit/admin/api_kit.h"

/* Definitions are imported as a whole or not at all. */

static struct api_kit kit;

static void start(void)
{
    api_kit_start(&kit);
    api_kit_add_queue(&kit, "classic");
    api_ask(&kit, "guest", "PUT /api/queues/%2F/quorum",
            "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"quorum\"}}");
    api_ask(&kit, "guest", "PUT /api/exchanges/%2F/random",
            "{\"type\":\"x-local-random\",\"durable\":true}");
    api_ask(&kit, "guest", "PUT /api/exchanges/%2F/hash",
            "{\"type\":\"x-consistent-hash\",\"durable\":true}");
}

static void stop(void)
{
    api_kit_stop(&kit);
}

TestSuite(import, .init = start, .fini = stop);

#define ASKED(status, line, body)                                                                  \
    cr_expect_eq(api_ask(&kit, "guest", line, body), status, "%s: %s", line, kit.text)
#define TEXT(expected) cr_expect_str_eq(kit.text, expected)

/* What comes before the fault, and would be imported. */
#define BEFORE                                                                                     \
    "\"users\":[{\"name\":\"u\",\"password_hash\":\"\",\"tags\":\"\"}],"                           \
    "\"vhosts\":[{\"name\":\"v\"}],"                                                               \
    "\"permissions\":[{\"user\":\"u\",\"vhost\":\"v\",\"configure\":\"\",\"write\":\"\","          \
    "\"read\":\"\"}],"                                                                             \
    "\"exchanges\":[{\"name\":\"e\",\"vhost\":\"v\",\"type\":\"topic\"}]"
#define QUEUE(members) "\"queues\":[{\"name\":\"a\",\"vhost\":\"v\"},{" members "}]"
#define BINDING(members) "\"bindings\":[{\"vhost\":\"/\"," members "}]"

Test(import, what_is_refused_leaves_nothing_behind)
{
    static const char *const faults[] = {
        "\"exchanges\":[{\"name\":\"f\",\"vhost\":\"/\",\"type\":\"topic\"},"
        "{\"name\":\"e\",\"vhost\":\"/\",\"type\":\"nope\"}]",
        "\"exchanges\":[{\"name\":\"e\",\"vhost\":\"/\",\"type\":\"topic\","
        "\"arguments\":{\"alternate-exchange\":7}}]",
        "\"exchanges\":[{\"name\":\"e\",\"vhost\":\"/\",\"type\":\"x-delayed-message\"}]",
        "\"exchanges\":[{\"name\":\"amq.mine\",\"vhost\":\"/\",\"type\":\"topic\"}]",
        "\"exchanges\":[{\"name\":\"e\",\"vhost\":\"/\"}]",
        QUEUE("\"name\":\"b\",\"vhost\":\"v\",\"arguments\":{\"x-message-ttl\":\"soon\"}"),
        QUEUE("\"name\":\"b\",\"vhost\":\"v\",\"type\":\"nope\""),
        QUEUE("\"name\":\"b\",\"vhost\":\"v\",\"type\":\"quorum\",\"durable\":false"),
        QUEUE("\"name\":\"amq.gen-x\",\"vhost\":\"/\",\"type\":\"quorum\""),
        QUEUE("\"name\":\"b\",\"vhost\":\"v\",\"arguments\":{\"x-dead-letter-exchange\":7}"),
        BINDING("\"source\":\"random\",\"destination\":\"quorum\",\"destination_type\":\"queue\""),
        BINDING("\"source\":\"hash\",\"destination\":\"classic\",\"destination_type\":\"queue\","
                "\"routing_key\":\"no number\""),
        BINDING("\"source\":\"amq.headers\",\"destination\":\"classic\",\"destination_type\":"
                "\"queue\",\"arguments\":{\"x-match\":\"some\"}"),
        "\"parameters\":[{\"component\":\"vhost-limits\",\"name\":\"limits\",\"vhost\":\"v\","
        "\"value\":{\"max-queues\":1}}]," QUEUE("\"name\":\"b\",\"vhost\":\"v\""),
        "\"parameters\":[{\"component\":\"vhost-limits\",\"name\":\"limits\",\"vhost\":\"/\","
        "\"value\":{\"max-queues\":2}}],\"queues\":[{\"name\":\"c\",\"vhost\":\"/\"}]",
        "\"policies\":[{\"name\":\"p\",\"vhost\":\"v\",\"pattern\":\"(\",\"definition\":"
        "{\"max-length\":1}}]",
        "\"global_parameters\":[{\"name\":\"cluster_name\",\"value\":7}]",
    };
    static char before[sizeof kit.text], body[2000];
    ASKED(200, "GET /api/definitions", NULL);
    snprintf(before, sizeof before, "%s", kit.text);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        bool exchanges = strncmp(faults[i], "\"exchanges\"", 11) == 0;
        snprintf(body, sizeof body, "{%.*s%s%s}",
                 exchanges ? (int)(strstr(BEFORE, ",\"exchanges\"") - BEFORE) : 1000, BEFORE, ",",
                 faults[i]);
        cr_expect_neq(api_ask(&kit, "guest", "POST /api/definitions", body), 204, "%s", body);
        ASKED(200, "GET /api/definitions", NULL);
        cr_expect_str_eq(kit.text, before, "%s", body);
    }
}

Test(import, what_is_there_is_counted_and_may_be_named)
{
    ASKED(204, "PUT /api/vhost-limits/%2F/max-queues", "{\"value\":3}");
    ASKED(400, "POST /api/definitions",
          "{\"queues\":[{\"name\":\"c\",\"vhost\":\"/\"},{\"name\":\"d\",\"vhost\":\"/\"}]}");
    TEXT("{\"error\":\"bad_request\",\"reason\":\"cannot declare queue 'd': queue limit in vhost "
         "'/' (3) is reached\"}");
    ASKED(404, "GET /api/queues/%2F/c", NULL);
    ASKED(204, "POST /api/definitions",
          "{\"queues\":[{\"name\":\"c\",\"vhost\":\"/\"},{\"name\":\"classic\",\"vhost\":\"/\"}],"
          "\"exchanges\":[{\"name\":\"hash\",\"vhost\":\"/\",\"type\":\"fanout\"}],"
          "\"bindings\":[{\"source\":\"hash\",\"vhost\":\"/\",\"destination\":\"quorum\","
          "\"destination_type\":\"queue\",\"routing_key\":\"5\"}]}");
    ASKED(200, "GET /api/queues/%2F/quorum/bindings?columns=source", NULL);
    TEXT("[{\"source\":\"\"},{\"source\":\"hash\"}]");
}

Test(import, of_the_same_name_the_first_counts)
{
    ASKED(204, "POST /api/definitions",
          "{\"queues\":[{\"name\":\"q\",\"vhost\":\"/\",\"type\":\"quorum\"},"
          "{\"name\":\"q\",\"vhost\":\"/\",\"type\":\"classic\",\"durable\":false}],"
          "\"exchanges\":[{\"name\":\"e\",\"vhost\":\"/\",\"type\":\"topic\"},"
          "{\"name\":\"e\",\"vhost\":\"/\",\"type\":\"fanout\"}]}");
    ASKED(200, "GET /api/queues/%2F/q?columns=type", NULL);
    TEXT("{\"type\":\"quorum\"}");
    ASKED(200, "GET /api/exchanges/%2F/e?columns=type", NULL);
    TEXT("{\"type\":\"topic\"}");
}

Test(import, into_one_virtual_host_is_whole_as_well)
{
    ASKED(400, "POST /api/definitions/%2F",
          "{\"queues\":[{\"name\":\"a\"},{\"name\":\"b\",\"arguments\":{\"x-expires\":0}}]}");
    ASKED(404, "GET /api/queues/%2F/a", NULL);
    ASKED(204, "POST /api/definitions/%2F", "{\"queues\":[{\"name\":\"a\"}]}");
    ASKED(200, "GET /api/queues/%2F/a", NULL);
}

Test(import, there_may_be_so_many_virtual_hosts)
{
    api_kit_set(&kit, "vhost_max", "2");
    ASKED(400, "POST /api/definitions",
          "{\"vhosts\":[{\"name\":\"/\"},{\"name\":\"v\"},{\"name\":\"v\"},{\"name\":\"w\"}]}");
    TEXT("{\"error\":\"bad_request\",\"reason\":\"cannot create vhost 'w': vhost limit of 2 is "
         "reached\"}");
    ASKED(404, "GET /api/vhosts/v", NULL);
    ASKED(204, "POST /api/definitions", "{\"vhosts\":[{\"name\":\"v\"},{\"name\":\"v\"}]}");
}
