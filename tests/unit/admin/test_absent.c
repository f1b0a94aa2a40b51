#include "tests/unit/admin/api_kit.h"

#include <stdio.h>
#include <string.h>

/* What RabbitMQ has by plugins, by other nodes or by being an Erlang machine. */

static struct api_kit kit;

static void start(void)
{
    api_kit_start(&kit);
}

static void stop(void)
{
    api_kit_stop(&kit);
}

TestSuite(absent, .init = start, .fini = stop);

#define ASKED(status, line, body)                                                                  \
    cr_expect_eq(api_ask(&kit, "guest", line, body), status, "%s: %s", line, kit.text)
#define TEXT(expected) cr_expect_str_eq(kit.text, expected)
#define REFUSED(reason) TEXT("{\"error\":\"service_unavailable\",\"reason\":\"" reason "\"}")

Test(absent, lists_are_empty_and_have_nothing_by_a_name)
{
    static const char *const lists[] = {
        "shovels",
        "shovels/%2F",
        "federation-links",
        "federation-links/%2F",
        "federation-links/state/down",
        "federation-links/%2F/state/down",
        "stream/connections",
        "stream/connections/%2F",
        "stream/consumers",
        "stream/consumers/%2F",
        "stream/publishers",
        "stream/publishers/%2F",
        "stream/publishers/%2F/q",
        "traces",
        "traces/%2F",
        "traces/node/rabbit@here",
        "traces/node/rabbit@here/%2F",
        "trace-files",
        "trace-files/node/rabbit@here",
    };
    char line[100];
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        snprintf(line, sizeof line, "GET /api/%s", lists[i]);
        ASKED(200, line, NULL);
        TEXT("[]");
    }
    ASKED(404, "GET /api/stream/connections/nope", NULL);
    ASKED(404, "GET /api/traces/%2F/nope", NULL);
    ASKED(404, "GET /api/trace-files/nope", NULL);
    ASKED(404, "GET /api/shovels/vhost/%2F/nope", NULL);
    ASKED(404, "DELETE /api/shovels/vhost/%2F/nope/restart", NULL);
    ASKED(404, "GET /api/process/%3C0.1.0%3E", NULL);
    ASKED(400, "GET /api/traces/node/other@host", NULL);
    TEXT("{\"error\":\"bad_request\",\"reason\":\"Node is not a cluster member\"}");
}

Test(absent, a_shovel_is_a_parameter_that_can_be_deleted)
{
    ASKED(201, "PUT /api/parameters/shovel/%2F/s", "{\"value\":{\"src-uri\":\"amqp://\"}}");
    ASKED(404, "GET /api/shovels/vhost/%2F/s", NULL); // it does not run
    ASKED(204, "DELETE /api/shovels/vhost/%2F/s", NULL);
    ASKED(404, "GET /api/parameters/shovel/%2F/s", NULL);
    ASKED(204, "DELETE /api/shovels/vhost/%2F/s", NULL);
}

Test(absent, traces_are_not_written_to_files)
{
    ASKED(400, "PUT /api/traces/%2F/t", "{\"format\":\"text\"}");
    TEXT("{\"error\":\"bad_request\",\"reason\":\"[{key_missing,pattern}]\"}");
    ASKED(400, "PUT /api/traces/%2F/t", "{\"format\":\"text\",\"pattern\":\"#\"}");
    TEXT("{\"error\":\"bad_request\",\"reason\":\"traces are not written to files\"}");
}

Test(absent, there_are_no_processes_and_tables)
{
    ASKED(200, "GET /api/top/rabbit@here", NULL);
    TEXT("{\"node\":\"rabbit@here\",\"row_count\":20,\"processes\":[]}");
    ASKED(200, "GET /api/top/ets/rabbit@here?row_count=5", NULL);
    TEXT("{\"node\":\"rabbit@here\",\"row_count\":5,\"ets_tables\":[]}");
    ASKED(404, "GET /api/top/other@host", NULL);
    ASKED(200, "GET /api/nodes/rabbit@here/memory/ets", NULL);
    TEXT("{\"ets_tables_memory\":\"no_tables\"}");
    ASKED(200, "GET /api/nodes/rabbit@here/memory/ets/management/relative", NULL);
    ASKED(404, "GET /api/nodes/other@host/memory/ets/relative", NULL);
}

Test(absent, the_last_replica_of_a_queue_stays)
{
    static const char here[] = "{\"node\":\"rabbit@here\"}";
    static const char there[] = "{\"node\":\"other@host\"}";
    ASKED(201, "PUT /api/queues/%2F/q",
          "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"quorum\"}}");
    ASKED(201, "PUT /api/queues/%2F/c", "{\"durable\":true}");
    ASKED(204, "POST /api/queues/quorum/%2F/q/replicas/add", here);
    ASKED(503, "POST /api/queues/quorum/%2F/q/replicas/add", there);
    REFUSED("node_not_running");
    ASKED(503, "POST /api/queues/quorum/%2F/c/replicas/add", here);
    REFUSED("classic_queue_not_supported");
    ASKED(503, "POST /api/queues/quorum/%2F/nope/replicas/add", here);
    REFUSED("not_found");
    ASKED(400, "POST /api/queues/quorum/%2F/q/replicas/add", "{}");
    ASKED(503, "DELETE /api/queues/quorum/%2F/q/replicas/delete", here);
    REFUSED("last_node");
    ASKED(202, "DELETE /api/queues/quorum/%2F/q/replicas/delete", there);
    ASKED(404, "DELETE /api/queues/quorum/%2F/nope/replicas/delete", here);
}

Test(absent, replicas_are_everywhere_already)
{
    static const char all[] =
        "{\"vhost_pattern\":\".*\",\"queue_pattern\":\".*\",\"strategy\":\"all\"}";
    ASKED(204, "POST /api/queues/quorum/replicas/on/rabbit@here/grow", all);
    ASKED(404, "POST /api/queues/quorum/replicas/on/other@host/grow", all);
    ASKED(400, "POST /api/queues/quorum/replicas/on/rabbit@here/grow", "{}");
    ASKED(202, "DELETE /api/queues/quorum/replicas/on/rabbit@here/shrink", NULL);
    ASKED(404, "DELETE /api/queues/quorum/replicas/on/other@host/shrink", NULL);
}

Test(absent, offsets_are_tracked_of_streams_only)
{
    ASKED(201, "PUT /api/queues/%2F/s",
          "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"stream\"}}");
    ASKED(201, "PUT /api/queues/%2F/c", "{\"durable\":true}");
    ASKED(200, "GET /api/stream/%2F/s/tracking", NULL);
    TEXT("{\"offsets\":{},\"writers\":{}}");
    ASKED(200, "GET /api/stream/%2F/s/tracking?type=offset", NULL);
    TEXT("{\"offsets\":{}}");
    ASKED(503, "GET /api/stream/%2F/c/tracking", NULL);
    ASKED(404, "GET /api/stream/%2F/nope/tracking", NULL);
}

Test(absent, what_a_browser_says_at_the_end_needs_no_login)
{
    cr_expect_eq(api_ask(&kit, NULL, "DELETE /api/login", NULL), 204);
}

Test(absent, a_quorum_queue_tells_of_its_only_replica)
{
    ASKED(201, "PUT /api/queues/%2F/q",
          "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"quorum\"}}");
    ASKED(201, "PUT /api/queues/%2F/c", "{\"durable\":true}");
    ASKED(200, "GET /api/queues/quorum/%2F/q/status", NULL);
    cr_expect_str_eq(kit.text,
                     "[{\"Node Name\":\"rabbit@here\",\"Raft State\":\"leader\","
                     "\"Membership\":\"voter\",\"Last Log Index\":0,\"Last Written\":0,"
                     "\"Last Applied\":0,\"Commit Index\":0,\"Snapshot Index\":\"undefined\","
                     "\"Term\":1,\"Machine Version\":0}]");
    ASKED(503, "GET /api/queues/quorum/%2F/c/status", NULL);
    cr_expect_str_eq(kit.text,
                     "{\"status\":\"failed\",\"reason\":\"classic_queue_not_supported\"}");
    ASKED(404, "GET /api/queues/quorum/%2F/nope/status", NULL);
}
