#include "ctl/admin_connect.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/format.h"
#include "ctl/finder.h"

enum { TIMEOUT_SECONDS = 120 };

static int hex_value(char digit)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF";
    const char *at = digit ? strchr(digits, digit) : NULL;
    return at ? (int)((at - digits) % 16) : -1;
}

/* A part of the URI, with what is escaped in it as it was; owned by admin->uri. */
static const char *keep_part(struct admin *admin, const char *text, size_t len)
{
    char *kept = admin->uri + admin->uri_len;
    if (len + 1 > sizeof admin->uri - admin->uri_len) {
        return NULL;
    }
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        bool escaped = text[i] == '%' && i + 2 < len && hex_value(text[i + 1]) >= 0 &&
                       hex_value(text[i + 2]) >= 0;
        kept[count++] =
            escaped ? (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
        i += escaped ? 2 : 0;
    }
    kept[count] = '\0';
    admin->uri_len += count + 1;
    return kept;
}

/* "user:password@" in front of the host; the latter, or NULL if there is too much of it. */
static const char *take_user(struct admin *admin, const char *at)
{
    size_t len = strcspn(at, "/"), user = strcspn(at, ":@/");
    const char *end = memrchr(at, '@', len);
    if (!end) {
        return at;
    }
    size_t all = (size_t)(end - at);
    user = user < all ? user : all;
    admin->server.user = keep_part(admin, at, user);
    if (user < all) {
        admin->server.password = keep_part(admin, at + user + 1, all - user - 1);
    }
    return admin->server.user ? end + 1 : NULL;
}

/* Host and port; IPv6 stands in brackets. */
static bool take_host(struct admin *admin, const char *at)
{
    bool bracket = *at == '[';
    at += bracket;
    size_t len = strcspn(at, bracket ? "]" : ":/");
    const char *behind = at + len + (bracket && at[len] == ']');
    admin->server.host = len > 0 ? keep_part(admin, at, len) : NULL;
    if (*behind == ':') {
        admin->server.port = keep_part(admin, behind + 1, strcspn(behind + 1, "/"));
    }
    behind += strcspn(behind, "/");
    if (*behind && strcmp(behind, "/") != 0) {
        fputs("WARNING: path in --base-uri is ignored. Please specify --vhost and/or "
              "--path-prefix separately.\n\n",
              admin->err);
    }
    return admin->server.host != NULL;
}

/* "http://user:password@host:port/"; what it names counts for more than options. */
static bool take_base_uri(struct admin *admin, const char *uri, bool *secure)
{
    const char *at = strstr(uri, "://");
    *secure = at && strncmp(uri, "https://", 8) == 0;
    if (!at || (!*secure && strncmp(uri, "http://", 7) != 0)) {
        return false;
    }
    at = take_user(admin, at + 3);
    return at && take_host(admin, at);
}

static void take_tls(struct admin *admin)
{
    const struct options *options = &admin->options;
    admin->tls = (struct tls_options){
        .ca_file = options_value(options, "ssl-ca-cert-file"),
        .cert_file = options_value(options, "ssl-cert-file"),
        .key_file = options_value(options, "ssl-key-file"),
        .any_host = options_has(options, "ssl-disable-hostname-verification"),
        .any_peer = options_has(options, "ssl-insecure"),
    };
    admin->server.tls = &admin->tls;
}

static bool find_socket(struct admin *admin)
{
    struct text why = {.len = 0};
    const char *socket = options_value(&admin->options, "socket");
    socket = socket ? socket : getenv("LEVERET_SOCKET");
    struct finder finder = {.socket = socket && *socket ? socket : NULL,
                            .runtime_directory = getenv("XDG_RUNTIME_DIR"),
                            .user = (unsigned)geteuid()};
    return finder_find(&finder, &admin->server, &why) == 0;
}

static const char *first_of(const char *a, const char *b, const char *c)
{
    return a ? a : b ? b : c;
}

int admin_connect(struct admin *admin)
{
    bool secure = false;
    const struct options *options = &admin->options;
    struct http_server *server = &admin->server;
    const char *uri = options_value(options, "base-uri");
    const char *timeout = options_value(options, "request-timeout");
    const char *host = options_value(options, "host"), *port = options_value(options, "port");
    server->timeout_s = timeout ? (unsigned)strtoul(timeout, NULL, 10) : TIMEOUT_SECONDS;
    if (uri && !take_base_uri(admin, uri, &secure)) {
        return admin_misuse(admin, "the base URI must be http://host:port or https://host:port");
    }
    secure = secure || options_has(options, "ssl");
    server->user = first_of(server->user, options_value(options, "username"), NULL);
    server->password = first_of(server->password, options_value(options, "password"), "guest");
    if (!host && !port && !uri && !secure && find_socket(admin)) {
        return EXIT_SUCCESS;
    }
    server->host = first_of(server->host, host, "localhost");
    server->port = first_of(server->port, port, secure ? "15671" : "15672");
    server->user = first_of(server->user, "guest", NULL);
    if (secure) {
        take_tls(admin);
    }
    return EXIT_SUCCESS;
}
