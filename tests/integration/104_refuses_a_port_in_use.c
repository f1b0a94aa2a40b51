/* It says which one, and does not start without it. */
#include <stdio.h>

#include "tests/integration/client.h"

int main(void)
{
    char setting[64];
    struct broker_process first = broker_start((const char *[]){NULL});
    snprintf(setting, sizeof setting, "listeners.tcp.default=127.0.0.1:%d", first.port);
    struct broker_process second = broker_launch("/dev/null", (const char *[]){setting, NULL});
    CHECK(broker_wait(&second, PATIENCE_MS) == 1);
    CHECK(broker_logs(&second, "Failed to start TCP listener 127.0.0.1:", 0));
    CHECK(broker_logs(&second, "Address already in use", 0));
    CHECK(!broker_logs(&second, "Server startup complete", 0));
    broker_stop(&second);
    broker_stop(&first);
    return 0;
}
