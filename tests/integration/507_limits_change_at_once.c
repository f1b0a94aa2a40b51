/* Limits that are set while the broker runs hold at once: publishers are blocked, and let go
 * again; what tells of the limits tells the new ones. */
#include <stdio.h>
#include <string.h>

#include "tests/integration/web.h"

static int http;

static void set(const char *key, const char *value)
{
    char body[128];
    snprintf(body, sizeof body, "{\"%s\":\"%s\"}", key, value);
    CHECK(web_put(http, "/api/leveret/settings", body));
}

static bool tells(const char *path, const char *text)
{
    static char answer[256 * 1024];
    CHECK(web_ask(http, path, 200, answer, sizeof answer));
    return strstr(answer, text) != NULL;
}

/* The method that comes next, with a reason if it is connection.blocked. */
static void expect(amqp_connection_state_t client, int64_t wanted, const char *reason)
{
    amqp_frame_t frame;
    CHECK(client_wait(client, PATIENCE_MS, &frame) == wanted);
    if (wanted == AMQP_CONNECTION_BLOCKED_METHOD) {
        const amqp_connection_blocked_t *blocked = frame.payload.method.decoded;
        CHECK(client_text_is(blocked->reason, reason));
    }
}

static void expect_memory_told(struct broker_process *broker)
{
    CHECK(tells("GET /api/nodes", "\"mem_limit\":1000000,"));
    CHECK(tells("GET /api/nodes", "\"mem_alarm\":true"));
    CHECK(tells("GET /metrics", "rabbitmq_resident_memory_limit_bytes 1000000\n"));
    CHECK(tells("GET /api/config/effective", "{'vm_memory_high_watermark.absolute',\"1000000\"}"));
    CHECK(broker_logs(broker, "Memory high watermark set to 0 MiB (1000000 bytes)", PATIENCE_MS));
}

int main(void)
{
    /* So long that no look at the memory comes by itself. */
    const char *settings[] = {"management.tcp.port=0", "management.tcp.ip=127.0.0.1",
                              "memory_monitor_interval=3600000", NULL};
    struct broker_process broker = broker_start(settings);
    http = web_port(&broker);
    amqp_connection_state_t client = client_open_told(&broker);
    client_declare(client, "q");

    set("vm_memory_high_watermark.absolute", "1000000");
    client_publish(client, "q", amqp_cstring_bytes("x"));
    expect(client, AMQP_CONNECTION_BLOCKED_METHOD, "low on memory");
    expect_memory_told(&broker);
    set("vm_memory_high_watermark.relative", "0.9");
    expect(client, AMQP_CONNECTION_UNBLOCKED_METHOD, NULL);

    set("disk_free_limit.absolute", "900000000000000");
    client_publish(client, "q", amqp_cstring_bytes("x"));
    expect(client, AMQP_CONNECTION_BLOCKED_METHOD, "low on disk");
    CHECK(tells("GET /api/nodes", "\"disk_free_limit\":900000000000000,"));
    CHECK(tells("GET /metrics", "rabbitmq_disk_space_available_limit_bytes 900000000000000\n"));
    set("disk_free_limit.absolute", "1");
    expect(client, AMQP_CONNECTION_UNBLOCKED_METHOD, NULL);

    set("log.console.level", "error");
    set("disk_free_limit.absolute", "900000000000000");
    set("log.console.level", "info");
    set("disk_free_limit.absolute", "2");
    CHECK(broker_logs(&broker, "Disk free limit set to 0MB", PATIENCE_MS));
    CHECK(broker_logs(&broker, "alarm cleared", PATIENCE_MS));
    client_drop(client);
    broker_stop(&broker);
    return 0;
}
