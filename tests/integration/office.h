#ifndef TESTS_INTEGRATION_OFFICE_H
#define TESTS_INTEGRATION_OFFICE_H

#include "tests/integration/client.h"

/* A directory with the certificates of an authority, a server and clients, made on the spot. */
struct office {
    char root[64];
    char authority[96];
    char server[96];
    char client[96];
    char settings[8][160]; // for broker_start
};

struct office office_new(void); // the client's name is O=Example, CN=client
void office_free(struct office *office);

/* The settings of a TLS listener with these certificates that verifies clients. More may be put in
 * front of the NULL at index 5. */
void office_settings(struct office *office, const char *settings[16]);

/* A new certificate of the server's, by the same authority or by a new one. */
void office_renew(struct office *office, const char *common_name);

/* Connects over TLS and shows this certificate (NULL: none); NULL if the handshake fails. */
amqp_connection_state_t office_dial(const struct office *office, int port, const char *certificate);

/* Logs in by EXTERNAL and opens channel 1; false if it is refused. */
bool office_login_external(amqp_connection_state_t client);

#endif
