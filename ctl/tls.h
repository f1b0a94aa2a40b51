#ifndef CTL_TLS_H
#define CTL_TLS_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/text.h"

/* Whom to trust, and who we are. Files are in PEM; texts are borrowed. */
struct tls_options {
    const char *ca_file;   // NULL: the system's
    const char *cert_file; // NULL: we show none
    const char *key_file;  // NULL: it is in cert_file
    bool any_host;         // the certificate may be of another host
    bool any_peer;         // it may be anything
};

struct tls; // one connection as a client

/* Shakes hands on the socket, which it borrows. NULL, with the reason, if that fails. */
struct tls *tls_open(int fd, const struct tls_options *options, const char *host, struct text *why);
void tls_close(struct tls *tls);

/* As of send() and recv(): how many octets, 0 at the end, or a negative errno. */
int tls_send(struct tls *tls, struct slice octets);
int tls_receive(struct tls *tls, uint8_t *room, size_t size);

#endif
