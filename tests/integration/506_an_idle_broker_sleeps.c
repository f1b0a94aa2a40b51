/* With idle connections that want heartbeats only now and then, it is woken by nothing. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/client.h"

/* After something went on, counters are looked at once more within 5 s, memory twice within 5 s,
 * and timers of handshakes that are over run out. What goes on for ever would come more often than
 * every SILENT_MS. */
enum { CLIENTS = 20, HEARTBEAT_S = 600, SILENT_MS = 8000, LIMIT_MS = 60 * 1000, LOOK_MS = 100 };

static long wakes_of(const char *thread)
{
    char path[512], line[256];
    long count = -1;
    snprintf(path, sizeof path, "%s/status", thread);
    FILE *file = fopen(path, "r");
    CHECK(file);
    while (fgets(line, sizeof line, file)) {
        sscanf(line, "voluntary_ctxt_switches: %ld", &count);
    }
    fclose(file);
    CHECK(count >= 0);
    return count;
}

/* How often any of its threads has waited so far: it waits again when it has been woken. */
static long wakes(const struct broker_process *broker)
{
    char path[64], thread[400];
    struct dirent *entry;
    long count = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)broker->pid);
    DIR *threads = opendir(path);
    CHECK(threads);
    while ((entry = readdir(threads))) {
        if (entry->d_name[0] != '.') {
            snprintf(thread, sizeof thread, "%s/%s", path, entry->d_name);
            count += wakes_of(thread);
        }
    }
    closedir(threads);
    return count;
}

/* Whether it comes to rest, however slow the machine is. */
static bool falls_asleep(const struct broker_process *broker)
{
    uint64_t end = clock_ms() + LIMIT_MS, since = clock_ms();
    long before = wakes(broker);
    while (clock_ms() - since < SILENT_MS) {
        sleep_ms(LOOK_MS);
        long now = wakes(broker);
        if (now != before) {
            before = now;
            since = clock_ms();
        }
        if (since + SILENT_MS > end) {
            return false;
        }
    }
    return true;
}

int main(void)
{
    amqp_connection_state_t clients[CLIENTS];
    struct broker_process broker = broker_start((const char *[]){NULL});
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = client_of(dial(broker.port), HEARTBEAT_S);
    }
    CHECK(falls_asleep(&broker));
    for (int i = 0; i < CLIENTS; i++) {
        client_close(clients[i]);
    }
    broker_stop(&broker);
    return 0;
}
