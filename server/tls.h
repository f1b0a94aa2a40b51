#ifndef SERVER_TLS_H
#define SERVER_TLS_H

#include "base/text.h"

struct ssl_st; // OpenSSL's SSL
struct tls;

/* The TLS side of the listeners: certificate, key and rules, as OpenSSL wants them. Made only if
 * there is a TLS listener, so that a broker without one never initialises OpenSSL. */
enum tls_name_source {
    TLS_NAME_NONE,
    TLS_NAME_DISTINGUISHED,
    TLS_NAME_COMMON,
    TLS_NAME_ALTERNATIVE
};
enum tls_name_type {
    TLS_ALTERNATIVE_DNS,
    TLS_ALTERNATIVE_IP,
    TLS_ALTERNATIVE_EMAIL,
    TLS_ALTERNATIVE_URI
};
enum tls_version {
    TLS_VERSION_1_0 = 1,
    TLS_VERSION_1_1 = 2,
    TLS_VERSION_1_2 = 4,
    TLS_VERSION_1_3 = 8
};

struct tls_options {        // strings are borrowed for as long as the struct tls lives
    const char *certfile;   // PEM, with its chain
    const char *keyfile;    // PEM; NULL: in certfile
    const char *password;   // of the key; NULL: none
    const char *cacertfile; // PEM; NULL: no authority is trusted
    const char *ciphers;    // OpenSSL names of suites, separated by colons; NULL: its defaults
    uint32_t versions;      // a set of enum tls_version; 0: 1.2 and 1.3
    uint32_t depth;         // intermediate certificates between a client's and its authority's
    bool verify_peer;
    bool fail_if_no_peer_cert;
    bool client_order; // the client's order of ciphers counts
    bool allow_renegotiation;
    enum tls_name_source name_source;
    enum tls_name_type name_type; // of TLS_NAME_ALTERNATIVE
    uint32_t name_index;          // which of the alternative names of that type
};

/* NULL, and the reason in `error`, if a file cannot be read or does not fit. Copies the options. */
struct tls *tls_new(const struct tls_options *options, struct text *error);
void tls_free(struct tls *tls);

/* Reads the files again. New connections get what is in them now; open ones are left alone. False,
 * and everything as it was, if they are not good. */
bool tls_reload(struct tls *tls, struct text *error);

/* A server's end on this socket, about to shake hands; owned by the caller (SSL_free). */
struct ssl_st *tls_accept(struct tls *tls, int fd);

/* The user name in the client's verified certificate; left empty if there is none, or if
 * certificates are not verified. */
void tls_peer_name(const struct tls *tls, const struct ssl_st *ssl, struct text *out);

/* The library's name and version, "OpenSSL 3.0.19 27 Jan 2026". */
const char *tls_library(void);

/* Why OpenSSL did not do what it was asked last, such as "no shared cipher". */
void tls_error(struct text *out);

#endif
