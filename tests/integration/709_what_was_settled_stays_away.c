/* Acknowledgements force no sync, and are on the disk soon nevertheless. */
#include <stdlib.h>

#include "tests/integration/durable.h"

int main(void)
{
    char *directory = directory_make();
    struct broker_process broker = durable_start(directory, NULL);
    durable_publish(&broker, 0, 20);
    durable_take(&broker, 0, 20);
    sleep_ms(500);
    durable_kill(&broker);
    broker = durable_start(directory, NULL);
    CHECK(durable_count(&broker) == 0);
    broker_stop(&broker);
    directory_remove(directory);
    free(directory);
    return 0;
}
