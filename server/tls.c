#include "server/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "server/tls_name.h"

struct tls {
    struct tls_options options;
    SSL_CTX *context; // owns one reference; open connections have their own
};

const char *tls_library(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}

void tls_error(struct text *out)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);
    text_add_str(out, reason ? reason : code ? "unknown TLS error" : "no reason given");
    ERR_clear_error();
}

static bool refuse(const char *what, const char *file, struct text *error)
{
    text_add_str(error, what);
    text_add_str(error, " ");
    text_add_str(error, file);
    text_add_str(error, ": ");
    tls_error(error);
    return false;
}

static int on_password(char *out, int size, int writing, void *userdata)
{
    const char *password = userdata;
    size_t len = password ? strlen(password) : 0;
    (void)writing;
    if (len == 0 || len > (size_t)size) {
        return 0;
    }
    memcpy(out, password, len);
    return (int)len;
}

static bool load_certificate(SSL_CTX *context, const struct tls_options *options,
                             struct text *error)
{
    const char *keyfile = options->keyfile ? options->keyfile : options->certfile;
    if (!options->certfile) {
        text_add_str(error, "no certfile is set");
        return false;
    }
    SSL_CTX_set_default_passwd_cb(context, on_password);
    SSL_CTX_set_default_passwd_cb_userdata(context, (void *)options->password);
    if (SSL_CTX_use_certificate_chain_file(context, options->certfile) != 1) {
        return refuse("cannot use the certificate in", options->certfile, error);
    }
    if (SSL_CTX_use_PrivateKey_file(context, keyfile, SSL_FILETYPE_PEM) != 1) {
        return refuse("cannot use the key in", keyfile, error);
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        return refuse("the certificate has another key than", keyfile, error);
    }
    return true;
}

static bool load_authorities(SSL_CTX *context, const struct tls_options *options,
                             struct text *error)
{
    int mode = SSL_VERIFY_NONE;
    if (options->cacertfile) {
        if (SSL_CTX_load_verify_file(context, options->cacertfile) != 1) {
            return refuse("cannot use the certificates in", options->cacertfile, error);
        }
        SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(options->cacertfile));
    }
    if (options->verify_peer) {
        mode = SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE;
        mode |= options->fail_if_no_peer_cert ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    }
    SSL_CTX_set_verify(context, mode, NULL);
    SSL_CTX_set_verify_depth(context, (int)options->depth);
    return true;
}

static void set_versions(SSL_CTX *context, uint32_t versions)
{
    static const struct {
        uint32_t version;
        int protocol;
        uint64_t off;
    } known[] = {
        {TLS_VERSION_1_0, TLS1_VERSION, SSL_OP_NO_TLSv1},
        {TLS_VERSION_1_1, TLS1_1_VERSION, SSL_OP_NO_TLSv1_1},
        {TLS_VERSION_1_2, TLS1_2_VERSION, SSL_OP_NO_TLSv1_2},
        {TLS_VERSION_1_3, TLS1_3_VERSION, SSL_OP_NO_TLSv1_3},
    };
    uint32_t wanted = versions ? versions : TLS_VERSION_1_2 | TLS_VERSION_1_3;
    int lowest = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!(wanted & known[i].version)) {
            SSL_CTX_set_options(context, known[i].off);
        } else if (lowest == 0) {
            lowest = known[i].protocol;
        }
    }
    SSL_CTX_set_min_proto_version(context, lowest);
    if (wanted & (TLS_VERSION_1_0 | TLS_VERSION_1_1)) {
        SSL_CTX_set_security_level(context, 0); // their signatures are below every other level
    }
}

/* Suites of TLS 1.3 and of older versions are two lists to OpenSSL and one to the user. */
static bool set_ciphers(SSL_CTX *context, const char *ciphers, struct text *error)
{
    char old[1024] = "", new[1024] = "";
    for (const char *at = ciphers; at && *at;) {
        size_t len = strcspn(at, ":");
        char *list = strncmp(at, "TLS_", 4) == 0 ? new : old;
        size_t used = strlen(list);
        if (used + len + 2 > sizeof old) {
            text_add_str(error, "the list of ciphers is too long");
            return false;
        }
        if (used > 0) {
            list[used++] = ':';
        }
        memcpy(list + used, at, len);
        list[used + len] = '\0';
        at += len + (at[len] == ':');
    }
    if ((*old && SSL_CTX_set_cipher_list(context, old) != 1) ||
        (*new &&SSL_CTX_set_ciphersuites(context, new) != 1)) {
        return refuse("cannot use the cipher suites", ciphers, error);
    }
    return true;
}

static void set_modes(SSL_CTX *context, const struct tls_options *options)
{
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_IGNORE_UNEXPECTED_EOF);
    if (!options->client_order) {
        SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
    }
    if (!options->allow_renegotiation) {
        SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    }
}

static SSL_CTX *build(const struct tls_options *options, struct text *error)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    CHECK(context);
    set_modes(context, options);
    set_versions(context, options->versions);
    if (!load_certificate(context, options, error) || !load_authorities(context, options, error) ||
        !set_ciphers(context, options->ciphers, error)) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

struct tls *tls_new(const struct tls_options *options, struct text *error)
{
    SSL_CTX *context = build(options, error);
    if (!context) {
        return NULL;
    }
    struct tls *tls = memory_new(sizeof *tls);
    *tls = (struct tls){.options = *options, .context = context};
    return tls;
}

void tls_free(struct tls *tls)
{
    if (tls) {
        SSL_CTX_free(tls->context);
        free(tls);
    }
}

bool tls_reload(struct tls *tls, struct text *error)
{
    SSL_CTX *context = build(&tls->options, error);
    if (!context) {
        return false;
    }
    SSL_CTX_free(tls->context);
    tls->context = context;
    return true;
}

struct ssl_st *tls_accept(struct tls *tls, int fd)
{
    SSL *ssl = SSL_new(tls->context);
    CHECK(ssl && SSL_set_fd(ssl, fd) == 1);
    SSL_set_accept_state(ssl);
    return ssl;
}

void tls_peer_name(const struct tls *tls, const struct ssl_st *ssl, struct text *out)
{
    const X509 *certificate = SSL_get0_peer_certificate(ssl);
    if (!certificate || !tls->options.verify_peer || SSL_get_verify_result(ssl) != X509_V_OK) {
        return;
    }
    switch (tls->options.name_source) {
    case TLS_NAME_NONE:
        break;
    case TLS_NAME_DISTINGUISHED:
        tls_name_distinguished(X509_get_subject_name(certificate), out);
        break;
    case TLS_NAME_COMMON:
        tls_name_common(X509_get_subject_name(certificate), out);
        break;
    case TLS_NAME_ALTERNATIVE:
        tls_name_alternative(certificate, tls->options.name_type, tls->options.name_index, out);
        break;
    }
    if (out->cut) {
        text_clear(out); // a cut name could be somebody else's
    }
}
