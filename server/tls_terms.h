#ifndef SERVER_TLS_TERMS_H
#define SERVER_TLS_TERMS_H

#include "base/bytes.h"

struct ssl_st; // OpenSSL's SSL

/* What a TLS handshake has come to, in RabbitMQ's words, for people to look at. */
#define TLS_TERMS(T)                                                                               \
    T(protocol)     /* "tlsv1.3" */                                                                \
    T(key_exchange) /* "ecdhe_rsa"; "any" since TLS 1.3 */                                         \
    T(cipher)       /* "aes_256_gcm" */                                                            \
    T(hash)         /* "sha256", or "aead" */                                                      \
    T(issuer)       /* of the client's certificate, as tls_name_distinguished has it */            \
    T(subject)                                                                                     \
    T(validity) /* "2026-08-21T12:00:00Z - 2027-08-21T12:00:00Z" */

struct tls_terms {
#define T(name) struct slice name;
    TLS_TERMS(T)
#undef T
};

/* Appends them, packed. What the client has no certificate for is empty. */
void tls_terms_pack(const struct ssl_st *ssl, struct bytes *out);

/* Borrows from what was packed; all are empty if that is empty. */
struct tls_terms tls_terms_unpack(struct slice packed);

#endif
