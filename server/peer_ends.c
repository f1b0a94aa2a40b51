#include "server/peer_ends.h"

struct slice peer_end_of(struct slice text, uint64_t *port)
{
    size_t at = text.len;
    *port = 0;
    while (at > 0 && text.ptr[at - 1] >= '0' && text.ptr[at - 1] <= '9') {
        at--;
    }
    if (at == 0 || text.ptr[at - 1] != ':' || slice_starts(text, SLICE("unix:"))) {
        return text;
    }
    for (size_t i = at; i < text.len; i++) {
        *port = *port * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    struct slice host = {text.ptr, at - 1};
    if (host.len >= 2 && host.ptr[0] == '[') {
        host = (struct slice){host.ptr + 1, host.len - 2};
    }
    return host;
}

struct peer_ends peer_ends_of(struct slice name)
{
    struct peer_ends ends = {.peer_port = 0};
    struct slice arrow = SLICE(" -> ");
    size_t at = 0;
    while (at + arrow.len < name.len &&
           !slice_starts((struct slice){name.ptr + at, name.len - at}, arrow)) {
        at++;
    }
    if (at + arrow.len >= name.len) {
        ends.host = ends.peer_host = name;
        return ends;
    }
    size_t second = at + arrow.len;
    ends.peer_host = peer_end_of((struct slice){name.ptr, at}, &ends.peer_port);
    ends.host = peer_end_of((struct slice){name.ptr + second, name.len - second}, &ends.port);
    return ends;
}
