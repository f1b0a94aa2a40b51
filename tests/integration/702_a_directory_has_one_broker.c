/* A second broker on the same directory does not start, and says who has it. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/integration/durable.h"

int main(void)
{
    char holder[64];
    char *directory = directory_make();
    struct broker_process broker = durable_start(directory, NULL);
    struct broker_process second = durable_launch(directory, NULL);
    CHECK(broker_wait(&second, PATIENCE_MS) == 1);
    snprintf(holder, sizeof holder, "held by process %d, Leveret", (int)broker.pid);
    CHECK(broker_logs(&second, "the data directory is in use", 0));
    CHECK(broker_logs(&second, holder, 0));
    broker_stop(&second);
    broker_stop(&broker);
    directory_remove(directory);
    free(directory);
    return 0;
}
