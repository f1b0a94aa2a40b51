/* The lines that scripts wait for, in their order. */
#include <string.h>

#include "tests/integration/client.h"

int main(void)
{
    bool both = has_ipv6();
    const char *settings[] = {"listeners.tcp.1=127.0.0.1:0",
                              both ? "listeners.tcp.2=[::1]:0" : "listeners.tcp.2=127.0.0.2:0",
                              NULL};
    struct broker_process broker = broker_start(settings);
    const char *first = strstr(broker.log, "[info] <0.1.0> started TCP listener on 127.0.0.1:");
    const char *second =
        strstr(broker.log, both ? "[info] <0.1.0> started TCP listener on [::1]:"
                                : "[info] <0.1.0> started TCP listener on 127.0.0.2:");
    const char *end =
        strstr(broker.log, "[info] <0.1.0> Server startup complete; 0 plugins started.\n");
    CHECK(first && second && end && first < second && second < end);

    client_close(client_open(&broker));
    CHECK(broker_logs(&broker, "accepting AMQP connection", PATIENCE_MS));
    CHECK(broker_logs(&broker, "user 'guest' authenticated and granted access to vhost '/'",
                      PATIENCE_MS));
    CHECK(broker_logs(&broker, "closing AMQP connection", PATIENCE_MS));
    broker_stop(&broker);
    return 0;
}
