/* With idle connections that want heartbeats only now and then, it is woken hardly ever. */
#include <stdio.h>
#include <string.h>

#include "tests/integration/client.h"

enum { CLIENTS = 20 };

static long wakes(const struct broker_process *broker)
{
    char path[64], line[256];
    long count = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)broker->pid);
    FILE *file = fopen(path, "r");
    CHECK(file);
    while (fgets(line, sizeof line, file)) {
        sscanf(line, "voluntary_ctxt_switches: %ld", &count);
    }
    fclose(file);
    CHECK(count >= 0);
    return count;
}

int main(void)
{
    amqp_connection_state_t clients[CLIENTS];
    struct broker_process broker = broker_start((const char *[]){NULL});
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = client_of(dial(broker.port), 60);
    }
    // After something went on counters are looked at once more within 5 s, and memory 2.5 s later.
    sleep_ms(8000);
    long before = wakes(&broker);
    sleep_ms(4000);
    CHECK(wakes(&broker) - before <= 2);
    for (int i = 0; i < CLIENTS; i++) {
        client_close(clients[i]);
    }
    broker_stop(&broker);
    return 0;
}
