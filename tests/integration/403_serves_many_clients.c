/* Hundreds of connections at a time, each with a channel, all of them working. */
#include "tests/integration/client.h"

enum { CLIENTS = 400 };

int main(void)
{
    static amqp_connection_state_t clients[CLIENTS];
    struct broker_process broker = broker_start((const char *[]){NULL});
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = client_open(&broker);
    }
    client_declare(clients[0], "q");
    for (int i = 0; i < CLIENTS; i++) {
        client_publish(clients[i], "q", amqp_cstring_bytes("hello"));
    }
    client_declare(clients[CLIENTS - 1], "q");
    for (int i = 0; i < CLIENTS; i++) {
        client_close(clients[i]);
    }
    amqp_connection_state_t client = client_open(&broker);
    for (int i = 0; i < CLIENTS; i++) {
        CHECK(client_gets(client, "q", amqp_cstring_bytes("hello")));
    }
    CHECK(!client_gets(client, "q", amqp_cstring_bytes("hello")));
    client_close(client);
    broker_stop(&broker);
    return 0;
}
