/* connection.close 320 with RabbitMQ's text; exit status 0 as soon as they have answered. */
#include <signal.h>
#include <string.h>

#include "tests/integration/client.h"

static void stop_by(int number, const char *line)
{
    static const char text[] =
        "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'";
    amqp_frame_t frame;
    struct broker_process broker = broker_start((const char *[]){NULL});
    amqp_connection_state_t client = client_open(&broker);
    broker_signal(&broker, number);
    CHECK(client_wait(client, PATIENCE_MS, &frame) == AMQP_CONNECTION_CLOSE_METHOD);
    const amqp_connection_close_t *close = frame.payload.method.decoded;
    CHECK(close->reply_code == 320);
    CHECK(close->reply_text.len == strlen(text) &&
          memcmp(close->reply_text.bytes, text, strlen(text)) == 0);
    CHECK(dial(broker.port) < 0);
    amqp_connection_close_ok_t ok = {0};
    CHECK(amqp_send_method(client, 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &ok) == AMQP_STATUS_OK);
    CHECK(client_wait(client, PATIENCE_MS, &frame) == -1);
    client_drop(client);
    CHECK(broker_wait(&broker, PATIENCE_MS) == 0);
    CHECK(broker_logs(&broker, line, 0));
    broker_stop(&broker);
}

int main(void)
{
    stop_by(SIGTERM, "SIGTERM received - shutting down");
    stop_by(SIGINT, "SIGINT received - shutting down");
    return 0;
}
