#define _GNU_SOURCE
#include "server/tls.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/tls_terms.h"
#include "server/transport_plain.h"
#include "server/transport_tls.h"
#include "tests/certificates.h"

/* A directory with the files of a certificate authority, a server and a client. */
struct office {
    char root[64];
    char authority[96], server[96], client[96];
};

static void save(const char *path, const char *subject, const struct identity *issuer,
                 const char *password)
{
    struct identity made = identity_new(subject, issuer);
    identity_save(&made, path, password);
    identity_free(&made);
}

static struct office office_new(void)
{
    struct office office = {.root = "/tmp/leveret-tls-XXXXXX"};
    cr_assert_not_null(mkdtemp(office.root));
    snprintf(office.authority, sizeof office.authority, "%s/ca.pem", office.root);
    snprintf(office.server, sizeof office.server, "%s/server.pem", office.root);
    snprintf(office.client, sizeof office.client, "%s/client.pem", office.root);
    struct identity authority = identity_new("CN=authority", NULL);
    identity_save(&authority, office.authority, NULL);
    save(office.server, "CN=localhost", &authority, NULL);
    save(office.client, "O=Example/CN=client", &authority, NULL);
    identity_free(&authority);
    return office;
}

static void office_free(struct office *office)
{
    unlink(office->authority);
    unlink(office->server);
    unlink(office->client);
    cr_assert_eq(rmdir(office->root), 0);
}

static struct tls_options options_of(const struct office *office)
{
    return (struct tls_options){.certfile = office->server,
                                .cacertfile = office->authority,
                                .depth = 1,
                                .verify_peer = true,
                                .name_source = TLS_NAME_DISTINGUISHED};
}

/* A server's stream and a client that talks to it through a pair of sockets. */
struct talk {
    struct stream server;
    SSL_CTX *context;
    SSL *client;
};

static struct talk talk_new(struct tls *tls, const char *certificate)
{
    struct talk talk = {.context = SSL_CTX_new(TLS_client_method())};
    int fds[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    if (certificate) {
        SSL_CTX_use_certificate_chain_file(talk.context, certificate);
        SSL_CTX_use_PrivateKey_file(talk.context, certificate, SSL_FILETYPE_PEM);
    }
    talk.client = SSL_new(talk.context);
    SSL_set_fd(talk.client, fds[1]);
    SSL_set_connect_state(talk.client);
    talk.server =
        (struct stream){.transport = &transport_tls, .tls = tls_accept(tls, fds[0]), .fd = fds[0]};
    return talk;
}

static void talk_free(struct talk *talk)
{
    int fd = SSL_get_fd(talk->client);
    talk->server.transport->close(&talk->server);
    SSL_free(talk->client);
    SSL_CTX_free(talk->context);
    close(fd);
}

/* Returns what the server's side came to: 0, or a negative errno. */
static int shake_hands(struct talk *talk)
{
    int rc = -EAGAIN;
    for (int i = 0; i < 100 && rc == -EAGAIN; i++) {
        SSL_do_handshake(talk->client);
        rc = transport_tls.handshake(&talk->server);
    }
    SSL_do_handshake(talk->client);
    return rc;
}

static void expect_name(struct tls *tls, const char *certificate, const char *expected)
{
    struct talk talk = talk_new(tls, certificate);
    struct text name = {0};
    cr_assert_eq(shake_hands(&talk), 0);
    tls_peer_name(tls, talk.server.tls, &name);
    cr_assert_str_eq(name.ptr, expected);
    talk_free(&talk);
}

static struct tls *tls_of(const struct tls_options *options)
{
    struct text error = {0};
    struct tls *tls = tls_new(options, &error);
    cr_assert(tls, "%s", error.ptr);
    return tls;
}

Test(tls, names_the_client_by_its_verified_certificate)
{
    struct office office = office_new();
    struct tls_options options = options_of(&office);
    struct tls *tls = tls_of(&options);
    expect_name(tls, office.client, "CN=client,O=Example");
    expect_name(tls, NULL, "");
    tls_free(tls);
    options.name_source = TLS_NAME_COMMON;
    tls = tls_of(&options);
    expect_name(tls, office.client, "client");
    tls_free(tls);
    office_free(&office);
}

Test(tls, trusts_no_name_that_it_did_not_verify)
{
    struct office office = office_new();
    struct tls_options options = options_of(&office);
    options.verify_peer = false;
    struct tls *tls = tls_of(&options);
    expect_name(tls, office.client, "");
    tls_free(tls);
    office_free(&office);
}

Test(tls, refuses_certificates_of_other_authorities)
{
    struct office office = office_new();
    struct office other = office_new();
    struct tls_options options = options_of(&office);
    struct tls *tls = tls_of(&options);
    struct talk talk = talk_new(tls, other.client);
    cr_assert_eq(shake_hands(&talk), -EPROTO);
    struct text error = {0};
    tls_error(&error);
    cr_assert_str_eq(error.ptr, "certificate verify failed");
    talk_free(&talk);
    tls_free(tls);
    office_free(&other);
    office_free(&office);
}

Test(tls, refuses_clients_without_a_certificate_if_told_so)
{
    struct office office = office_new();
    struct tls_options options = options_of(&office);
    options.fail_if_no_peer_cert = true;
    struct tls *tls = tls_of(&options);
    struct talk talk = talk_new(tls, NULL);
    cr_assert_eq(shake_hands(&talk), -EPROTO);
    ERR_clear_error();
    talk_free(&talk);
    expect_name(tls, office.client, "CN=client,O=Example");
    tls_free(tls);
    office_free(&office);
}

Test(tls, speaks_the_versions_it_is_told_to)
{
    struct office office = office_new();
    struct tls_options options = options_of(&office);
    options.versions = TLS_VERSION_1_2;
    struct tls *tls = tls_of(&options);
    struct talk talk = talk_new(tls, NULL);
    cr_assert_eq(shake_hands(&talk), 0);
    cr_assert_str_eq(SSL_get_version(talk.client), "TLSv1.2");
    talk_free(&talk);
    talk = talk_new(tls, NULL);
    SSL_set_min_proto_version(talk.client, TLS1_3_VERSION);
    cr_assert_eq(shake_hands(&talk), -EPROTO);
    ERR_clear_error();
    talk_free(&talk);
    tls_free(tls);
    office_free(&office);
}

Test(tls, takes_the_cipher_suites_of_all_versions_in_one_list)
{
    struct office office = office_new();
    struct tls_options options = options_of(&office);
    options.ciphers = "TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
    struct tls *tls = tls_of(&options);
    struct talk talk = talk_new(tls, NULL);
    cr_assert_eq(shake_hands(&talk), 0);
    cr_assert_str_eq(SSL_get_cipher(talk.client), "TLS_AES_128_GCM_SHA256");
    talk_free(&talk);
    talk = talk_new(tls, NULL);
    SSL_set_max_proto_version(talk.client, TLS1_2_VERSION);
    cr_assert_eq(shake_hands(&talk), 0);
    cr_assert_str_eq(SSL_get_cipher(talk.client), "ECDHE-ECDSA-AES256-GCM-SHA384");
    talk_free(&talk);
    tls_free(tls);
    office_free(&office);
}

static void expect_error(const struct tls_options *options, const char *part)
{
    struct text error = {0};
    cr_assert_null(tls_new(options, &error));
    cr_assert_not_null(strstr(error.ptr, part), "%s", error.ptr);
}

Test(tls, says_which_file_is_not_good)
{
    struct office office = office_new();
    struct tls_options options = options_of(&office);
    options.certfile = NULL;
    expect_error(&options, "no certfile is set");
    options.certfile = "/nowhere/at/all.pem";
    expect_error(&options, "/nowhere/at/all.pem");
    options = options_of(&office);
    options.keyfile = office.client;
    expect_error(&options, office.client);
    options = options_of(&office);
    options.cacertfile = "/nowhere/ca.pem";
    expect_error(&options, "/nowhere/ca.pem");
    options = options_of(&office);
    options.ciphers = "NO-SUCH-CIPHER";
    expect_error(&options, "NO-SUCH-CIPHER");
    office_free(&office);
}

Test(tls, opens_a_key_with_its_password)
{
    struct office office = office_new();
    struct tls_options options = options_of(&office);
    save(office.server, "CN=locked", NULL, "open sesame");
    options.password = "wrong";
    expect_error(&options, office.server);
    options.password = "open sesame";
    tls_free(tls_of(&options));
    office_free(&office);
}

static void expect_server(struct tls *tls, const char *common_name)
{
    struct talk talk = talk_new(tls, NULL);
    char name[64];
    cr_assert_eq(shake_hands(&talk), 0);
    X509 *certificate = SSL_get0_peer_certificate(talk.client);
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
                              sizeof name);
    cr_assert_str_eq(name, common_name);
    talk_free(&talk);
}

Test(tls, reads_its_files_again_and_keeps_the_old_ones_if_the_new_are_not_good)
{
    struct office office = office_new();
    struct tls_options options = options_of(&office);
    struct text error = {0};
    struct tls *tls = tls_of(&options);
    expect_server(tls, "localhost");
    save(office.server, "CN=renewed", NULL, NULL);
    expect_server(tls, "localhost");
    cr_assert(tls_reload(tls, &error));
    expect_server(tls, "renewed");
    cr_assert_eq(truncate(office.server, 10), 0);
    cr_assert(!tls_reload(tls, &error));
    expect_server(tls, "renewed");
    tls_free(tls);
    office_free(&office);
}

/* Sends `total` octets in uneven pieces and reads them at the other end, a little at a time. */
static size_t send_through(struct talk *talk, size_t total)
{
    static uint8_t bytes[200 * 1000];
    uint8_t got[4096];
    size_t sent = 0, received = 0, wrong = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + i / 251);
    }
    while (received < total) {
        struct iovec pieces[3] = {{bytes + sent, total - sent}};
        int count = 1;
        if (total - sent > 100) {
            pieces[0].iov_len = 33;
            pieces[1] = (struct iovec){bytes + sent + 33, 1};
            pieces[2] = (struct iovec){bytes + sent + 34, total - sent - 34};
            count = 3;
        }
        ssize_t rc = sent < total ? transport_tls.write_some(&talk->server, pieces, count) : 0;
        cr_assert(rc >= 0 || rc == -EAGAIN);
        sent += rc > 0 ? (size_t)rc : 0;
        int n = SSL_read(talk->client, got, sizeof got);
        for (int i = 0; i < n; i++) {
            wrong += got[i] != bytes[received++];
        }
    }
    return wrong;
}

Test(tls, sends_on_where_a_full_socket_made_it_wait)
{
    struct office office = office_new();
    struct tls_options options = options_of(&office);
    struct tls *tls = tls_of(&options);
    struct talk talk = talk_new(tls, NULL);
    int small = 4096;
    cr_assert_eq(shake_hands(&talk), 0);
    setsockopt(talk.server.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    cr_assert_eq(send_through(&talk, 200 * 1000), 0);
    talk_free(&talk);
    tls_free(tls);
    office_free(&office);
}

Test(tls, tells_of_input_that_no_event_will_tell_of)
{
    struct office office = office_new();
    struct tls_options options = options_of(&office);
    struct tls *tls = tls_of(&options);
    struct talk talk = talk_new(tls, NULL);
    uint8_t room[10];
    cr_assert_eq(shake_hands(&talk), 0);
    cr_assert_eq(SSL_write(talk.client, "0123456789abc", 13), 13);
    cr_assert_eq(transport_tls.read_some(&talk.server, room, sizeof room), 10);
    cr_assert(talk.server.more_input);
    cr_assert_eq(transport_tls.read_some(&talk.server, room, sizeof room), 3);
    cr_assert(!talk.server.more_input);
    cr_assert_eq(transport_tls.read_some(&talk.server, room, sizeof room), -EAGAIN);
    SSL_shutdown(talk.client);
    cr_assert_eq(transport_tls.read_some(&talk.server, room, sizeof room), 0);
    talk_free(&talk);
    tls_free(tls);
    office_free(&office);
}

Test(tls, ends_its_output_with_a_notice)
{
    struct office office = office_new();
    struct tls_options options = options_of(&office);
    struct tls *tls = tls_of(&options);
    struct talk talk = talk_new(tls, NULL);
    char room[10];
    cr_assert_eq(shake_hands(&talk), 0);
    transport_tls.end_output(&talk.server);
    cr_assert_eq(talk.server.transport, &transport_plain);
    cr_assert_eq(SSL_read(talk.client, room, sizeof room), 0);
    cr_assert_eq(SSL_get_shutdown(talk.client) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
    talk_free(&talk);
    tls_free(tls);
    office_free(&office);
}

static bool slice_is(struct slice text, const char *expected)
{
    return slice_eq(text, (struct slice){(const uint8_t *)expected, strlen(expected)});
}

/* The terms that a client gets who knows only this suite of TLS 1.2; NULL: TLS 1.3. */
static struct tls_terms terms_with(const struct office *office, const char *suite,
                                   const char *certificate, struct bytes *packed)
{
    struct tls_options options = options_of(office);
    struct tls *tls = tls_of(&options);
    struct talk talk = talk_new(tls, certificate);
    if (suite) {
        SSL_set_max_proto_version(talk.client, TLS1_2_VERSION);
        SSL_set_cipher_list(talk.client, suite);
    }
    cr_assert_eq(shake_hands(&talk), 0);
    packed->len = 0;
    tls_terms_pack(talk.server.tls, packed);
    talk_free(&talk);
    tls_free(tls);
    return tls_terms_unpack(bytes_slice(packed));
}

Test(tls, terms_are_told_in_the_words_of_rabbitmq)
{
    struct office office = office_new();
    struct bytes packed = {0};
    struct tls_terms terms = terms_with(&office, NULL, office.client, &packed);
    cr_expect(slice_is(terms.protocol, "tlsv1.3"));
    cr_expect(slice_is(terms.key_exchange, "any"));
    cr_expect(slice_is(terms.cipher, "aes_256_gcm"));
    cr_expect(slice_is(terms.hash, "aead"));
    cr_expect(slice_is(terms.issuer, "CN=authority"));
    cr_expect(slice_is(terms.subject, "CN=client,O=Example"));
    cr_expect_eq(terms.validity.len, strlen("2026-08-21T12:00:00Z - 2027-08-21T12:00:00Z"));
    terms = terms_with(&office, "ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256", NULL, &packed);
    cr_expect(slice_is(terms.protocol, "tlsv1.2"));
    cr_expect(slice_is(terms.key_exchange, "ecdhe_ecdsa") ||
              slice_is(terms.key_exchange, "ecdhe_rsa"));
    cr_expect(slice_is(terms.cipher, "aes_128_cbc"));
    cr_expect(slice_is(terms.hash, "sha256"));
    cr_expect(slice_is(terms.subject, ""));
    cr_expect(slice_is(terms.validity, ""));
    bytes_finish(&packed);
    office_free(&office);
}

Test(tls, there_are_no_terms_without_it)
{
    struct tls_terms terms = tls_terms_unpack((struct slice){NULL, 0});
    cr_expect(slice_is(terms.protocol, ""));
    cr_expect(slice_is(terms.validity, ""));
}
