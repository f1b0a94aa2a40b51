/* A client that says nothing on the TLS port is closed after ssl_handshake_timeout. */
#include <unistd.h>

#include "tests/integration/office.h"

int main(void)
{
    const char *settings[16];
    char answer[8];
    struct office office = office_new();
    office_settings(&office, settings);
    settings[5] = "ssl_handshake_timeout=500";
    struct broker_process broker = broker_start(settings);
    uint64_t start = clock_ms();
    int fd = dial(broker.tls_port);
    CHECK(read_to_end(fd, answer, sizeof answer, PATIENCE_MS) == 0);
    CHECK(clock_ms() - start >= 450);
    CHECK(broker_logs(&broker, "failed: timeout", PATIENCE_MS));
    close(fd);
    broker_stop(&broker);
    office_free(&office);
    return 0;
}
