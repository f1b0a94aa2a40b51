/* A record that was durable and is damaged: the start is refused, with file and offset. With
 * --salvage the rest is there, and the next start needs no help any more. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/integration/durable.h"

static void damage(const char *directory, const char *text)
{
    char *path = durable_first_segment(directory), octets[1 << 18];
    int fd = open(path, O_RDWR);
    CHECK(fd >= 0);
    ssize_t len = pread(fd, octets, sizeof octets, 0);
    const char *at = memmem(octets, (size_t)len, text, strlen(text));
    CHECK(at);
    CHECK(pwrite(fd, "#", 1, at - octets) == 1);
    close(fd);
    free(path);
}

int main(void)
{
    char *directory = directory_make(), *out;
    struct broker_process broker = durable_start(directory, NULL);
    durable_publish(&broker, 0, 50);
    durable_publish(&broker, 50, 50);
    durable_kill(&broker);
    damage(directory, "message 7 ");
    CHECK(durable_inspect(directory, &out) == 1);
    CHECK(strstr(out, "DAMAGED"));
    free(out);

    broker = durable_launch(directory, NULL);
    CHECK(broker_wait(&broker, PATIENCE_MS) == 1);
    CHECK(broker_logs(&broker, "the data is damaged (--salvage starts without what is)", 0));
    CHECK(broker_logs(&broker, ".seg at offset ", 0));
    broker_stop(&broker);

    broker = durable_launch(directory, "--salvage");
    CHECK(broker_await(&broker));
    CHECK(durable_count(&broker) == 99);
    broker_stop(&broker);

    broker = durable_start(directory, NULL);
    CHECK(durable_count(&broker) == 99);
    broker_stop(&broker);
    CHECK(durable_inspect(directory, &out) == 0);
    free(out);
    directory_remove(directory);
    free(directory);
    return 0;
}
