/* A client that sends heartbeats and nothing else stays connected. */
#include "tests/integration/client.h"

int main(void)
{
    amqp_frame_t frame;
    struct broker_process broker = broker_start((const char *[]){NULL});
    amqp_connection_state_t client = client_of(dial(broker.port), 3);
    CHECK(client_wait(client, 12000, &frame) == 0);
    client_declare(client, "q");
    client_close(client);
    broker_stop(&broker);
    return 0;
}
