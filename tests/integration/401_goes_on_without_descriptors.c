/* With none left, a client is turned away at once instead of waiting for ever; the log tells once;
 * afterwards everything is as before. */
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/integration/client.h"

enum { LIMIT = 40, CLIENTS = 60 };

static int times(const char *text, const char *part)
{
    int count = 0;
    for (; (text = strstr(text, part)); text++) {
        count++;
    }
    return count;
}

static bool is_turned_away(int fd)
{
    char answer[8];
    return read_to_end(fd, answer, sizeof answer, PATIENCE_MS) == 0;
}

static bool finds_room(const struct broker_process *broker)
{
    amqp_connection_state_t client = amqp_new_connection();
    amqp_tcp_socket_set_sockfd(amqp_tcp_socket_new(client), dial(broker->port));
    amqp_rpc_reply_t reply =
        amqp_login(client, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest");
    client_drop(client);
    return reply.reply_type == AMQP_RESPONSE_NORMAL;
}

int main(void)
{
    int fds[CLIENTS], away = 0;
    struct rlimit limit = {.rlim_cur = LIMIT, .rlim_max = LIMIT};
    struct broker_process broker = broker_start((const char *[]){"handshake_timeout=600000", NULL});
    CHECK(prlimit(broker.pid, RLIMIT_NOFILE, &limit, NULL) == 0);
    amqp_connection_state_t client = client_open(&broker);

    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = dial(broker.port);
        CHECK(fds[i] >= 0);
    }
    for (int i = CLIENTS - 10; i < CLIENTS; i++) {
        away += is_turned_away(fds[i]);
    }
    CHECK(away == 10);
    CHECK(broker_logs(&broker, "file descriptor limit alarm set", PATIENCE_MS));
    client_declare(client, "q");

    for (int i = 0; i < CLIENTS; i++) {
        close(fds[i]);
    }
    uint64_t end = clock_ms() + PATIENCE_MS;
    while (!finds_room(&broker)) { // the broker has to notice first that others have gone
        CHECK(clock_ms() < end);
        sleep_ms(50);
    }
    CHECK(broker_logs(&broker, "file descriptor limit alarm cleared", PATIENCE_MS));
    int told = times(broker.log, "file descriptor limit alarm set");
    client_close(client);
    broker_stop(&broker);
    CHECK(told == 1);
    return 0;
}
