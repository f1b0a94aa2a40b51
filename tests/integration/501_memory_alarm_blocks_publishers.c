/* Above the watermark a publisher is told, and read from no more; a consumer goes on, and when it
 * has made room the publisher is told again. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/integration/client.h"

enum { MIB = 1024 * 1024, MESSAGES = 96 };

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

int main(void)
{
    amqp_frame_t frame;
    amqp_bytes_t body = {.len = MIB, .bytes = calloc(1, MIB)};
    struct broker_process broker = start_near_watermark();
    amqp_connection_state_t consumer = client_open(&broker);
    client_declare(consumer, "q");
    amqp_connection_state_t publisher = client_open_told(&broker);
    int sent = 0;
    for (; sent < MESSAGES && client_wait(publisher, 0, &frame) == 0; sent++) {
        client_publish(publisher, "q", body);
        sleep_ms(5);
    }
    CHECK(sent < MESSAGES);
    CHECK(frame.payload.method.id == AMQP_CONNECTION_BLOCKED_METHOD);
    CHECK(broker_logs(&broker, "vm_memory_high_watermark set. Memory used:", 1000));
    CHECK(broker_logs(&broker, "memory resource limit alarm set on node ", 1000));
    CHECK(client_wait(publisher, 500, &frame) == 0);

    while (client_gets(consumer, "q", body)) {
    }
    CHECK(client_wait(publisher, 5000, &frame) == AMQP_CONNECTION_UNBLOCKED_METHOD);
    CHECK(broker_logs(&broker, "memory resource limit alarm cleared", 1000));
    client_publish(publisher, "q", body);
    client_declare(publisher, "q");
    client_close(publisher);
    client_close(consumer);
    broker_stop(&broker);
    free(body.bytes);
    return 0;
}
