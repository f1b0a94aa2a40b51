/* Above the watermark a publisher is told, and read from no more; a consumer goes on, and when it
 * has made room the publisher is told again. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/integration/client.h"

/* What is as large as this goes back to the system when it is freed, with a sanitizer, too. */
enum { MIB = 1024 * 1024, SIZE = 512 * 1024, MESSAGES = 192 * MIB / SIZE };

/* The watermark is some way above what an idle broker needs, which depends on how it was built. */
static struct broker_process start_near_watermark(void)
{
    char setting[96];
    struct broker_process broker = broker_start((const char *[]){"storage.in_memory=true", NULL});
    unsigned long long limit = broker_resident(&broker) + 48ull * MIB;
    broker_stop(&broker);
    snprintf(setting, sizeof setting, "vm_memory_high_watermark.absolute=%llu", limit);
    return broker_start(
        (const char *[]){setting, "memory_monitor_interval=200", "storage.in_memory=true", NULL});
}

/* Waits for a method of the broker that is no confirm. */
static int64_t wait_for_news(amqp_connection_state_t client, int ms)
{
    amqp_frame_t frame;
    int64_t method;
    do {
        method = client_wait(client, ms, &frame);
    } while (method == AMQP_BASIC_ACK_METHOD);
    return method;
}

/* One message at a time, each confirmed: what a blocked publisher has sent must fit into what the
 * system keeps for it, or it would wait there for ever. Returns what ended it. */
static int64_t publish_until_blocked(amqp_connection_state_t publisher, amqp_bytes_t body)
{
    amqp_frame_t frame;
    int64_t method = AMQP_BASIC_ACK_METHOD;
    CHECK(amqp_confirm_select(publisher, 1));
    for (int sent = 0; sent < MESSAGES && method == AMQP_BASIC_ACK_METHOD; sent++) {
        client_publish(publisher, "q", body);
        method = client_wait(publisher, PATIENCE_MS, &frame);
        amqp_maybe_release_buffers(publisher);
    }
    return method;
}

int main(void)
{
    amqp_bytes_t body = {.len = SIZE, .bytes = calloc(1, SIZE)};
    struct broker_process broker = start_near_watermark();
    amqp_connection_state_t consumer = client_open(&broker);
    client_declare(consumer, "q");
    amqp_connection_state_t publisher = client_open_told(&broker);
    CHECK(publish_until_blocked(publisher, body) == AMQP_CONNECTION_BLOCKED_METHOD);
    CHECK(broker_logs(&broker, "vm_memory_high_watermark set. Memory used:", PATIENCE_MS));
    CHECK(broker_logs(&broker, "memory resource limit alarm set on node ", PATIENCE_MS));
    CHECK(wait_for_news(publisher, 500) == 0);

    while (client_gets(consumer, "q", body)) {
    }
    CHECK(wait_for_news(publisher, PATIENCE_MS) == AMQP_CONNECTION_UNBLOCKED_METHOD);
    CHECK(broker_logs(&broker, "memory resource limit alarm cleared", PATIENCE_MS));
    client_publish(publisher, "q", body);
    client_declare(publisher, "q");
    client_close(publisher);
    client_close(consumer);
    broker_stop(&broker);
    free(body.bytes);
    return 0;
}
