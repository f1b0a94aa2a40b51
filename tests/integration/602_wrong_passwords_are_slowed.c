/* Who guesses passwords over AMQP waits longer and longer, and is counted by address and name. */
#include <stdio.h>
#include <string.h>

#include "tests/integration/web.h"

enum { GUESSES = 4, LEAST_MS = 100 + 200 + 400 + 800 };

static bool logs_in(const struct broker_process *broker, const char *password)
{
    amqp_connection_state_t client = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(client);
    amqp_tcp_socket_set_sockfd(socket, dial(broker->port));
    amqp_rpc_reply_t reply =
        amqp_login(client, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", password);
    bool told = reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
                reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD;
    if (told) {
        const amqp_connection_close_t *close = reply.reply.decoded;
        CHECK(close->reply_code == AMQP_ACCESS_REFUSED);
    }
    client_drop(client);
    CHECK(told || reply.reply_type == AMQP_RESPONSE_NORMAL);
    return !told;
}

/* Whether the answer to this has the text in it. */
static bool answers(int port, const char *what, const char *text)
{
    char answer[65536];
    CHECK(web_ask(port, what, 200, answer, sizeof answer));
    return strstr(answer, text);
}

int main(void)
{
    struct broker_process broker = broker_start((const char *[]){"management.tcp.port=0", NULL});
    int port = web_port(&broker);
    uint64_t from = clock_ms();
    for (int i = 0; i < GUESSES; i++) {
        CHECK(!logs_in(&broker, "guessed"));
    }
    CHECK(clock_ms() - from >= LEAST_MS);
    CHECK(logs_in(&broker, "guest"));
    CHECK(answers(port, "GET /metrics",
                  "rabbitmq_auth_attempts_failed_total{protocol=\"amqp091\"} 4\n"));
    CHECK(answers(port, "GET /metrics", "rabbitmq_auth_attempts_total{protocol=\"amqp091\"} 5\n"));
    CHECK(answers(port, "GET /metrics",
                  "rabbitmq_auth_attempts_succeeded_total{protocol=\"amqp091\"} 1\n"));
    broker_stop(&broker);
    return 0;
}
