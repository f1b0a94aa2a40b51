/* The name in RabbitMQ's order is that of the account. */
#include "tests/integration/office.h"

int main(void)
{
    const char *settings[16];
    struct office office = office_new();
    office_settings(&office, settings);
    settings[5] = "default_user=CN=client,O=Example";
    struct broker_process broker = broker_start(settings);
    amqp_connection_state_t client = office_dial(&office, broker.tls_port, office.client);
    CHECK(client && office_login_external(client));
    CHECK(broker_logs(&broker, "user 'CN=client,O=Example' authenticated", PATIENCE_MS));
    client_close(client);
    broker_stop(&broker);
    office_free(&office);
    return 0;
}
