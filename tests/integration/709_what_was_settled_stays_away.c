/* Acknowledgements force no sync, and are on the disk soon nevertheless. */
#include <stdlib.h>
#include <string.h>

#include "tests/integration/durable.h"

static void wait_for_the_disk(const char *directory)
{
    uint64_t end = clock_ms() + PATIENCE_MS;
    bool empty = false;
    while (!empty) {
        char *out;
        CHECK(clock_ms() < end);
        sleep_ms(50);
        CHECK(durable_inspect(directory, &out) == 0);
        empty = strstr(out, " 1 queues, 0 bindings, 0 messages");
        free(out);
    }
}

int main(void)
{
    char *directory = directory_make();
    struct broker_process broker = durable_start(directory, NULL);
    durable_publish(&broker, 0, 20);
    durable_take(&broker, 0, 20);
    wait_for_the_disk(directory);
    durable_kill(&broker);
    broker = durable_start(directory, NULL);
    CHECK(durable_count(&broker) == 0);
    broker_stop(&broker);
    directory_remove(directory);
    free(directory);
    return 0;
}
