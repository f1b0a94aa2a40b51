/* A password login and a large message over TLS. */
#include <stdlib.h>
#include <string.h>

#include "tests/integration/office.h"

int main(void)
{
    const char *settings[16];
    struct office office = office_new();
    office_settings(&office, settings);
    struct broker_process broker = broker_start(settings);
    CHECK(broker_logs(&broker, "started TLS (SSL) listener on 127.0.0.1:", 0));

    amqp_connection_state_t client = office_dial(&office, broker.tls_port, NULL);
    CHECK(client);
    CHECK(amqp_login(client, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest")
              .reply_type == AMQP_RESPONSE_NORMAL);
    CHECK(amqp_channel_open(client, 1));
    client_declare(client, "q");
    amqp_bytes_t body = amqp_bytes_malloc(3000000);
    for (size_t i = 0; i < body.len; i++) {
        ((uint8_t *)body.bytes)[i] = (uint8_t)(i * 13 + i / 509);
    }
    client_publish(client, "q", body);
    CHECK(client_gets(client, "q", body));
    amqp_bytes_free(body);
    client_close(client);
    broker_stop(&broker);
    office_free(&office);
    return 0;
}
