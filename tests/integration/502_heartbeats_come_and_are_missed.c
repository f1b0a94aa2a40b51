/* A client that proposed a second gets heartbeats, and is closed when it sends none itself. */
#include <string.h>
#include <unistd.h>

#include "tests/integration/client.h"

/* rabbitmq-c would send heartbeats by itself: the socket is read behind its back. */
int main(void)
{
    static const char heartbeat[] = "\x08\0\0\0\0\0\0\xce";
    char got[4096];
    struct broker_process broker = broker_start((const char *[]){NULL});
    int fd = dial(broker.port);
    amqp_connection_state_t client = client_of(fd, 1);
    uint64_t start = clock_ms();
    int len = read_to_end(fd, got, sizeof got, 10000);
    CHECK(len >= 16);
    CHECK(memcmp(got, heartbeat, 8) == 0 && memcmp(got + 8, heartbeat, 8) == 0);
    CHECK(clock_ms() - start >= 900 && clock_ms() - start < 6000);
    CHECK(broker_logs(&broker, "missed heartbeats from client, timeout: 1s", 1000));
    client_drop(client);
    broker_stop(&broker);
    return 0;
}
