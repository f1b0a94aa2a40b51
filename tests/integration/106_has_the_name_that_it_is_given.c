/* In place of rabbit and the host's name; what cannot be one is refused. */
#include <string.h>

#include "tests/integration/web.h"

static void start_as(const char *variable, const char *begins)
{
    char answer[1 << 14];
    const char *settings[] = {"listeners.tcp.default=127.0.0.1:0", "management.tcp.port=0",
                              "management.tcp.ip=127.0.0.1", "prometheus.tcp.port=none", NULL};
    struct broker_process broker = broker_launch_in((const char *[]){variable, NULL}, settings);
    CHECK(broker_await(&broker));
    CHECK(web_ask(web_port(&broker), "GET /api/overview?columns=node", 200, answer, sizeof answer));
    CHECK(strstr(answer, begins));
    broker_stop(&broker);
}

int main(void)
{
    start_as("RABBITMQ_NODENAME=shop@elsewhere", "\"node\":\"shop@elsewhere\"");
    start_as("RABBITMQ_NODENAME=shop", "\"node\":\"shop@");
    start_as("NOTHING=1", "\"node\":\"rabbit@");
    const char *settings[] = {"node.name=../shop", NULL};
    struct broker_process broker = broker_launch("/dev/null", settings);
    CHECK(broker_wait(&broker, PATIENCE_MS) == 1);
    CHECK(broker_logs(&broker, "node.name: '../shop' cannot be the name of a node", 0));
    broker_stop(&broker);
    return 0;
}
