#ifndef TESTS_CERTIFICATES_H
#define TESTS_CERTIFICATES_H

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

/* Certificates for tests, made on the spot. strtok_r wants _GNU_SOURCE. */
struct identity {
    X509 *certificate;
    EVP_PKEY *key;
};

/* An X509_NAME of "/CN=client/O=Example": each part behind a slash is one. */
static inline void certificate_fill_name(X509_NAME *name, const char *parts)
{
    char copy[512], *at = copy;
    snprintf(copy, sizeof copy, "%s", parts);
    for (char *part; (part = strtok_r(at, "/", &at));) {
        char *value = strchr(part, '=');
        *value++ = '\0';
        CHECK(X509_NAME_add_entry_by_txt(name, part, MBSTRING_UTF8, (unsigned char *)value, -1, -1,
                                         0));
    }
}

/* Signed by `issuer`, or by itself if that is NULL. */
static inline struct identity identity_new(const char *subject, const struct identity *issuer)
{
    static long serial = 1;
    struct identity made = {.certificate = X509_new(), .key = EVP_EC_gen("P-256")};
    const struct identity *signer = issuer ? issuer : &made;
    X509_set_version(made.certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(made.certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(made.certificate), 3600);
    certificate_fill_name(X509_get_subject_name(made.certificate), subject);
    X509_set_issuer_name(made.certificate, X509_get_subject_name(signer->certificate));
    X509_set_pubkey(made.certificate, made.key);
    if (!issuer) {
        X509_EXTENSION *ca = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "CA:TRUE");
        X509_add_ext(made.certificate, ca, -1);
        X509_EXTENSION_free(ca);
    }
    CHECK(X509_sign(made.certificate, signer->key, EVP_sha256()));
    return made;
}

static inline void identity_free(struct identity *identity)
{
    X509_free(identity->certificate);
    EVP_PKEY_free(identity->key);
}

/* Writes certificate and key into one file. */
static inline void identity_save(const struct identity *identity, const char *path,
                                 const char *password)
{
    FILE *file = fopen(path, "w");
    CHECK(file);
    PEM_write_X509(file, identity->certificate);
    PEM_write_PrivateKey(file, identity->key, password ? EVP_aes_128_cbc() : NULL,
                         (const unsigned char *)password, password ? (int)strlen(password) : 0,
                         NULL, NULL);
    fclose(file);
}

#endif
