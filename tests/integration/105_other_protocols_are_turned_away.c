/* They are told what is spoken here, and closed without a reset that could overtake it. */
#include <string.h>
#include <unistd.h>

#include "tests/integration/client.h"

static void expect_header(const struct broker_process *broker, const char *hello, size_t len)
{
    char answer[64];
    int fd = dial(broker->port);
    CHECK(write(fd, hello, len) == (ssize_t)len);
    CHECK(read_to_end(fd, answer, sizeof answer, PATIENCE_MS) == 8);
    CHECK(memcmp(answer, "AMQP\0\0\x09\x01", 8) == 0);
    close(fd);
}

int main(void)
{
    struct broker_process broker = broker_start((const char *[]){"handshake_timeout=600000", NULL});
    expect_header(&broker, "AMQP\0\0\x08\x00", 8);
    expect_header(&broker, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 35);
    client_close(client_open(&broker));
    broker_stop(&broker);
    return 0;
}
