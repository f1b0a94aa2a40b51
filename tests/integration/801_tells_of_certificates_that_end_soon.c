/* The health check of the management API looks into the files of the TLS listeners. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/integration/office.h"

static int api_port(const struct broker_process *broker)
{
    static const char told[] = "HTTP (non-TLS) listener started on port ";
    const char *at = strstr(broker->log, told);
    CHECK(at);
    return (int)strtol(at + sizeof told - 1, NULL, 10);
}

static bool answers(int port, const char *within, const char *status, const char *body)
{
    char request[256], answer[4096] = "";
    int fd = dial(port);
    CHECK(fd >= 0);
    int len = snprintf(request, sizeof request,
                       "GET /api/health/checks/certificate-expiration/%s HTTP/1.1\r\nHost: x\r\n"
                       "Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\nConnection: close\r\n\r\n",
                       within);
    CHECK(write(fd, request, (size_t)len) == len);
    CHECK(read_to_end(fd, answer, sizeof answer - 1, 2000) > 0);
    close(fd);
    return strncmp(answer, status, strlen(status)) == 0 && strstr(answer, body);
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
    int port = api_port(&broker);
    CHECK(answers(port, "0/days", "HTTP/1.1 200 ", "{\"status\":\"ok\"}"));
    CHECK(answers(port, "1/days", "HTTP/1.1 503 ", "Certificates expiring")); // they last an hour
    CHECK(answers(port, "1/days", "HTTP/1.1 503 ", office.server));
    CHECK(answers(port, "1/moons", "HTTP/1.1 400 ", "Supported units"));
    broker_stop(&broker);
    office_free(&office);
    return 0;
}
