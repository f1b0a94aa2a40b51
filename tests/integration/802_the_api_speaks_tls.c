/* The HTTP API over TLS: alone if nothing is said of HTTP without it, and with a certificate that a
 * SIGHUP renews. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/integration/office.h"
#include "tests/integration/web.h"

int main(void)
{
    char certificate[160], key[160];
    struct office office = office_new();
    snprintf(certificate, sizeof certificate, "management.ssl.certfile=%s", office.server);
    snprintf(key, sizeof key, "management.ssl.keyfile=%s", office.server);
    const char *settings[] = {"management.ssl.port=0",
                              "management.ssl.ip=127.0.0.1",
                              "management.tcp.request_timeout=600000",
                              certificate,
                              key,
                              NULL};
    struct broker_process broker = broker_start(settings);
    int port = web_tls_port(&broker);
    CHECK(!strstr(broker.log, "HTTP (non-TLS) listener started"));
    CHECK(web_ask_tls(port, office.authority, "GET /api/overview", 200));
    CHECK(web_ask_tls(port, office.authority, "GET /api/queues/%2F/none", 404));

    int fd = dial(port); // one who knows nothing of TLS is not answered, and goes
    char answer[64];
    web_send(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(read_to_end(fd, answer, sizeof answer, PATIENCE_MS) >= 0);
    close(fd);

    office_renew(&office, "renewed");
    broker_signal(&broker, SIGHUP);
    CHECK(broker_logs(&broker, "SIGHUP received - reloaded", PATIENCE_MS));
    CHECK(web_ask_tls(port, office.authority, "GET /api/overview", 200));
    broker_stop(&broker);
    office_free(&office);
    return 0;
}
