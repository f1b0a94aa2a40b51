/* A long queue that was drained leaves no memory behind. */
#include <string.h>

#include "tests/integration/client.h"

enum { MIB = 1024 * 1024, MESSAGES = 200000 };

int main(void)
{
    static char bytes[1024];
    amqp_bytes_t body = {.len = sizeof bytes, .bytes = bytes};
    struct broker_process broker =
        broker_start((const char *[]){"memory_monitor_interval=300", NULL});
    amqp_connection_state_t client = client_open(&broker);
    client_declare(client, "q");
    uint64_t idle = broker_resident(&broker);
    for (int i = 0; i < MESSAGES; i++) {
        client_publish(client, "q", body);
    }
    client_declare(client, "q");
    CHECK(broker_resident(&broker) > idle + 150ull * MIB);

    CHECK(amqp_basic_consume(client, 1, amqp_cstring_bytes("q"), amqp_empty_bytes, 0, 1, 0,
                             amqp_empty_table));
    for (int i = 0; i < MESSAGES; i++) {
        amqp_envelope_t envelope;
        CHECK(amqp_consume_message(client, &envelope, NULL, 0).reply_type == AMQP_RESPONSE_NORMAL);
        amqp_destroy_envelope(&envelope);
        amqp_maybe_release_buffers(client);
    }
    uint64_t deadline = clock_ms() + PATIENCE_MS;
    while (broker_resident(&broker) >= idle + 16ull * MIB && clock_ms() < deadline) {
        sleep_ms(50);
    }
    CHECK(broker_resident(&broker) < idle + 16ull * MIB);
    client_close(client);
    broker_stop(&broker);
    return 0;
}
