/* New connections get the new certificate, open ones stay; a bad file changes nothing. */
#include <openssl/ssl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/integration/office.h"

static bool server_is(const struct broker_process *broker, const char *common_name)
{
    char name[64] = "";
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);
    int fd = dial(broker->tls_port);
    SSL_set_fd(ssl, fd);
    CHECK(SSL_connect(ssl) == 1);
    X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_get0_peer_certificate(ssl)), NID_commonName,
                              name, sizeof name);
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
    return strcmp(name, common_name) == 0;
}

int main(void)
{
    const char *settings[16];
    struct office office = office_new();
    office_settings(&office, settings);
    settings[5] = "default_user=CN=client,O=Example";
    struct broker_process broker = broker_start(settings);
    amqp_connection_state_t client = office_dial(&office, broker.tls_port, office.client);
    CHECK(client && office_login_external(client));
    CHECK(server_is(&broker, "localhost"));

    office_renew(&office, "renewed");
    CHECK(server_is(&broker, "localhost"));
    broker_signal(&broker, SIGHUP);
    CHECK(broker_logs(&broker, "SIGHUP received - reloaded", PATIENCE_MS));
    CHECK(server_is(&broker, "renewed"));

    CHECK(truncate(office.server, 20) == 0);
    broker_signal(&broker, SIGHUP);
    CHECK(broker_logs(&broker, "TLS stays as it was: ", PATIENCE_MS));
    CHECK(server_is(&broker, "renewed"));

    client_declare(client, "q");
    client_close(client);
    broker_stop(&broker);
    office_free(&office);
    return 0;
}
