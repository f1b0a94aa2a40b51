/* The file is read again; levels count at once. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/integration/client.h"

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    CHECK(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

int main(void)
{
    char path[] = "/tmp/leveret-conf-XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0 && close(fd) == 0);
    write_file(path, "log.connection.level = error\n");

    struct broker_process broker = broker_start_with(path, (const char *[]){NULL});
    client_close(client_open(&broker));
    CHECK(!broker_logs(&broker, "accepting AMQP connection", 300));
    write_file(path, "log.connection.level = info\n");
    broker_signal(&broker, SIGHUP);
    CHECK(broker_logs(&broker, "SIGHUP received - reloaded", PATIENCE_MS));
    client_close(client_open(&broker));
    CHECK(broker_logs(&broker, "accepting AMQP connection", PATIENCE_MS));
    broker_stop(&broker);
    unlink(path);
    return 0;
}
