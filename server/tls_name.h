#ifndef SERVER_TLS_NAME_H
#define SERVER_TLS_NAME_H

#include "base/text.h"
#include "server/tls.h"

struct X509_name_st; // OpenSSL's X509_NAME
struct x509_st;      // OpenSSL's X509

/* User names out of certificates, as RabbitMQ's EXTERNAL makes them, because they are the names of
 * existing accounts. All of them append to `out` and leave it as it is if there is no such name. */

/* The distinguished name after RFC 4514, last part first: "CN=client,O=Example". Octets outside of
 * printable ASCII are written as \XX. */
void tls_name_distinguished(const struct X509_name_st *name, struct text *out);

/* The common name; several are joined with commas. */
void tls_name_common(const struct X509_name_st *name, struct text *out);

/* The alternative name of this type with this index. */
void tls_name_alternative(const struct x509_st *certificate, enum tls_name_type type,
                          uint32_t index, struct text *out);

#endif
