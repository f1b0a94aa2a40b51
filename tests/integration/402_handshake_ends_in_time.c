/* A client that connects and says nothing, or stops half way, is closed after handshake_timeout. */
#include <unistd.h>

#include "tests/integration/client.h"

int main(void)
{
    char answer[4096];
    struct broker_process broker = broker_start((const char *[]){"handshake_timeout=2000", NULL});
    uint64_t start = clock_ms();
    int silent = dial(broker.port);
    int halting = dial(broker.port);
    CHECK(write(halting, "AMQP\0\0\x09\x01", 8) == 8);
    CHECK(read_to_end(silent, answer, sizeof answer, PATIENCE_MS) == 0);
    CHECK(read_to_end(halting, answer, sizeof answer, PATIENCE_MS) > 100);
    CHECK(clock_ms() - start >= 1900);
    close(silent);
    close(halting);
    broker_stop(&broker);
    return 0;
}
