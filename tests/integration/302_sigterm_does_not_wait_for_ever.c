/* Clients that do not answer, or never said anything, are dropped after a while. */
#include <signal.h>
#include <unistd.h>

#include "tests/integration/client.h"

int main(void)
{
    struct broker_process broker = broker_start((const char *[]){NULL});
    amqp_connection_state_t client = client_open(&broker);
    int silent = dial(broker.port);
    broker_signal(&broker, SIGTERM);
    CHECK(broker_wait(&broker, PATIENCE_MS) == 0);
    broker_stop(&broker);
    close(silent);
    client_drop(client);
    return 0;
}
