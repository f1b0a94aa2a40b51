#ifndef TESTS_INTEGRATION_WEB_H
#define TESTS_INTEGRATION_WEB_H

#include "tests/integration/client.h"

/* The port of the HTTP API, or of the one over TLS; a broker tells them in its log. */
int web_port(const struct broker_process *broker);
int web_tls_port(const struct broker_process *broker);

/* Sends text as it is. */
void web_send(int fd, const char *text);

/* "METHOD PATH" as guest, and closes; what comes back is in `answer`, with a NUL behind it. True if
 * it begins with "HTTP/1.1 STATUS". */
bool web_ask(int port, const char *what, int status, char *answer, int room);

/* The same over TLS, which trusts this authority. */
bool web_ask_tls(int port, const char *authority, const char *what, int status);

/* PUTs this body as guest; true if that is answered with 201 or 204. */
bool web_put(int port, const char *path, const char *body);

#endif
