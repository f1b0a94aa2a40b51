/* And the right one is not, be it the file's or the default. */
#include "tests/integration/client.h"

static bool logs_in(const struct broker_process *broker, const char *user, const char *password)
{
    amqp_connection_state_t client = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(client);
    amqp_tcp_socket_set_sockfd(socket, dial(broker->port));
    amqp_rpc_reply_t reply =
        amqp_login(client, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, user, password);
    client_drop(client);
    return reply.reply_type == AMQP_RESPONSE_NORMAL;
}

int main(void)
{
    struct broker_process broker = broker_start((const char *[]){
        "default_user=anna", "default_pass=secret", "default_users.otto.password=other", NULL});
    CHECK(logs_in(&broker, "anna", "secret"));
    CHECK(logs_in(&broker, "otto", "other"));
    CHECK(!logs_in(&broker, "anna", "other"));
    CHECK(!logs_in(&broker, "anna", ""));
    CHECK(!logs_in(&broker, "guest", "guest"));
    broker_stop(&broker);
    return 0;
}
