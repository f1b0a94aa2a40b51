#include "tests/integration/client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int dial_address(const struct sockaddr *address, socklen_t len)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0);
    if (connect(fd, address, len) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int dial(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = dial_address((struct sockaddr *)&address, sizeof address);
    int on = 1;
    CHECK(fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
    return fd;
}

int dial_path(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CHECK(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path));
    return dial_address((struct sockaddr *)&address, sizeof address);
}

bool has_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool has = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return has;
}

int read_to_end(int fd, char *out, int room, int ms)
{
    uint64_t end = clock_ms() + (uint64_t)ms;
    int len = 0;
    while (len < room) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        uint64_t now = clock_ms();
        if (now >= end || poll(&poller, 1, (int)(end - now)) <= 0) {
            return -1;
        }
        ssize_t got = read(fd, out + len, (size_t)(room - len));
        if (got <= 0) {
            return len;
        }
        len += (int)got;
    }
    return len;
}

bool client_ok(amqp_connection_state_t client)
{
    return amqp_get_rpc_reply(client).reply_type == AMQP_RESPONSE_NORMAL;
}

amqp_connection_state_t client_of(int fd, int heartbeat_s)
{
    CHECK(fd >= 0);
    CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0); // rabbitmq-c waits by poll
    amqp_connection_state_t client = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(client);
    amqp_tcp_socket_set_sockfd(socket, fd);
    amqp_rpc_reply_t reply =
        amqp_login(client, "/", 0, 131072, heartbeat_s, AMQP_SASL_METHOD_PLAIN, "guest", "guest");
    CHECK(reply.reply_type == AMQP_RESPONSE_NORMAL);
    CHECK(amqp_channel_open(client, 1));
    return client;
}

amqp_connection_state_t client_open(const struct broker_process *broker)
{
    return client_of(dial(broker->port), 0);
}

amqp_connection_state_t client_open_told(const struct broker_process *broker)
{
    amqp_table_entry_t blocked = {
        .key = amqp_cstring_bytes("connection.blocked"),
        .value = {.kind = AMQP_FIELD_KIND_BOOLEAN, .value = {.boolean = 1}}};
    amqp_table_t capabilities = {.num_entries = 1, .entries = &blocked};
    amqp_table_entry_t entry = {
        .key = amqp_cstring_bytes("capabilities"),
        .value = {.kind = AMQP_FIELD_KIND_TABLE, .value = {.table = capabilities}}};
    amqp_table_t properties = {.num_entries = 1, .entries = &entry};
    amqp_connection_state_t client = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(client);
    int fd = dial(broker->port);
    CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    amqp_tcp_socket_set_sockfd(socket, fd);
    CHECK(amqp_login_with_properties(client, "/", 0, 131072, 0, &properties, AMQP_SASL_METHOD_PLAIN,
                                     "guest", "guest")
              .reply_type == AMQP_RESPONSE_NORMAL);
    CHECK(amqp_channel_open(client, 1));
    return client;
}

bool client_text_is(amqp_bytes_t bytes, const char *text)
{
    return bytes.len == strlen(text) && memcmp(bytes.bytes, text, bytes.len) == 0;
}

void client_close(amqp_connection_state_t client)
{
    CHECK(amqp_connection_close(client, AMQP_REPLY_SUCCESS).reply_type == AMQP_RESPONSE_NORMAL);
    CHECK(amqp_destroy_connection(client) == AMQP_STATUS_OK);
}

void client_drop(amqp_connection_state_t client)
{
    amqp_destroy_connection(client);
}

void client_declare(amqp_connection_state_t client, const char *queue)
{
    CHECK(amqp_queue_declare(client, 1, amqp_cstring_bytes(queue), 0, 1, 0, 0, amqp_empty_table));
}

void client_publish(amqp_connection_state_t client, const char *queue, amqp_bytes_t body)
{
    CHECK(amqp_basic_publish(client, 1, amqp_empty_bytes, amqp_cstring_bytes(queue), 0, 0, NULL,
                             body) == AMQP_STATUS_OK);
}

bool client_gets(amqp_connection_state_t client, const char *queue, amqp_bytes_t body)
{
    amqp_message_t message;
    amqp_rpc_reply_t reply = amqp_basic_get(client, 1, amqp_cstring_bytes(queue), 1);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL || reply.reply.id != AMQP_BASIC_GET_OK_METHOD) {
        return false;
    }
    CHECK(amqp_read_message(client, 1, &message, 0).reply_type == AMQP_RESPONSE_NORMAL);
    bool same =
        message.body.len == body.len && memcmp(message.body.bytes, body.bytes, body.len) == 0;
    amqp_destroy_message(&message);
    amqp_maybe_release_buffers(client);
    return same;
}

int64_t client_wait(amqp_connection_state_t client, int ms, amqp_frame_t *frame)
{
    uint64_t end = clock_ms() + (uint64_t)ms;
    for (;;) {
        uint64_t now = clock_ms();
        uint64_t left = now < end ? end - now : 0;
        struct timeval in = {.tv_sec = (time_t)(left / 1000),
                             .tv_usec = (suseconds_t)(left % 1000 * 1000)};
        int status = amqp_simple_wait_frame_noblock(client, frame, &in);
        if (status == AMQP_STATUS_TIMEOUT) {
            return 0;
        } else if (status != AMQP_STATUS_OK) {
            return -1;
        } else if (frame->frame_type == AMQP_FRAME_METHOD) {
            return frame->payload.method.id;
        }
    }
}
