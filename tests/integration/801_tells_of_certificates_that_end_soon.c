/* The health check of the management API looks into the files of the TLS listeners. */
#include <stdio.h>
#include <string.h>

#include "tests/integration/office.h"
#include "tests/integration/web.h"

static bool answers(int port, const char *within, int status, const char *body)
{
    char what[128], answer[4096];
    snprintf(what, sizeof what, "GET /api/health/checks/certificate-expiration/%s", within);
    return web_ask(port, what, status, answer, sizeof answer) && strstr(answer, body);
}

int main(void)
{
    const char *settings[16];
    struct office office = office_new();
    office_settings(&office, settings);
    settings[5] = "management.tcp.port=0";
    settings[6] = "management.tcp.ip=127.0.0.1";
    settings[7] = NULL;
    struct broker_process broker = broker_start(settings);
    int port = web_port(&broker);
    CHECK(answers(port, "0/days", 200, "{\"status\":\"ok\"}"));
    CHECK(answers(port, "1/days", 503, "Certificates expiring")); // they last an hour
    CHECK(answers(port, "1/days", 503, office.server));
    CHECK(answers(port, "1/moons", 400, "Supported units"));
    broker_stop(&broker);
    office_free(&office);
    return 0;
}
