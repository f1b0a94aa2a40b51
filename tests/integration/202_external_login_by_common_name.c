/* EXTERNAL takes the user from the certificate; without one there is no EXTERNAL. */
#include "tests/integration/office.h"

int main(void)
{
    const char *settings[16];
    struct office office = office_new();
    office_settings(&office, settings);
    settings[5] = "ssl_cert_login_from=common_name";
    settings[6] = "default_user=client";
    struct broker_process broker = broker_start(settings);

    amqp_connection_state_t client = office_dial(&office, broker.tls_port, office.client);
    CHECK(client && office_login_external(client));
    CHECK(broker_logs(&broker, "user 'client' authenticated and granted access", PATIENCE_MS));
    client_close(client);

    client = office_dial(&office, broker.tls_port, NULL);
    CHECK(client && !office_login_external(client));
    client_drop(client);
    broker_stop(&broker);
    office_free(&office);
    return 0;
}
