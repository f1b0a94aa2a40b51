/* Durable queues and their persistent messages, octet by octet, after a stop, after SIGKILL, and
 * after both again; also a topology that goes through a durable exchange. */
#include <stdlib.h>

#include "tests/integration/durable.h"

static void bind(const struct broker_process *broker)
{
    amqp_connection_state_t client = client_open(broker);
    CHECK(amqp_exchange_declare(client, 1, amqp_cstring_bytes("e"), amqp_cstring_bytes("topic"), 0,
                                1, 0, 0, amqp_empty_table));
    client_declare(client, "bound");
    CHECK(amqp_queue_bind(client, 1, amqp_cstring_bytes("bound"), amqp_cstring_bytes("e"),
                          amqp_cstring_bytes("a.#"), amqp_empty_table));
    client_close(client);
}

static void expect_binding(const struct broker_process *broker)
{
    amqp_connection_state_t client = client_open(broker);
    amqp_bytes_t body = amqp_cstring_bytes("through");
    CHECK(amqp_basic_publish(client, 1, amqp_cstring_bytes("e"), amqp_cstring_bytes("a.b"), 0, 0,
                             NULL, body) == AMQP_STATUS_OK);
    CHECK(client_gets(client, "bound", body));
    client_close(client);
}

int main(void)
{
    char *directory = directory_make();
    struct broker_process broker = durable_start(directory, NULL);
    bind(&broker);
    durable_publish(&broker, 0, 200);
    broker_stop(&broker);

    broker = durable_start(directory, NULL);
    CHECK(durable_count(&broker) == 200);
    durable_publish(&broker, 200, 100);
    durable_kill(&broker);

    broker = durable_start(directory, NULL);
    expect_binding(&broker);
    CHECK(durable_count(&broker) == 300);
    durable_take(&broker, 0, 300);
    durable_publish(&broker, 300, 10);
    broker_stop(&broker);

    broker = durable_start(directory, NULL);
    durable_take(&broker, 300, 10);
    broker_stop(&broker);
    directory_remove(directory);
    free(directory);
    return 0;
}
