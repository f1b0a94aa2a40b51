/* It is told of in the log, and closed; others are not disturbed. */
#include <unistd.h>

#include "tests/integration/office.h"

int main(void)
{
    const char *settings[16];
    char answer[64];
    struct office office = office_new();
    office_settings(&office, settings);
    settings[5] = "ssl_handshake_timeout=600000";
    struct broker_process broker = broker_start(settings);
    amqp_connection_state_t client = client_open(&broker);
    int fd = dial(broker.tls_port);
    CHECK(write(fd, "AMQP\0\0\x09\x01", 8) == 8);
    CHECK(read_to_end(fd, answer, sizeof answer, PATIENCE_MS) >= 0);
    CHECK(broker_logs(&broker, "TLS handshake with 127.0.0.1:", PATIENCE_MS));
    close(fd);
    client_close(client);
    broker_stop(&broker);
    office_free(&office);
    return 0;
}
