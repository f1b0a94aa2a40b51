/* A good certificate for a name that nobody has is refused. */
#include "tests/integration/office.h"

int main(void)
{
    const char *settings[16];
    struct office office = office_new();
    office_settings(&office, settings);
    struct broker_process broker = broker_start(settings);
    amqp_connection_state_t client = office_dial(&office, broker.tls_port, office.client);
    CHECK(client && !office_login_external(client));
    client_drop(client);
    broker_stop(&broker);
    office_free(&office);
    return 0;
}
