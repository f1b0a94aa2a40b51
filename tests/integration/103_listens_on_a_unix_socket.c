/* The file is there while the broker runs; one that a killed broker left is no obstacle. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/integration/client.h"

int main(void)
{
    char root[] = "/tmp/leveret-unix-XXXXXX", path[64], setting[128];
    CHECK(mkdtemp(root));
    snprintf(path, sizeof path, "%s/socket", root);
    snprintf(setting, sizeof setting, "listeners.tcp.default=unix:%s", path);
    const char *settings[] = {setting, NULL};

    struct broker_process broker = broker_start(settings);
    client_close(client_of(dial_path(path), 0));
    broker_signal(&broker, SIGKILL);
    CHECK(broker_wait(&broker, PATIENCE_MS) == -1);
    broker_stop(&broker);
    CHECK(access(path, F_OK) == 0);

    broker = broker_start(settings);
    client_close(client_of(dial_path(path), 0));
    broker_stop(&broker);
    CHECK(access(path, F_OK) != 0);
    CHECK(rmdir(root) == 0);
    return 0;
}
