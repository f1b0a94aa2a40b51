/* A client that proposed two seconds gets heartbeats, and is closed when it sends none itself. */
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
    uint64_t start = clock_ms();
    amqp_connection_state_t client = client_of(fd, 2);
    int len = read_to_end(fd, got, sizeof got, PATIENCE_MS);
    CHECK(len >= 16);
    CHECK(memcmp(got, heartbeat, 8) == 0 && memcmp(got + 8, heartbeat, 8) == 0);
    CHECK(clock_ms() - start >= 2000);
    CHECK(broker_logs(&broker, "missed heartbeats from client, timeout: 2s", PATIENCE_MS));
    client_drop(client);
    broker_stop(&broker);
    return 0;
}
