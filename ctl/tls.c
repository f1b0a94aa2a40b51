#include "ctl/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "conf/format.h"

struct tls {
    SSL_CTX *context; // owned
    SSL *ssl;         // owned
};

static void add_error(struct text *why, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_get_error());
    text_add_str(why, what);
    if (reason) {
        text_add_str(why, ": ");
        text_add_str(why, reason);
    }
}

static bool load(SSL_CTX *context, const struct tls_options *options, struct text *why)
{
    const char *key = options->key_file ? options->key_file : options->cert_file;
    if (options->ca_file && SSL_CTX_load_verify_locations(context, options->ca_file, NULL) != 1) {
        add_error(why, "the file of CA certificates is not good");
        return false;
    }
    if (!options->ca_file) {
        SSL_CTX_set_default_verify_paths(context);
    }
    if (options->cert_file &&
        (SSL_CTX_use_certificate_chain_file(context, options->cert_file) != 1 ||
         SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)) {
        add_error(why, "the certificate or its key is not good");
        return false;
    }
    return true;
}

static bool is_address(const char *host)
{
    struct in6_addr address;
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

static void expect_host(SSL *ssl, const struct tls_options *options, const char *host)
{
    if (!is_address(host)) {
        SSL_set_tlsext_host_name(ssl, host);
    }
    if (options->any_peer || options->any_host) {
        return;
    }
    if (is_address(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host);
    } else {
        SSL_set1_host(ssl, host);
    }
}

static bool shake_hands(SSL *ssl, struct text *why)
{
    ERR_clear_error();
    if (SSL_connect(ssl) == 1) {
        return true;
    }
    long verified = SSL_get_verify_result(ssl);
    if (verified != X509_V_OK) {
        text_add_str(why, "certificate verify failed: ");
        text_add_str(why, X509_verify_cert_error_string(verified));
    } else {
        add_error(why, "the TLS handshake failed");
    }
    return false;
}

struct tls *tls_open(int fd, const struct tls_options *options, const char *host, struct text *why)
{
    struct tls *tls = memory_new(sizeof *tls);
    tls->context = SSL_CTX_new(TLS_client_method());
    if (!tls->context || !load(tls->context, options, why)) {
        tls_close(tls);
        return NULL;
    }
    SSL_CTX_set_verify(tls->context, options->any_peer ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    tls->ssl = SSL_new(tls->context);
    if (!tls->ssl || SSL_set_fd(tls->ssl, fd) != 1) {
        add_error(why, "there is no TLS");
        tls_close(tls);
        return NULL;
    }
    expect_host(tls->ssl, options, host);
    if (!shake_hands(tls->ssl, why)) {
        tls_close(tls);
        return NULL;
    }
    return tls;
}

void tls_close(struct tls *tls)
{
    if (!tls) {
        return;
    }
    SSL_free(tls->ssl);
    SSL_CTX_free(tls->context);
    free(tls);
}

/* A call that a socket's time limit has ended wants to be made again. */
static int failure(const struct tls *tls, int result)
{
    int error = SSL_get_error(tls->ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        return -ETIMEDOUT;
    }
    bool ended = error == SSL_ERROR_ZERO_RETURN ||
                 ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
    return ended ? 0 : -EPROTO;
}

static int at_most(size_t size)
{
    return size > INT_MAX ? INT_MAX : (int)size;
}

int tls_send(struct tls *tls, struct slice octets)
{
    ERR_clear_error();
    int sent = SSL_write(tls->ssl, octets.ptr, at_most(octets.len));
    int rc = sent > 0 ? sent : failure(tls, sent);
    return rc == 0 ? -EPIPE : rc;
}

int tls_receive(struct tls *tls, uint8_t *room, size_t size)
{
    ERR_clear_error();
    int got = SSL_read(tls->ssl, room, at_most(size));
    return got > 0 ? got : failure(tls, got);
}
