#include "tests/dialogues/player/uri.h"

#include <stdlib.h>
#include <string.h>

/* Decodes text up to `end` into out; false if it is too long. An empty part leaves out alone. */
static bool part(char out[URI_PART_MAX], const char *text, const char *end)
{
    size_t len = 0;
    while (text < end && len + 1 < URI_PART_MAX) {
        char hex[3] = {0};
        if (*text == '%' && end - text > 2) {
            memcpy(hex, text + 1, 2);
            out[len++] = (char)strtol(hex, NULL, 16);
            text += 3;
        } else {
            out[len++] = *text++;
        }
        out[len] = '\0';
    }
    return text == end;
}

static bool pair(char first[URI_PART_MAX], char second[URI_PART_MAX], const char *text,
                 const char *end)
{
    const char *colon = memchr(text, ':', (size_t)(end - text));
    return part(first, text, colon ? colon : end) && (!colon || part(second, colon + 1, end));
}

bool uri_parse(const char *text, const char *scheme, struct uri *out)
{
    *out = (struct uri){"guest", "guest", "127.0.0.1", "5672", "/"};
    size_t len = strlen(scheme);
    if (strncmp(text, scheme, len) != 0) {
        return false;
    }
    text += len;
    const char *authority_end = text + strcspn(text, "/");
    const char *at = memchr(text, '@', (size_t)(authority_end - text));
    bool good = !at || pair(out->user, out->password, text, at);
    good = good && pair(out->host, out->port, at ? at + 1 : text, authority_end);
    const char *vhost = authority_end + (*authority_end == '/');
    return good && part(out->vhost, vhost, vhost + strlen(vhost));
}
