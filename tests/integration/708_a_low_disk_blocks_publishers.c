/* Less free space than disk_free_limit: RabbitMQ's lines in the log, and publishers are blocked. */
#include <stdlib.h>

#include "tests/integration/durable.h"

int main(void)
{
    amqp_frame_t frame;
    char *directory = directory_make();
    struct broker_process broker = durable_start(directory, "disk_free_limit.absolute=900TB");
    CHECK(broker_logs(&broker, "Disk free limit set to 900000000MB", 0));
    CHECK(broker_logs(&broker, "Free disk space is insufficient. Free bytes: ", 0));
    CHECK(broker_logs(&broker, "disk resource limit alarm set on node rabbit@", 0));
    amqp_connection_state_t client = client_open_told(&broker);
    client_publish(client, "q", amqp_cstring_bytes("x"));
    CHECK(client_wait(client, PATIENCE_MS, &frame) == AMQP_CONNECTION_BLOCKED_METHOD);
    const amqp_connection_blocked_t *blocked = frame.payload.method.decoded;
    CHECK(client_text_is(blocked->reason, "low on disk"));
    client_drop(client);
    broker_stop(&broker);
    directory_remove(directory);
    free(directory);
    return 0;
}
