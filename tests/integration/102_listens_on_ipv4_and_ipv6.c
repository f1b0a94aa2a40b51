/* A port alone means every interface, of both versions of IP, if the machine has both. */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/integration/client.h"

static int dial_ipv6(int port)
{
    struct sockaddr_in6 address = {
        .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback, .sin6_port = htons((uint16_t)port)};
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

int main(void)
{
    const char *settings[] = {"listeners.tcp.default=0", NULL};
    struct broker_process broker = broker_start(settings);
    bool both = has_ipv6();
    CHECK(!both || broker_logs(&broker, "started TCP listener on [::]:", 0));
    client_close(client_of(dial(broker.port), 0));
    CHECK(broker_logs(&broker, "accepting AMQP connection 127.0.0.1:", PATIENCE_MS));
    if (both) {
        client_close(client_of(dial_ipv6(broker.port), 0));
        CHECK(broker_logs(&broker, "accepting AMQP connection [::1]:", PATIENCE_MS));
    }
    broker_stop(&broker);
    return 0;
}
