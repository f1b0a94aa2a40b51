#include "tests/crash/session.h"

#include <amqp_tcp_socket.h>
#include <sys/time.h>

enum { FRAME_MAX = 131072 };

bool session_ok(amqp_connection_state_t client)
{
    return amqp_get_rpc_reply(client).reply_type == AMQP_RESPONSE_NORMAL;
}

static amqp_connection_state_t open_with(int port, const amqp_table_t *properties)
{
    amqp_connection_state_t client = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(client);
    if (!socket || amqp_socket_open(socket, "127.0.0.1", port) != AMQP_STATUS_OK ||
        amqp_login_with_properties(client, "/", 0, FRAME_MAX, 0, properties, AMQP_SASL_METHOD_PLAIN,
                                   "guest", "guest")
                .reply_type != AMQP_RESPONSE_NORMAL ||
        !amqp_channel_open(client, 1)) {
        amqp_destroy_connection(client);
        return NULL;
    }
    return client;
}

amqp_connection_state_t session_open(int port)
{
    return open_with(port, &amqp_empty_table);
}

amqp_connection_state_t session_open_to_be_told(int port)
{
    amqp_table_entry_t blocked = {
        .key = amqp_cstring_bytes("connection.blocked"),
        .value = {.kind = AMQP_FIELD_KIND_BOOLEAN, .value = {.boolean = 1}}};
    amqp_table_t capabilities = {.num_entries = 1, .entries = &blocked};
    amqp_table_entry_t entry = {
        .key = amqp_cstring_bytes("capabilities"),
        .value = {.kind = AMQP_FIELD_KIND_TABLE, .value = {.table = capabilities}}};
    return open_with(port, &(amqp_table_t){.num_entries = 1, .entries = &entry});
}

bool session_close(amqp_connection_state_t client)
{
    amqp_rpc_reply_t reply = amqp_connection_close(client, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(client);
    return reply.reply_type == AMQP_RESPONSE_NORMAL;
}

void session_drop(amqp_connection_state_t client)
{
    amqp_destroy_connection(client);
}

int session_wait(amqp_connection_state_t client, int ms, amqp_frame_t *frame)
{
    struct timeval in = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    int status = amqp_simple_wait_frame_noblock(client, frame, &in);
    return status == AMQP_STATUS_OK ? 1 : status == AMQP_STATUS_TIMEOUT ? 0 : -1;
}
