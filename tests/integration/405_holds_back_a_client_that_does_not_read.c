/* Deliveries to a consumer that stops reading pile up in the queue, not in the broker's buffers,
 * and others are served meanwhile. All of them arrive in the end. */
#include <string.h>
#include <sys/socket.h>

#include "tests/integration/client.h"

enum { MESSAGES = 2000, SIZE = 20000 };

static bool receive(amqp_connection_state_t client)
{
    amqp_envelope_t envelope;
    struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    amqp_maybe_release_buffers(client);
    if (amqp_consume_message(client, &envelope, &patience, 0).reply_type != AMQP_RESPONSE_NORMAL) {
        return false;
    }
    bool whole = envelope.message.body.len == SIZE;
    amqp_destroy_envelope(&envelope);
    return whole;
}

int main(void)
{
    static char body[SIZE];
    struct broker_process broker = broker_start((const char *[]){NULL});
    int fd = dial(broker.port), room = 64 * 1024; // the system's own buffers may be as large as all
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0);
    amqp_connection_state_t consumer = client_of(fd, 0);
    amqp_connection_state_t producer = client_open(&broker);
    client_declare(consumer, "q");
    CHECK(amqp_basic_consume(consumer, 1, amqp_cstring_bytes("q"), amqp_empty_bytes, 0, 1, 0,
                             amqp_empty_table));
    for (int i = 0; i < MESSAGES; i++) {
        client_publish(producer, "q", (amqp_bytes_t){SIZE, body});
    }
    amqp_queue_declare_ok_t *ok =
        amqp_queue_declare(producer, 1, amqp_cstring_bytes("q"), 1, 1, 0, 0, amqp_empty_table);
    CHECK(ok && ok->message_count > MESSAGES / 4);
    for (int i = 0; i < MESSAGES; i++) {
        CHECK(receive(consumer));
    }
    client_close(consumer);
    client_close(producer);
    broker_stop(&broker);
    return 0;
}
