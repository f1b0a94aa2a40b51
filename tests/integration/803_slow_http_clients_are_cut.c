/* Clients of the HTTP API that never finish a request, do not read, or send rubbish:
 * they are cut, others are served, and messages flow meanwhile. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/integration/web.h"

enum { SLOW = 28, MESSAGES = 200, LIMIT = 30, ROUNDS = 12, TIMEOUT_MS = 1000, TRIES = 30 };

static void exchange_messages(const struct broker_process *broker)
{
    amqp_connection_state_t client = client_open(broker);
    client_declare(client, "flow");
    for (int i = 0; i < MESSAGES; i++) {
        client_publish(client, "flow", amqp_cstring_bytes("x"));
        CHECK(client_gets(client, "flow", amqp_cstring_bytes("x")));
    }
    client_close(client);
}

/* An octet now and then is not enough: the request as a whole has its time. */
static void drip(int fds[SLOW])
{
    for (int i = 0; i < ROUNDS; i++) {
        for (int k = 0; k < SLOW; k++) {
            (void)!write(fds[k], "a", 1); // some are cut by now
        }
        sleep_ms(100);
    }
}

static void expect_cut(int fd, const char *status)
{
    char answer[1024] = "";
    CHECK(read_to_end(fd, answer, sizeof answer - 1, PATIENCE_MS) >= 0);
    CHECK(strstr(answer, status) == answer || answer[0] == '\0');
    close(fd);
}

static void dribblers_are_cut(const struct broker_process *broker, int port)
{
    static const char *const beginnings[] = {
        "GET /api/overview HTTP/1.1\r\nX: ", "G",
        "PUT /api/queues/%2F/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
        "PUT /api/queues/%2F/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n"};
    int fds[SLOW];
    char answer[4096];
    for (int i = 0; i < SLOW; i++) {
        fds[i] = dial(port);
        CHECK(fds[i] >= 0);
        web_send(fds[i], beginnings[i % 4]);
    }
    drip(fds);
    exchange_messages(broker);
    for (int i = 0; i < SLOW; i++) {
        expect_cut(fds[i], "HTTP/1.1 408 ");
    }
    CHECK(web_ask(port, "GET /api/whoami", 200, answer, sizeof answer));
}

/* Whoever is silent between two requests makes room for one who asks. */
static void the_idle_make_room(int port)
{
    char answer[4096];
    int fds[LIMIT];
    for (int i = 0; i < LIMIT; i++) {
        fds[i] = dial(port);
        CHECK(fds[i] >= 0);
    }
    CHECK(web_ask(port, "GET /api/whoami", 200, answer, sizeof answer));
    for (int i = 0; i < LIMIT; i++) {
        close(fds[i]);
    }
}

/* All that may connect send a request, and the broker knows it. */
static void occupy(int port, int fds[LIMIT])
{
    static const char *const head = "PUT /api/queues/%2F/x HTTP/1.1\r\nHost: x\r\n"
                                    "Expect: 100-continue\r\nContent-Length: 10\r\n\r\n";
    char answer[25];
    for (int i = 0; i < LIMIT; i++) {
        fds[i] = dial(port);
        CHECK(fds[i] >= 0);
        web_send(fds[i], head);
    }
    for (int i = 0; i < LIMIT; i++) {
        CHECK(read_to_end(fds[i], answer, sizeof answer, PATIENCE_MS) > 0);
    }
}

/* False if that took so long that some of those who came first have been cut. */
static bool one_more_is_told(const struct broker_process *broker, int port)
{
    char answer[4096];
    int fds[LIMIT];
    uint64_t start = clock_ms();
    occupy(port, fds);
    bool told = web_ask(port, "GET /api/whoami", 503, answer, sizeof answer);
    CHECK(told || clock_ms() - start >= TIMEOUT_MS);
    exchange_messages(broker);
    for (int i = 0; i < LIMIT; i++) {
        expect_cut(fds[i], told ? "HTTP/1.1 408 " : "");
    }
    return told;
}

static void those_above_the_limit_are_told(const struct broker_process *broker, int port)
{
    char answer[4096];
    int tries = 1;
    while (!one_more_is_told(broker, port)) {
        CHECK(tries++ < TRIES);
    }
    CHECK(web_ask(port, "GET /api/whoami", 200, answer, sizeof answer));
}

static void rubbish_is_refused(int port)
{
    static const struct {
        const char *text, *status;
    } rows[] = {
        {"\r\n\r\nrubbish\r\n\r\n", "HTTP/1.1 400 "},
        {"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 404 "},
        {"GET /api/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 400 "},
        {"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\n", "HTTP/1.1 413 "},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 400 "}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = dial(port);
        CHECK(fd >= 0);
        web_send(fd, rows[i].text);
        expect_cut(fd, rows[i].status);
    }
}

static void long_heads_are_refused(int port)
{
    static char text[40000];
    memset(text, 'a', sizeof text - 1);
    int fd = dial(port);
    CHECK(fd >= 0);
    CHECK(write(fd, text, sizeof text - 1) > 0);
    expect_cut(fd, "HTTP/1.1 400 ");
    memcpy(text, "GET / HTTP/1.1\r\n", 16);
    fd = dial(port);
    CHECK(fd >= 0);
    CHECK(write(fd, text, sizeof text - 1) > 0);
    expect_cut(fd, "HTTP/1.1 400 ");
}

int main(void)
{
    const char *settings[] = {"management.tcp.port=0", "management.tcp.ip=127.0.0.1",
                              "management.tcp.request_timeout=1000",
                              "management.http.max_connections=30", NULL};
    signal(SIGPIPE, SIG_IGN);
    struct broker_process broker = broker_start(settings);
    int port = web_port(&broker);
    dribblers_are_cut(&broker, port);
    the_idle_make_room(port);
    those_above_the_limit_are_told(&broker, port);
    rubbish_is_refused(port);
    long_heads_are_refused(port);
    exchange_messages(&broker);
    broker_stop(&broker);
    return 0;
}
