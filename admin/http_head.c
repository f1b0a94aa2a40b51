#include "admin/http_head.h"

#include "admin/reply.h"
#include "conf/format.h"

/* What is read of a request, beyond the slices that handlers see. */
struct reading {
    struct http_head *head;
    bool has_host;
    bool has_length;
    bool closes;
    bool keeps;
};

size_t http_head_find(struct slice text, size_t from)
{
    for (size_t at = from > 3 ? from - 3 : 0; at < text.len; at++) {
        const uint8_t *next = memchr(text.ptr + at, '\n', text.len - at);
        if (!next) {
            return 0;
        }
        at = (size_t)(next - text.ptr);
        size_t end = at + 1;
        end += end < text.len && text.ptr[end] == '\r';
        if (end < text.len && text.ptr[end] == '\n') {
            return end + 1;
        }
    }
    return 0;
}

/* Takes the first line off, without its end. */
static struct slice next_line(struct slice *rest)
{
    const uint8_t *end = rest->len > 0 ? memchr(rest->ptr, '\n', rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
    struct slice line = {rest->ptr, len};
    size_t used = end ? len + 1 : len;
    *rest = (struct slice){rest->ptr + used, rest->len - used};
    if (line.len > 0 && line.ptr[line.len - 1] == '\r') {
        line.len--;
    }
    return line;
}

static bool is_token(struct slice text)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < text.len; i++) {
        uint8_t octet = text.ptr[i], small = octet | 0x20;
        if (!(small >= 'a' && small <= 'z') && !(octet >= '0' && octet <= '9') &&
            (octet == 0 || !strchr(others, octet))) {
            return false;
        }
    }
    return text.len > 0;
}

/* Compares as headers are: whatever the case of the letters. */
static bool same_word(struct slice text, const char *small)
{
    if (text.len != strlen(small)) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        uint8_t octet = text.ptr[i];
        if ((octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet) != (uint8_t)small[i]) {
            return false;
        }
    }
    return true;
}

static struct slice trim(struct slice text)
{
    while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t')) {
        text = (struct slice){text.ptr + 1, text.len - 1};
    }
    while (text.len > 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t')) {
        text.len--;
    }
    return text;
}

static enum http_method method_of(struct slice name)
{
    static const char *const names[] = {
#define M(name) #name,
        HTTP_METHODS(M)
#undef M
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (slice_eq(name, format_slice(names[i]))) {
            return (enum http_method)i;
        }
    }
    return HTTP_OTHER;
}

/* Path and query; of "http://host/path", which is sent to proxies, what follows the host. */
static uint16_t read_target(struct slice target, struct slice *out)
{
    for (size_t i = 0; i < target.len; i++) {
        if (target.ptr[i] <= ' ' || target.ptr[i] >= 0x7f) {
            return HTTP_BAD_REQUEST;
        }
    }
    struct slice schemes[] = {SLICE("http://"), SLICE("https://")};
    for (size_t i = 0; i < 2; i++) {
        if (slice_starts(target, schemes[i])) {
            size_t from = schemes[i].len;
            const uint8_t *path = memchr(target.ptr + from, '/', target.len - from);
            *out =
                path ? (struct slice){path, (size_t)(target.ptr + target.len - path)} : SLICE("/");
            return 0;
        }
    }
    *out = target;
    return target.len > 0 && target.ptr[0] == '/' ? 0 : HTTP_BAD_REQUEST;
}

/* "GET /api/overview HTTP/1.1" */
static uint16_t read_first_line(struct slice line, struct http_head *head)
{
    const uint8_t *first = line.len > 0 ? memchr(line.ptr, ' ', line.len) : NULL;
    if (!first) {
        return HTTP_BAD_REQUEST;
    }
    struct slice method = {line.ptr, (size_t)(first - line.ptr)};
    struct slice rest = {first + 1, line.len - method.len - 1};
    const uint8_t *second = rest.len > 0 ? memchr(rest.ptr, ' ', rest.len) : NULL;
    if (!second || !is_token(method)) {
        return HTTP_BAD_REQUEST;
    }
    struct slice target = {rest.ptr, (size_t)(second - rest.ptr)};
    struct slice version = {second + 1, rest.len - target.len - 1};
    if (!slice_starts(version, SLICE("HTTP/"))) {
        return HTTP_BAD_REQUEST;
    }
    head->old = slice_eq(version, SLICE("HTTP/1.0"));
    if (!head->old && !slice_eq(version, SLICE("HTTP/1.1"))) {
        return HTTP_VERSION_NOT_SUPPORTED;
    }
    if (target.len > HTTP_TARGET_MAX) {
        return HTTP_URI_TOO_LONG;
    }
    head->request.method = method_of(method);
    return read_target(target, &head->request.target);
}

static uint16_t read_length(struct slice value, struct reading *reading)
{
    uint64_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9') {
            return HTTP_BAD_REQUEST;
        }
        if (length > UINT64_MAX / 10 - 1) {
            return HTTP_CONTENT_TOO_LARGE;
        }
        length = length * 10 + (uint64_t)(value.ptr[i] - '0');
    }
    bool other = reading->has_length && reading->head->body_len != length;
    reading->has_length = true;
    reading->head->body_len = length;
    return value.len == 0 || other ? HTTP_BAD_REQUEST : 0;
}

static void read_connection(struct slice value, struct reading *reading)
{
    while (value.len > 0) {
        const uint8_t *comma = memchr(value.ptr, ',', value.len);
        size_t len = comma ? (size_t)(comma - value.ptr) : value.len;
        struct slice word = trim((struct slice){value.ptr, len});
        reading->closes |= same_word(word, "close");
        reading->keeps |= same_word(word, "keep-alive");
        len += comma ? 1 : 0;
        value = (struct slice){value.ptr + len, value.len - len};
    }
}

static uint16_t read_coding(struct slice value, struct reading *reading)
{
    if (!same_word(value, "chunked")) {
        return HTTP_NOT_IMPLEMENTED;
    }
    if (reading->head->chunked || reading->head->old) {
        return HTTP_BAD_REQUEST;
    }
    reading->head->chunked = true;
    return 0;
}

static uint16_t read_host(struct reading *reading)
{
    bool twice = reading->has_host;
    reading->has_host = true;
    return twice ? HTTP_BAD_REQUEST : 0;
}

/* What decides where the request ends and what becomes of the connection. */
static uint16_t read_framing(struct slice name, struct slice value, struct reading *reading)
{
    if (same_word(name, "content-length")) {
        return read_length(value, reading);
    }
    if (same_word(name, "transfer-encoding")) {
        return read_coding(value, reading);
    }
    if (same_word(name, "host")) {
        return read_host(reading);
    }
    if (same_word(name, "connection")) {
        read_connection(value, reading);
    }
    if (same_word(name, "expect")) {
        reading->head->awaits_continue = same_word(value, "100-continue");
    }
    return 0;
}

/* The first of each counts. */
static void keep_header(struct slice name, struct slice value, struct request *request)
{
    const struct {
        const char *name;
        struct slice *field;
    } kept[] = {
        {"authorization", &request->authorization},
        {"accept", &request->accept},
        {"content-type", &request->content_type},
        {"x-reason", &request->reason},
        {"origin", &request->origin},
        {"access-control-request-headers", &request->wanted_headers},
    };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (!kept[i].field->ptr && same_word(name, kept[i].name)) {
            *kept[i].field = value;
        }
    }
}

static uint16_t read_header(struct slice line, struct reading *reading)
{
    const uint8_t *colon = memchr(line.ptr, ':', line.len);
    if (!colon) {
        return HTTP_BAD_REQUEST;
    }
    struct slice name = {line.ptr, (size_t)(colon - line.ptr)};
    struct slice value = trim((struct slice){colon + 1, line.len - name.len - 1});
    for (size_t i = 0; i < value.len; i++) {
        if ((value.ptr[i] < ' ' && value.ptr[i] != '\t') || value.ptr[i] == 0x7f) {
            return HTTP_BAD_REQUEST;
        }
    }
    if (!is_token(name)) {
        return HTTP_BAD_REQUEST;
    }
    keep_header(name, value, &reading->head->request);
    return read_framing(name, value, reading);
}

uint16_t http_head_parse(struct slice text, struct http_head *out)
{
    struct reading reading = {.head = out};
    *out = (struct http_head){.old = false};
    uint16_t refused = read_first_line(next_line(&text), out);
    int count = 0;
    for (struct slice line; !refused && (line = next_line(&text)).len > 0;) {
        refused = ++count > HTTP_HEADERS_MAX ? HTTP_HEADERS_TOO_LARGE : read_header(line, &reading);
    }
    if (refused) {
        return refused;
    }
    out->keeps_open = !reading.closes && (!out->old || reading.keeps);
    bool doubtful = (out->chunked && reading.has_length) || (!out->old && !reading.has_host);
    return doubtful ? HTTP_BAD_REQUEST : 0;
}
