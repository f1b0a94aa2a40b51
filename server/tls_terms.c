#include "server/tls_terms.h"

#include <openssl/ssl.h>
#include <string.h>
#include <time.h>

#include "server/tls_name.h"

struct term {
    int nid;
    const char *name;
};

#define NAME_OF(rows, nid) name_of(rows, sizeof rows / sizeof *(rows), nid)

static const char *name_of(const struct term *rows, size_t count, int nid)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].nid == nid) {
            return rows[i].name;
        }
    }
    return "";
}

/* Each text ends with a zero: none of them has one within. */
static void pack(struct bytes *out, const char *text)
{
    bytes_add(out, (struct slice){(const uint8_t *)text, strlen(text) + 1});
}

static const char *protocol_of(const SSL *ssl)
{
    static const struct term rows[] = {{TLS1_3_VERSION, "tlsv1.3"},
                                       {TLS1_2_VERSION, "tlsv1.2"},
                                       {TLS1_1_VERSION, "tlsv1.1"},
                                       {TLS1_VERSION, "tlsv1"}};
    return NAME_OF(rows, SSL_version(ssl));
}

static void pack_key_exchange(const SSL_CIPHER *suite, struct bytes *out)
{
    static const struct term exchanges[] = {
        {NID_kx_any, "any"}, {NID_kx_ecdhe, "ecdhe"},     {NID_kx_dhe, "dhe"},
        {NID_kx_rsa, "rsa"}, {NID_kx_psk, "psk"},         {NID_kx_ecdhe_psk, "ecdhe_psk"},
        {NID_kx_srp, "srp"}, {NID_kx_dhe_psk, "dhe_psk"}, {NID_kx_rsa_psk, "rsa_psk"}};
    static const struct term signers[] = {
        {NID_auth_rsa, "_rsa"}, {NID_auth_ecdsa, "_ecdsa"}, {NID_auth_dss, "_dss"}};
    struct text text = {.len = 0};
    int exchange = SSL_CIPHER_get_kx_nid(suite);
    text_add_str(&text, NAME_OF(exchanges, exchange));
    if (exchange == NID_kx_ecdhe || exchange == NID_kx_dhe) {
        text_add_str(&text, NAME_OF(signers, SSL_CIPHER_get_auth_nid(suite)));
    }
    pack(out, text.ptr);
}

static const char *cipher_of(const SSL_CIPHER *suite)
{
    static const struct term rows[] = {{NID_aes_128_gcm, "aes_128_gcm"},
                                       {NID_aes_256_gcm, "aes_256_gcm"},
                                       {NID_chacha20_poly1305, "chacha20_poly1305"},
                                       {NID_aes_128_ccm, "aes_128_ccm"},
                                       {NID_aes_256_ccm, "aes_256_ccm"},
                                       {NID_aes_128_cbc, "aes_128_cbc"},
                                       {NID_aes_256_cbc, "aes_256_cbc"},
                                       {NID_des_ede3_cbc, "3des_ede_cbc"}};
    return NAME_OF(rows, SSL_CIPHER_get_cipher_nid(suite));
}

static const char *hash_of(const SSL_CIPHER *suite)
{
    static const struct term rows[] = {
        {NID_sha1, "sha"}, {NID_sha256, "sha256"}, {NID_sha384, "sha384"}, {NID_md5, "md5"}};
    return SSL_CIPHER_is_aead(suite) ? "aead" : NAME_OF(rows, SSL_CIPHER_get_digest_nid(suite));
}

static void pack_name(const X509_NAME *name, struct bytes *out)
{
    struct text text = {.len = 0};
    tls_name_distinguished(name, &text);
    pack(out, text.ptr);
}

static void add_time(const ASN1_TIME *when, struct text *out)
{
    struct tm parts;
    char text[32] = "";
    if (ASN1_TIME_to_tm(when, &parts) == 1) {
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    }
    text_add_str(out, text);
}

static void pack_certificate(const X509 *certificate, struct bytes *out)
{
    struct text validity = {.len = 0};
    if (!certificate) {
        pack(out, "");
        pack(out, "");
        pack(out, "");
        return;
    }
    pack_name(X509_get_issuer_name(certificate), out);
    pack_name(X509_get_subject_name(certificate), out);
    add_time(X509_get0_notBefore(certificate), &validity);
    text_add_str(&validity, " - ");
    add_time(X509_get0_notAfter(certificate), &validity);
    pack(out, validity.ptr);
}

void tls_terms_pack(const struct ssl_st *ssl, struct bytes *out)
{
    const SSL_CIPHER *suite = SSL_get_current_cipher(ssl);
    pack(out, protocol_of(ssl));
    pack_key_exchange(suite, out);
    pack(out, cipher_of(suite));
    pack(out, hash_of(suite));
    pack_certificate(SSL_get0_peer_certificate(ssl), out);
}

static struct slice take(struct slice *packed)
{
    if (packed->len == 0) {
        return SLICE("");
    }
    struct slice text = {packed->ptr, strlen((const char *)packed->ptr)};
    *packed = (struct slice){text.ptr + text.len + 1, packed->len - text.len - 1};
    return text;
}

struct tls_terms tls_terms_unpack(struct slice packed)
{
    struct tls_terms terms;
#define T(name) terms.name = take(&packed);
    TLS_TERMS(T)
#undef T
    return terms;
}
