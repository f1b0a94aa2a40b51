#include "conf/listener.h"

#include <stdlib.h>

#include "conf/format.h"
#include "conf/value.h"

enum {
    HOST_MAX = 255,
    PATH_MAX_UNIX = 107, // sockaddr_un.sun_path with its NUL has 108
};

static struct slice cut(struct slice text, size_t from, size_t to)
{
    return (struct slice){text.ptr + from, to - from};
}

static bool parse_port(struct slice text, uint16_t *port)
{
    uint64_t number;
    if (text.len > 5 || !value_parse_number(text, "0..65535", &number)) {
        return false;
    }
    *port = (uint16_t)number;
    return true;
}

static bool parse_unix(struct slice path, struct listener *listener)
{
    if (path.len > 2 && slice_eq(cut(path, path.len - 2, path.len), SLICE(":0"))) {
        path.len -= 2;
    }
    if (path.len == 0 || path.len > PATH_MAX_UNIX || path.ptr[0] != '/') {
        return false;
    }
    listener->path = format_copy(path);
    listener->host = NULL;
    listener->port = 0;
    return true;
}

/* Names and addresses, the latter with the zone of IPv6 (fe80::1%eth0). */
static bool is_host(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!alnum && c != '.' && c != ':' && c != '-' && c != '_' && c != '%') {
            return false;
        }
    }
    return text.len > 0 && text.len <= HOST_MAX;
}

static bool parse_host_port(struct slice text, struct listener *listener)
{
    size_t colon = text.len;
    while (colon > 0 && text.ptr[colon - 1] != ':') {
        colon--;
    }
    if (colon < 2) {
        return false;
    }
    struct slice host = cut(text, 0, colon - 1);
    if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']') {
        host = cut(host, 1, host.len - 1);
    }
    uint16_t port;
    if (!is_host(host) || !parse_port(cut(text, colon, text.len), &port)) {
        return false;
    }
    listener->host = format_copy(host);
    listener->path = NULL;
    listener->port = port;
    return true;
}

bool listener_parse(struct slice text, struct listener *listener)
{
    uint16_t port;
    if (slice_starts(text, SLICE("unix:"))) {
        return parse_unix(cut(text, 5, text.len), listener);
    }
    if (parse_port(text, &port)) {
        listener->host = listener->path = NULL;
        listener->port = port;
        return true;
    }
    return parse_host_port(text, listener);
}

void listener_print(const struct listener *listener, struct bytes *out)
{
    if (listener->path) {
        format_add(out, "unix:%s", listener->path);
    } else if (!listener->host) {
        format_add(out, "%u", listener->port);
    } else if (strchr(listener->host, ':')) {
        format_add(out, "[%s]:%u", listener->host, listener->port);
    } else {
        format_add(out, "%s:%u", listener->host, listener->port);
    }
}

void listener_finish(struct listener *listener)
{
    free(listener->name);
    free(listener->host);
    free(listener->path);
    *listener = (struct listener){0};
}
