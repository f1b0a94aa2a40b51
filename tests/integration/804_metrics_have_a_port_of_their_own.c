/* Metrics: on a port without a login, in the clear or over TLS, where nothing else is; a port that
 * is taken is not passed over. */
#include <stdio.h>
#include <string.h>

#include "tests/integration/office.h"
#include "tests/integration/web.h"

static void without_tls(void)
{
    char answer[1 << 16], taken[64];
    const char *settings[] = {"prometheus.tcp.port=0", "prometheus.tcp.ip=127.0.0.1",
                              "prometheus.path=/own/path", NULL};
    struct broker_process broker = broker_start(settings);
    CHECK(strstr(broker.log, "Prometheus metrics: HTTP (non-TLS) listener started on port "));
    int port = web_port(&broker);
    CHECK(web_ask(port, "GET /own/path", 200, answer, sizeof answer));
    CHECK(strstr(answer, "\nrabbitmq_identity_info{"));
    CHECK(web_ask(port, "GET /own/path/per-object", 200, answer, sizeof answer));
    CHECK(web_ask(port, "GET /metrics", 404, answer, sizeof answer));
    CHECK(web_ask(port, "GET /api/overview", 404, answer, sizeof answer));

    snprintf(taken, sizeof taken, "prometheus.tcp.port=%d", port);
    struct broker_process second =
        broker_launch("/dev/null", (const char *[]){taken, settings[1], NULL});
    CHECK(broker_wait(&second, PATIENCE_MS) == 1);
    CHECK(broker_logs(&second, "Prometheus metrics: ", 0));
    broker_stop(&second);
    broker_stop(&broker);
}

static void with_tls(void)
{
    char certificate[160], key[160];
    struct office office = office_new();
    snprintf(certificate, sizeof certificate, "prometheus.ssl.certfile=%s", office.server);
    snprintf(key, sizeof key, "prometheus.ssl.keyfile=%s", office.server);
    const char *settings[] = {"prometheus.ssl.port=0",
                              "prometheus.ssl.ip=127.0.0.1",
                              "prometheus.tcp.ip=127.0.0.1",
                              certificate,
                              key,
                              NULL};
    struct broker_process broker = broker_start(settings);
    CHECK(strstr(broker.log, "Prometheus metrics: HTTPS listener started on port "));
    CHECK(!strstr(broker.log, "HTTP (non-TLS) listener started"));
    CHECK(web_ask_tls(web_tls_port(&broker), office.authority, "GET /metrics", 200));
    CHECK(web_ask_tls(web_tls_port(&broker), office.authority, "GET /api/overview", 404));
    broker_stop(&broker);
    office_free(&office);
}

int main(void)
{
    without_tls();
    with_tls();
    return 0;
}
