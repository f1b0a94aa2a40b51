/* Of another authority, or none at all where one is demanded. */
#include "tests/integration/office.h"

static bool is_refused(amqp_connection_state_t client)
{
    bool refused = !client || !office_login_external(client);
    if (client) {
        client_drop(client); // TLS 1.3 tells a client only after its own handshake is done
    }
    return refused;
}

int main(void)
{
    const char *settings[16];
    struct office office = office_new();
    struct office other = office_new();
    office_settings(&office, settings);
    settings[5] = "ssl_options.fail_if_no_peer_cert=true";
    settings[6] = "default_user=CN=client,O=Example";
    struct broker_process broker = broker_start(settings);
    CHECK(is_refused(office_dial(&office, broker.tls_port, other.client)));
    CHECK(broker_logs(&broker, "failed: certificate verify failed", PATIENCE_MS));
    CHECK(is_refused(office_dial(&office, broker.tls_port, NULL)));
    CHECK(broker_logs(&broker, "failed: peer did not return a certificate", PATIENCE_MS));
    CHECK(!is_refused(office_dial(&office, broker.tls_port, office.client)));
    broker_stop(&broker);
    office_free(&other);
    office_free(&office);
    return 0;
}
