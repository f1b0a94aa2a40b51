/* `leveret inspect` on a directory that is in use, and on one that is not. */
#include <stdlib.h>
#include <string.h>

#include "tests/integration/durable.h"

int main(void)
{
    char *directory = directory_make(), *out;
    struct broker_process broker = durable_start(directory, NULL);
    durable_publish(&broker, 0, 20);
    CHECK(durable_inspect(directory, &out) == 0);
    CHECK(strstr(out, "in use by          process "));
    CHECK(strstr(out, "          20            0  /  q\n"));
    CHECK(strstr(out, "1 virtual hosts, 1 users, 0 exchanges, 1 queues, 0 bindings, 20 messages"));
    CHECK(strstr(out, "All checksums are right."));
    free(out);
    broker_stop(&broker);

    CHECK(durable_inspect(directory, &out) == 0);
    CHECK(!strstr(out, "in use"));
    CHECK(strstr(out, "checkpoint         0"));
    CHECK(strstr(out, "          20            0  /  q\n"));
    free(out);
    directory_remove(directory);
    CHECK(durable_inspect(directory, &out) == 1);
    free(out);
    free(directory);
    return 0;
}
