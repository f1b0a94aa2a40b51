#ifndef TESTS_DIALOGUES_PLAYER_HTTP_H
#define TESTS_DIALOGUES_PLAYER_HTTP_H

#include "base/bytes.h"

/* One request to the management API, as guest, on a connection of its own. */
struct http_request {
    const char *host; // borrowed, as all else
    const char *port;
    struct slice method;
    struct slice path; // percent-encoded, without /api/
    struct slice body; // JSON; none if it is empty
    int timeout_ms;
};

/* Sends it and waits for the answer. Returns its status and appends its body to *body, which is
 * freed by the caller; 0 if there was no answer in time. */
int http_ask(const struct http_request *request, struct bytes *body);

/* Appends the text as a segment of a path. */
void http_add_segment(struct bytes *path, struct slice text);

#endif
