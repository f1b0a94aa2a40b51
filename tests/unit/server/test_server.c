#define _GNU_SOURCE

#include "server/server.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "broker/broker.h"
#include "conf/listener.h"
#include "conf/log.h"
#include "server/address.h"
#include "server/auth.h"
#include "server/engine.h"

/* A server in this process, on a unix socket, its clock being the real one. The test is the
 * client, and turns the loop while it waits. */
struct bench {
    char root[64], path[96];
    int log_fd;
    struct logger *log;
    struct broker *broker;
    struct auth *auth;
    struct engine *engine;
    struct server *server;
    int reloads;
};

enum { NEVER_MS = 3600 * 1000 };

static void on_reload(void *context)
{
    ((struct bench *)context)->reloads++;
}

static void build_server(struct bench *bench, uint64_t memory_limit)
{
    struct text error = {0};
    bench->server = server_new(&(struct server_options){.engine = bench->engine,
                                                        .broker = bench->broker,
                                                        .log = bench->log,
                                                        .node = "rabbit@test",
                                                        .memory_limit = memory_limit,
                                                        .memory_total = memory_limit,
                                                        .memory_interval_ms = 50,
                                                        .tls_handshake_timeout_ms = 100,
                                                        .on_reload = on_reload,
                                                        .context = bench});
    struct listener where = {.path = bench->path};
    struct acceptor_options options = {.backlog = 16, .linger_s = -1};
    cr_assert_eq(server_listen(bench->server, &where, &options, &error), 0, "%s", error.ptr);
}

static void bench_build(struct bench *bench, uint64_t memory_limit, uint32_t handshake_ms)
{
    *bench = (struct bench){.root = "/tmp/leveret-server-XXXXXX"};
    cr_assert_not_null(mkdtemp(bench->root));
    snprintf(bench->path, sizeof bench->path, "%s/socket", bench->root);
    bench->log_fd = memfd_create("log", 0);
    bench->log = logger_new(bench->log_fd);
    bench->broker = broker_new(&(struct broker_options){.message_size_max = 1024});
    bench->auth = auth_new(bench->broker);
    bench->engine = engine_new(&(struct engine_options){
        .broker = bench->broker,
        .log = bench->log,
        .authenticator = auth_authenticator(bench->auth),
        .mechanisms = SLICE("PLAIN"),
        .channel_max = 10,
        .frame_max = 131072,
        .handshake_timeout_ms = handshake_ms,
    });
    build_server(bench, memory_limit);
}

static void bench_init(struct bench *bench, uint64_t memory_limit)
{
    bench_build(bench, memory_limit, NEVER_MS);
}

static void bench_finish(struct bench *bench)
{
    server_free(bench->server);
    engine_free(bench->engine);
    auth_free(bench->auth);
    broker_free(bench->broker);
    logger_free(bench->log);
    close(bench->log_fd);
    cr_assert_eq(rmdir(bench->root), 0);
}

static bool bench_logs(const struct bench *bench, const char *text)
{
    char log[8192] = "";
    cr_assert_geq(pread(bench->log_fd, log, sizeof log - 1, 0), 0);
    return strstr(log, text) != NULL;
}

static int connect_to(const struct bench *bench)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    memcpy(address.sun_path, bench->path, strlen(bench->path));
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Turns the loop until there is something to read, and returns it: 0 at the end of the stream. */
static ssize_t turn_and_read(struct bench *bench, int fd, char *out, size_t room)
{
    for (;;) {
        ssize_t got = read(fd, out, room);
        if (got >= 0 || errno != EAGAIN) {
            return got;
        }
        server_tick(bench->server);
    }
}

Test(server, answers_another_protocol_with_its_own_and_closes, .timeout = 120)
{
    struct bench bench;
    char answer[64];
    bench_init(&bench, UINT64_MAX);
    int fd = connect_to(&bench);
    cr_assert_eq(write(fd, "HTTP/1.1", 8), 8);
    cr_assert_eq(turn_and_read(&bench, fd, answer, sizeof answer), 8);
    cr_assert_eq(memcmp(answer, "AMQP\0\0\x09\x01", 8), 0);
    cr_assert_eq(turn_and_read(&bench, fd, answer, sizeof answer), 0);
    close(fd);
    bench_finish(&bench);
}

Test(server, begins_the_handshake_however_the_header_is_cut, .timeout = 120)
{
    struct bench bench;
    char answer[1024];
    bench_init(&bench, UINT64_MAX);
    int fd = connect_to(&bench);
    for (int i = 0; i < 8; i++) {
        cr_assert_eq(write(fd, &"AMQP\0\0\x09\x01"[i], 1), 1);
        server_tick(bench.server);
    }
    cr_assert_gt(turn_and_read(&bench, fd, answer, sizeof answer), 100);
    cr_assert_eq(memcmp(answer, "\x01\0\0", 3), 0);
    cr_assert_eq(memcmp(answer + 7, "\0\x0a\0\x0a\0\x09", 6), 0);
    close(fd);
    bench_finish(&bench);
}

Test(server, closes_a_client_that_stops_in_its_handshake, .timeout = 120)
{
    struct bench bench;
    char answer[64];
    bench_build(&bench, UINT64_MAX, 300);
    int fd = connect_to(&bench);
    cr_assert_eq(turn_and_read(&bench, fd, answer, sizeof answer), 0);
    close(fd);
    bench_finish(&bench);
}

Test(server, frees_clients_that_vanish, .timeout = 120)
{
    struct bench bench;
    bench_init(&bench, UINT64_MAX);
    for (int i = 0; i < 20; i++) {
        int fd = connect_to(&bench);
        cr_assert_eq(write(fd,
                           "AMQP\0\0\x09\x01"
                           "half of a frame",
                           (size_t)(i % 20)),
                     i % 20);
        server_tick(bench.server);
        close(fd);
    }
    server_stop(bench.server);
    while (!server_stopped(bench.server)) {
        server_tick(bench.server);
    }
    bench_finish(&bench);
}

Test(server, stops_by_a_signal_and_at_once_without_clients, .timeout = 120)
{
    struct bench bench;
    bench_init(&bench, UINT64_MAX);
    cr_assert(!server_stopped(bench.server));
    raise(SIGTERM);
    server_tick(bench.server);
    cr_assert(server_stopped(bench.server));
    cr_assert(bench_logs(&bench, "SIGTERM received - shutting down"));
    cr_assert_neq(access(bench.path, F_OK), 0);
    bench_finish(&bench);
}

Test(server, reloads_by_a_signal, .timeout = 120)
{
    struct bench bench;
    bench_init(&bench, UINT64_MAX);
    raise(SIGHUP);
    server_tick(bench.server);
    cr_assert_eq(bench.reloads, 1);
    bench_finish(&bench);
}

Test(server, raises_the_alarm_if_it_begins_above_the_watermark, .timeout = 120)
{
    struct bench bench;
    bench_init(&bench, 1);
    cr_assert(bench_logs(&bench, "vm_memory_high_watermark set. Memory used:"));
    cr_assert(bench_logs(&bench, "memory resource limit alarm set on node rabbit@test"));
    bench_finish(&bench);
}

Test(server, cannot_listen_at_a_path_without_a_directory)
{
    struct bench bench;
    struct text error = {0};
    bench_init(&bench, UINT64_MAX);
    struct listener where = {.path = "/nowhere/at/all/socket"};
    cr_assert_eq(
        server_listen(bench.server, &where, &(struct acceptor_options){.backlog = 1}, &error),
        -ENOENT);
    cr_assert_str_eq(error.ptr, "Failed to start TCP listener unix:/nowhere/at/all/socket, error: "
                                "No such file or directory");
    bench_finish(&bench);
}

/* The port of a listener at 127.0.0.1 that takes a free one. */
static uint16_t listen_at_tcp(struct bench *bench)
{
    bool tls;
    char host[] = "127.0.0.1";
    struct text error = {0};
    struct listener where = {.host = host, .port = 0};
    struct acceptor_options options = {.backlog = 16, .linger_s = -1};
    cr_assert_eq(server_listen(bench->server, &where, &options, &error), 0, "%s", error.ptr);
    return address_port(server_listener(bench->server, 1, &tls));
}

static bool connects_at(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool connected = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return connected;
}

Test(server, lets_nobody_in_while_it_is_suspended, .timeout = 120)
{
    struct bench bench;
    bool tls;
    bench_init(&bench, UINT64_MAX);
    uint16_t port = listen_at_tcp(&bench);
    cr_assert(connects_at(port));
    server_suspend(bench.server);
    server_suspend(bench.server);
    cr_assert_not(connects_at(port));
    cr_assert(server_suspended(bench.server));
    cr_assert_null(server_listener(bench.server, 0, &tls));
    cr_assert_eq(server_resume(bench.server), 0);
    cr_assert(connects_at(port));
    cr_assert_not_null(server_listener(bench.server, 0, &tls));
    bench_finish(&bench);
}

Test(server, serves_who_waited_at_a_unix_socket_when_it_goes_on, .timeout = 120)
{
    struct bench bench;
    char answer[64];
    bench_init(&bench, UINT64_MAX);
    server_suspend(bench.server);
    int fd = connect_to(&bench);
    cr_assert_eq(write(fd, "HTTP/1.1", 8), 8);
    server_resume(bench.server);
    cr_assert_eq(turn_and_read(&bench, fd, answer, sizeof answer), 8);
    close(fd);
    bench_finish(&bench);
}
