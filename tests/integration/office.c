#include "tests/integration/office.h"

#include <amqp_ssl_socket.h>
#include <unistd.h>

#include "tests/certificates.h"

static void save(const char *path, const char *subject, const struct identity *issuer)
{
    struct identity made = identity_new(subject, issuer);
    identity_save(&made, path, NULL);
    identity_free(&made);
}

static struct identity authority_of(const struct office *office)
{
    struct identity authority;
    FILE *file = fopen(office->authority, "r");
    CHECK(file);
    authority.certificate = PEM_read_X509(file, NULL, NULL, NULL);
    authority.key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    CHECK(authority.certificate && authority.key);
    fclose(file);
    return authority;
}

struct office office_new(void)
{
    struct office office = {.root = "/tmp/leveret-office-XXXXXX"};
    CHECK(mkdtemp(office.root));
    snprintf(office.authority, sizeof office.authority, "%s/ca.pem", office.root);
    snprintf(office.server, sizeof office.server, "%s/server.pem", office.root);
    snprintf(office.client, sizeof office.client, "%s/client.pem", office.root);
    struct identity authority = identity_new("CN=authority", NULL);
    identity_save(&authority, office.authority, NULL);
    save(office.server, "CN=localhost", &authority);
    save(office.client, "O=Example/CN=client", &authority);
    identity_free(&authority);
    return office;
}

void office_free(struct office *office)
{
    unlink(office->authority);
    unlink(office->server);
    unlink(office->client);
    CHECK(rmdir(office->root) == 0);
}

void office_settings(struct office *office, const char *settings[16])
{
    snprintf(office->settings[0], sizeof office->settings[0], "listeners.ssl.default=127.0.0.1:0");
    snprintf(office->settings[1], sizeof office->settings[1], "ssl_options.certfile=%s",
             office->server);
    snprintf(office->settings[2], sizeof office->settings[2], "ssl_options.keyfile=%s",
             office->server);
    snprintf(office->settings[3], sizeof office->settings[3], "ssl_options.cacertfile=%s",
             office->authority);
    snprintf(office->settings[4], sizeof office->settings[4], "ssl_options.verify=verify_peer");
    for (int i = 0; i < 16; i++) {
        settings[i] = i < 5 ? office->settings[i] : NULL;
    }
}

void office_renew(struct office *office, const char *common_name)
{
    struct identity authority = authority_of(office);
    char subject[128];
    snprintf(subject, sizeof subject, "CN=%s", common_name);
    save(office->server, subject, &authority);
    identity_free(&authority);
}

amqp_connection_state_t office_dial(const struct office *office, int port, const char *certificate)
{
    amqp_connection_state_t client = amqp_new_connection();
    amqp_socket_t *socket = amqp_ssl_socket_new(client);
    CHECK(socket && amqp_ssl_socket_set_cacert(socket, office->authority) == AMQP_STATUS_OK);
    amqp_ssl_socket_set_verify_hostname(socket, 0);
    if (certificate) {
        CHECK(amqp_ssl_socket_set_key(socket, certificate, certificate) == AMQP_STATUS_OK);
    }
    if (amqp_socket_open(socket, "127.0.0.1", port) != AMQP_STATUS_OK) {
        client_drop(client);
        return NULL;
    }
    return client;
}

bool office_login_external(amqp_connection_state_t client)
{
    // The name that a client gives itself has no meaning here, but rabbitmq-c cannot send none.
    amqp_rpc_reply_t reply =
        amqp_login(client, "/", 0, 131072, 0, AMQP_SASL_METHOD_EXTERNAL, "whoever");
    return reply.reply_type == AMQP_RESPONSE_NORMAL && amqp_channel_open(client, 1);
}
