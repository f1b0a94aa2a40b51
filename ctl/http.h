#ifndef CTL_HTTP_H
#define CTL_HTTP_H

#include <jansson.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "base/text.h"

struct tls_options;

enum { HTTP_PATH_ROOM = 108 };

/* Where a broker is: a unix socket, or a host and port. */
struct http_server {
    char socket[HTTP_PATH_ROOM];   // "": not this
    const char *host;              // borrowed
    const char *port;              // borrowed
    const char *user;              // borrowed; NULL: without credentials
    const char *password;          // borrowed
    unsigned timeout_s;            // 0: waits for ever
    const struct tls_options *tls; // borrowed; NULL: it is not spoken
};

/* What is asked. Texts are borrowed. */
struct http_request {
    const char *method;
    const char *path;
    struct slice body;
    const char *reason; // the header X-Reason, or NULL
};

/* Zero-initialise it; http_response_finish gives back what it owns. */
struct http_response {
    int status;
    struct bytes octets; // all that came
    struct slice body;   // in it
    long peer;           // the process at the other end of a unix socket; 0: not known
    struct text why;     // what TLS did not like; empty: nothing
};

/* One request on a connection of its own. 0, or a negative errno: nobody is there (-ECONNREFUSED,
 * -ENOENT), we may not (-EACCES), it takes too long (-ETIMEDOUT), or what came is no answer
 * (-EPROTO). */
int http_ask(const struct http_server *server, const struct http_request *request,
             struct http_response *response);
void http_response_finish(struct http_response *response);

/* Opens and closes a connection; as http_ask. *peer is as in http_response. */
int http_knock(const struct http_server *server, long *peer);

/* "/api/a/b%2Fc" of "a", "b/c", NULL; owned by the caller. */
char *http_path(const char *first, ...);

/* Appends the text with everything escaped that is not a letter, a digit or one of -._~. */
void http_escape(struct bytes *out, const char *text);

#endif
