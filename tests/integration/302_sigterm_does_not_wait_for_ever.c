/* Clients that do not answer, or never said anything, are dropped; five seconds are the limit. */
#include <signal.h>
#include <unistd.h>

#include "tests/integration/client.h"

int main(void)
{
    struct broker_process broker = broker_start((const char *[]){NULL});
    amqp_connection_state_t client = client_open(&broker);
    int silent = dial(broker.port);
    uint64_t start = clock_ms();
    broker_signal(&broker, SIGTERM);
    CHECK(broker_wait(&broker, 5000) == 0);
    CHECK(clock_ms() - start < 5000);
    broker_stop(&broker);
    close(silent);
    client_drop(client);
    return 0;
}
