/* A whole conversation sent octet by octet is understood as if it came at once. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/integration/client.h"

static const char conversation[] =
    "AMQP\0\0\x09\x01"
    "\x01\0\0\0\0\0\x24\0\x0a\0\x0b\0\0\0\0\x05PLAIN\0\0\0\x0c\0guest\0guest\x05"
    "en_US\xce"
    "\x01\0\0\0\0\0\x0c\0\x0a\0\x1f\x07\xff\0\x02\0\0\0\0\xce"
    "\x01\0\0\0\0\0\x08\0\x0a\0\x28\x01/\0\0\xce"
    "\x01\0\0\0\0\0\x0b\0\x0a\0\x32\0\xc8\0\0\0\0\0\xce";

int main(void)
{
    static const char close_ok[] = "\x01\0\0\0\0\0\x04\0\x0a\0\x33\xce";
    char answer[4096];
    struct broker_process broker = broker_start((const char *[]){NULL});
    int fd = dial(broker.port);
    for (size_t i = 0; i < sizeof conversation - 1; i++) {
        CHECK(write(fd, &conversation[i], 1) == 1);
        sleep_ms(1);
    }
    CHECK(shutdown(fd, SHUT_WR) == 0); // the client closes first; what it asked is answered still
    int len = read_to_end(fd, answer, sizeof answer, PATIENCE_MS);
    CHECK(len > 12 && memcmp(answer + len - 12, close_ok, 12) == 0);
    CHECK(broker_logs(&broker, "user 'guest' authenticated and granted access to vhost '/'",
                      PATIENCE_MS));
    close(fd);
    broker_stop(&broker);
    return 0;
}
