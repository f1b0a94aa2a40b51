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
    return read_to_end(fd, answer, sizeof answer, 200) == 0;
}

int main(void)
{
    int fds[CLIENTS], away = 0;
    struct rlimit limit = {.rlim_cur = LIMIT, .rlim_max = LIMIT};
    struct broker_process broker = broker_start((const char *[]){NULL});
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
    CHECK(broker_logs(&broker, "file descriptor limit alarm set", 1000));
    client_declare(client, "q");

    for (int i = 0; i < CLIENTS; i++) {
        close(fds[i]);
    }
    sleep_ms(100);
    client_close(client_open(&broker));
    CHECK(broker_logs(&broker, "file descriptor limit alarm cleared", 1000));
    int told = times(broker.log, "file descriptor limit alarm set");
    client_close(client);
    broker_stop(&broker);
    CHECK(told == 1);
    return 0;
}
