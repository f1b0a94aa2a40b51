/* A look at a message that is on disk shows its content, and leaves it there for who consumes. */
#include <stdlib.h>
#include <string.h>

#include "tests/integration/durable.h"
#include "tests/integration/web.h"

static void expect(int port, const char *what, int status, const char *text)
{
    char answer[4096];
    CHECK(web_ask(port, what, status, answer, sizeof answer));
    CHECK(strstr(answer, text));
}

static void look(const struct broker_process *broker)
{
    int port = web_port(broker);
    expect(port, "GET /api/leveret/queues/%2F/q/messages/1", 200, "\"payload\":\"message 0 \"");
    expect(port, "GET /api/leveret/queues/%2F/q/messages/1500?truncate=12", 200,
           "\"payload\":\"message 1499\"");
    expect(port, "GET /api/leveret/queues/%2F/q/messages/3000?truncate=12", 200,
           "\"payload\":\"message 2999\"");
    expect(port, "GET /api/leveret/queues/%2F/q/messages/3000", 200, "\"type\":\"numbered\"");
    expect(port, "GET /api/leveret/queues/%2F/q/messages/3001", 400, "at that position");
}

int main(void)
{
    char *directory = directory_make();
    struct broker_process broker = durable_start(directory, "management.tcp.port=0");
    durable_publish(&broker, 0, 3000);
    look(&broker);
    broker_stop(&broker);
    broker = durable_start(directory, "management.tcp.port=0");
    look(&broker);
    durable_take(&broker, 0, 3000);
    broker_stop(&broker);
    directory_remove(directory);
    free(directory);
    return 0;
}
