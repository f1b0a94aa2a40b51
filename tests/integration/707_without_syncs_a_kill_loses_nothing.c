/* With --no-sync, what was confirmed survives the end of the process. */
#include <stdlib.h>

#include "tests/integration/durable.h"

int main(void)
{
    char *directory = directory_make();
    struct broker_process broker = durable_launch(directory, "--no-sync");
    CHECK(broker_await(&broker));
    CHECK(broker_logs(&broker, "no-sync: what is confirmed survives", 0));
    durable_publish(&broker, 0, 500);
    durable_kill(&broker);
    broker = durable_launch(directory, "--no-sync");
    CHECK(broker_await(&broker));
    durable_take(&broker, 0, 500);
    broker_stop(&broker);
    directory_remove(directory);
    free(directory);
    return 0;
}
