#include "bench/uri.h"

#include <stdlib.h>
#include <string.h>

static int hex_value(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Decodes text[0..len) into field, which has room for 255 characters and its NUL. */
static bool decode(char *field, const char *text, size_t len)
{
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= len || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) {
                return false;
            }
            c = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        }
        if (used == 255 || c == '\0') {
            return false;
        }
        field[used++] = c;
    }
    field[used] = '\0';
    return true;
}

static bool decode_login(struct uri *uri, const char *text, size_t len)
{
    const char *colon = memchr(text, ':', len);
    if (!colon) {
        return decode(uri->user, text, len);
    }
    return decode(uri->user, text, (size_t)(colon - text)) &&
           decode(uri->password, colon + 1, len - (size_t)(colon + 1 - text));
}

static bool decode_port(struct uri *uri, const char *text, size_t len)
{
    if (len == 0) {
        return true;
    }
    if (len > 5 || strspn(text, "0123456789") < len) {
        return false;
    }
    memcpy(uri->port, text, len);
    uri->port[len] = '\0';
    return strtol(uri->port, NULL, 10) <= 65535;
}

/* host, host:port, [v6] or [v6]:port */
static bool decode_address(struct uri *uri, const char *text, size_t len)
{
    const char *end = text + len;
    const char *close = len > 0 && text[0] == '[' ? memchr(text, ']', len) : NULL;
    const char *colon = close ? close + 1 : memchr(text, ':', len);
    if (!colon || colon == end) {
        colon = end;
    }
    if (colon < end && *colon != ':') {
        return false;
    }
    const char *host = close ? text + 1 : text;
    size_t host_len = (size_t)((close ? close : colon) - host);
    bool port_is_good = colon == end || decode_port(uri, colon + 1, (size_t)(end - colon - 1));
    return port_is_good && (host_len == 0 || decode(uri->host, host, host_len));
}

static bool decode_all(struct uri *uri, const char *text)
{
    const char *scheme = "amqp://";
    if (strncmp(text, scheme, strlen(scheme)) != 0) {
        return false;
    }
    text += strlen(scheme);
    const char *slash = strchr(text, '/');
    size_t authority = slash ? (size_t)(slash - text) : strcspn(text, "?");
    const char *at = memrchr(text, '@', authority);
    if (at && !decode_login(uri, text, (size_t)(at - text))) {
        return false;
    }
    const char *address = at ? at + 1 : text;
    if (!decode_address(uri, address, authority - (size_t)(address - text))) {
        return false;
    }
    size_t vhost = slash ? strcspn(slash + 1, "?/") : 0;
    return vhost == 0 || decode(uri->vhost, slash + 1, vhost);
}

bool uri_parse(struct uri *uri, const char *text, struct problem *problem)
{
    *uri = (struct uri){"guest", "guest", "127.0.0.1", "5672", "/"};
    if (!decode_all(uri, text)) {
        return problem_set(problem, "not an amqp://user:password@host:port/vhost address: %s",
                           text);
    }
    return true;
}

bool uri_is_local(const struct uri *uri)
{
    return strcmp(uri->host, "localhost") == 0 || strcmp(uri->host, "::1") == 0 ||
           strncmp(uri->host, "127.", 4) == 0;
}
