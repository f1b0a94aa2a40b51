#ifndef ADMIN_REPLY_H
#define ADMIN_REPLY_H

#include "base/bytes.h"
#include "base/text.h"

/* The status codes that the API gives. */
enum http_status {
    HTTP_OK = 200,
    HTTP_CREATED = 201,
    HTTP_ACCEPTED = 202,
    HTTP_NO_CONTENT = 204,
    HTTP_SEE_OTHER = 303,
    HTTP_BAD_REQUEST = 400,
    HTTP_UNAUTHORIZED = 401,
    HTTP_NOT_FOUND = 404,
    HTTP_METHOD_NOT_ALLOWED = 405,
    HTTP_NOT_ACCEPTABLE = 406,
    HTTP_PRECONDITION_FAILED = 412,
    HTTP_SERVER_ERROR = 500,
    HTTP_NOT_IMPLEMENTED = 501,
    HTTP_UNAVAILABLE = 503,
};

/* A body that is made part by part, so that a long one holds nothing else up. */
struct reply_parts {
    /* Appends the next part to *out, some ten kilobytes at most unless one object is larger; or
     * does some work towards it. False when that was the last. NULL: there are no parts. */
    bool (*next)(void *state, struct bytes *out);
    void (*free)(void *state);
    void *state; // owned
};

/* What a request is answered with. Zero-initialise it; reply_finish gives back what it owns. */
struct reply {
    struct bytes body;
    struct bytes headers;     // lines of more headers (reply_header)
    struct bytes location;    // of what was created; empty: none
    struct bytes allow;       // the methods there are, with HTTP_METHOD_NOT_ALLOWED
    const char *content_type; // NULL: JSON, if there is a body
    struct reply_parts parts; // owned; if there are any, they are the body
    uint64_t after;           // journal record that must be durable before anybody hears of it
    uint32_t delay_ms;        // to be put off for so long
    uint16_t status;          // enum http_status
    bool challenge;           // WWW-Authenticate: the client may log in
};

void reply_finish(struct reply *reply);

/* Adds a header. Line ends and other control characters in the value become blanks. */
void reply_header(struct reply *reply, const char *name, struct slice value);

/* Appends the next part of the body; false if there are no more. */
bool reply_next(struct reply *reply, struct bytes *out);

/* {"error":error,"reason":reason} in place of what was there. */
void reply_error(struct reply *reply, enum http_status status, const char *error,
                 struct slice reason);

/* What RabbitMQ says of an object, or a path, that is not there. */
void reply_not_found(struct reply *reply);
void reply_bad_request(struct reply *reply, struct slice reason);
void reply_not_authorised(struct reply *reply, const char *reason);

/* {"error":"bad_request","reason":[what,value]}, as RabbitMQ shows its terms. */
void reply_bad_term(struct reply *reply, const char *what, struct slice value);

#endif
