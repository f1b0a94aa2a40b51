#include "admin/reply.h"

#include "admin/writer.h"

void reply_finish(struct reply *reply)
{
    bytes_finish(&reply->body);
    bytes_finish(&reply->headers);
    bytes_finish(&reply->location);
    bytes_finish(&reply->allow);
    if (reply->parts.free) {
        reply->parts.free(reply->parts.state);
    }
    reply->parts = (struct reply_parts){.next = NULL};
}

void reply_header(struct reply *reply, const char *name, struct slice value)
{
    bytes_add(&reply->headers, (struct slice){(const uint8_t *)name, strlen(name)});
    bytes_add(&reply->headers, SLICE(": "));
    for (size_t i = 0; i < value.len; i++) {
        bool plain = value.ptr[i] >= ' ' && value.ptr[i] != 0x7f;
        bytes_add_u8(&reply->headers, plain ? value.ptr[i] : ' ');
    }
    bytes_add(&reply->headers, SLICE("\r\n"));
}

bool reply_next(struct reply *reply, struct bytes *out)
{
    return reply->parts.next && reply->parts.next(reply->parts.state, out);
}

void reply_error(struct reply *reply, enum http_status status, const char *error,
                 struct slice reason)
{
    struct writer w;
    reply->status = (uint16_t)status;
    reply->body.len = 0;
    writer_init(&w, &reply->body, NULL);
    write_object(&w, NULL);
    write_str(&w, "error", error);
    write_text(&w, "reason", reason);
    write_end(&w);
}

void reply_not_found(struct reply *reply)
{
    reply_error(reply, HTTP_NOT_FOUND, "Object Not Found", SLICE("Not Found"));
}

void reply_bad_request(struct reply *reply, struct slice reason)
{
    reply_error(reply, HTTP_BAD_REQUEST, "bad_request", reason);
}

void reply_not_authorised(struct reply *reply, const char *reason)
{
    reply_error(reply, HTTP_UNAUTHORIZED, "not_authorised",
                (struct slice){(const uint8_t *)reason, strlen(reason)});
}

void reply_bad_term(struct reply *reply, const char *what, struct slice value)
{
    struct writer w;
    reply->status = HTTP_BAD_REQUEST;
    reply->body.len = 0;
    writer_init(&w, &reply->body, NULL);
    write_object(&w, NULL);
    write_str(&w, "error", "bad_request");
    write_array(&w, "reason");
    write_str(&w, NULL, what);
    write_text(&w, NULL, value);
    write_end(&w);
    write_end(&w);
}
