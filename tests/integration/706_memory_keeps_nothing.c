/* With --memory there is no directory, and a restart begins with nothing. */
#include <stdlib.h>
#include <unistd.h>

#include "tests/integration/durable.h"

int main(void)
{
    char *directory = directory_make();
    CHECK(rmdir(directory) == 0);
    for (int i = 0; i < 2; i++) {
        struct broker_process broker = durable_launch(directory, "--memory");
        CHECK(broker_await(&broker));
        CHECK(broker_logs(&broker, "database dir   : none", 0));
        CHECK(durable_count(&broker) == -1);
        durable_publish(&broker, 0, 10);
        broker_stop(&broker);
    }
    CHECK(access(directory, F_OK) == -1);
    free(directory);
    return 0;
}
