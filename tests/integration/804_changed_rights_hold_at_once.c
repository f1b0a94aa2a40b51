/* Permissions that change hold for open channels, and the connections of a user or a virtual host
 * that is deleted are closed, with RabbitMQ's texts. */
#include <stdio.h>
#include <string.h>

#include "tests/integration/web.h"

static int http;

static amqp_connection_state_t log_in(const struct broker_process *broker)
{
    amqp_connection_state_t client = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(client);
    CHECK(amqp_socket_open(socket, "127.0.0.1", broker->port) == AMQP_STATUS_OK);
    CHECK(amqp_login(client, "v", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "u", "u").reply_type ==
          AMQP_RESPONSE_NORMAL);
    CHECK(amqp_channel_open(client, 1));
    return client;
}

static void make_user(const char *configure)
{
    char body[128];
    snprintf(body, sizeof body, "{\"configure\":\"%s\",\"write\":\".*\",\"read\":\".*\"}",
             configure);
    CHECK(web_put(http, "/api/users/u", "{\"password\":\"u\",\"tags\":\"management\"}"));
    CHECK(web_put(http, "/api/permissions/v/u", body));
}

static bool declares(amqp_connection_state_t client)
{
    amqp_queue_declare(client, 1, amqp_cstring_bytes("q"), 0, 0, 0, 0, amqp_empty_table);
    return client_ok(client);
}

static void remove_and_expect(amqp_connection_state_t client, const char *what, const char *text)
{
    char answer[1024];
    amqp_frame_t frame;
    CHECK(web_ask(http, what, 204, answer, sizeof answer));
    CHECK(client_wait(client, PATIENCE_MS, &frame) == AMQP_CONNECTION_CLOSE_METHOD);
    const amqp_connection_close_t *close = frame.payload.method.decoded;
    CHECK(close->reply_code == 320 && client_text_is(close->reply_text, text));
    client_drop(client);
}

int main(void)
{
    const char *settings[] = {"management.tcp.port=0", "management.tcp.ip=127.0.0.1", NULL};
    struct broker_process broker = broker_start(settings);
    http = web_port(&broker);
    CHECK(web_put(http, "/api/vhosts/v", "{}"));
    make_user(".*");

    amqp_connection_state_t client = log_in(&broker);
    CHECK(declares(client));
    make_user("");
    CHECK(!declares(client));
    client_drop(client);

    client = log_in(&broker);
    remove_and_expect(client, "DELETE /api/users/u", "CONNECTION_FORCED - user 'u' is deleted");
    make_user(".*");
    client = log_in(&broker);
    remove_and_expect(client, "DELETE /api/vhosts/v", "CONNECTION_FORCED - vhost 'v' is deleted");
    broker_stop(&broker);
    return 0;
}
