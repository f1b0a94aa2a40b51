#include <criterion/criterion.h>

#include "admin/http_head.h"
#include "admin/reply.h"
#include "base/bytes.h"
#include "conf/format.h"

static struct http_head head;

static uint16_t parse(const char *text)
{
    return http_head_parse(format_slice(text), &head);
}

static bool target_is(const char *text)
{
    return slice_eq(head.request.target, format_slice(text));
}

Test(http_head, tells_where_a_head_ends)
{
    cr_assert_eq(http_head_find(SLICE("GET / HTTP/1.1\r\nHost: x\r\n\r\nrest"), 0), 27);
    cr_assert_eq(http_head_find(SLICE("GET / HTTP/1.0\n\nrest"), 0), 16);
    cr_assert_eq(http_head_find(SLICE("GET / HTTP/1.1\r\nHost: x\r\n"), 0), 0);
    cr_assert_eq(http_head_find(SLICE(""), 0), 0);
}

Test(http_head, a_head_that_comes_octet_by_octet_is_found_once_it_is_whole)
{
    struct slice text = SLICE("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    for (size_t len = 1; len <= text.len; len++) {
        struct slice part = {text.ptr, len};
        cr_assert_eq(http_head_find(part, len - 1), len == text.len ? len : 0);
    }
}

Test(http_head, reads_method_target_and_headers)
{
    cr_assert_eq(parse("PUT /api/queues/%2F/q?x=1 HTTP/1.1\r\nhost: here\r\n"
                       "AUTHORIZATION:  Basic Zzpn \t\r\nAccept: */*\r\nContent-Length: 12\r\n"
                       "Expect: 100-Continue\r\nX-Reason: too loud\r\n\r\n"),
                 0);
    cr_assert_eq(head.request.method, HTTP_PUT);
    cr_assert(target_is("/api/queues/%2F/q?x=1"));
    cr_assert(slice_eq(head.request.authorization, SLICE("Basic Zzpn")));
    cr_assert(slice_eq(head.request.reason, SLICE("too loud")));
    cr_assert_null(head.request.content_type.ptr);
    cr_assert_eq(head.body_len, 12);
    cr_assert(head.awaits_continue && head.keeps_open && !head.chunked && !head.old);
}

Test(http_head, connections_stay_open_as_the_version_has_it)
{
    cr_assert_eq(parse("GET / HTTP/1.1\r\nHost: x\r\nConnection: x, Close\r\n\r\n"), 0);
    cr_assert_not(head.keeps_open);
    cr_assert_eq(parse("GET / HTTP/1.0\r\n\r\n"), 0);
    cr_assert(head.old && !head.keeps_open);
    cr_assert_eq(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), 0);
    cr_assert(head.old && head.keeps_open);
}

Test(http_head, takes_a_target_as_sent_to_a_proxy)
{
    cr_assert_eq(parse("GET http://broker:15672/api/nodes HTTP/1.1\r\nHost: x\r\n\r\n"), 0);
    cr_assert(target_is("/api/nodes"));
    cr_assert_eq(parse("GET http://broker HTTP/1.1\r\nHost: x\r\n\r\n"), 0);
    cr_assert(target_is("/"));
}

Test(http_head, an_unknown_method_is_none_of_ours)
{
    cr_assert_eq(parse("BREW / HTTP/1.1\r\nHost: x\r\n\r\n"), 0);
    cr_assert_eq(head.request.method, HTTP_OTHER);
}

Test(http_head, doubtful_heads_are_refused)
{
    static const struct {
        const char *text;
        uint16_t status;
    } rows[] = {
        {"\r\n", HTTP_BAD_REQUEST},
        {"GET\r\n\r\n", HTTP_BAD_REQUEST},
        {"GET /\r\n\r\n", HTTP_BAD_REQUEST},
        {"GET / FTP/1.1\r\n\r\n", HTTP_BAD_REQUEST},
        {"G@T / HTTP/1.1\r\nHost: x\r\n\r\n", HTTP_BAD_REQUEST},
        {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", HTTP_VERSION_NOT_SUPPORTED},
        {"GET api HTTP/1.1\r\nHost: x\r\n\r\n", HTTP_BAD_REQUEST},
        {"GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n", HTTP_BAD_REQUEST},
        {"GET / HTTP/1.1\r\n\r\n", HTTP_BAD_REQUEST},
        {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", HTTP_BAD_REQUEST},
        {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", HTTP_BAD_REQUEST},
        {"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", HTTP_BAD_REQUEST},
        {"GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", HTTP_BAD_REQUEST},
        {"GET / HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n", HTTP_BAD_REQUEST},
        {"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", HTTP_BAD_REQUEST},
        {"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", HTTP_BAD_REQUEST},
        {"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
         HTTP_BAD_REQUEST},
        {"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
         HTTP_CONTENT_TOO_LARGE},
        {"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
         HTTP_BAD_REQUEST},
        {"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", HTTP_NOT_IMPLEMENTED},
        {"PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_BAD_REQUEST},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(parse(rows[i].text), rows[i].status, "%s", rows[i].text);
    }
}

Test(http_head, too_many_headers_and_too_long_a_target_are_refused)
{
    struct bytes text = {0};
    bytes_add(&text, SLICE("GET / HTTP/1.1\r\nHost: x\r\n"));
    for (int i = 0; i < HTTP_HEADERS_MAX; i++) {
        bytes_add(&text, SLICE("a: b\r\n"));
    }
    bytes_add(&text, SLICE("\r\n"));
    cr_assert_eq(http_head_parse(bytes_slice(&text), &head), HTTP_HEADERS_TOO_LARGE);
    text.len = 0;
    bytes_add(&text, SLICE("GET /"));
    memset(bytes_reserve(&text, HTTP_TARGET_MAX), 'a', HTTP_TARGET_MAX);
    text.len += HTTP_TARGET_MAX;
    bytes_add(&text, SLICE(" HTTP/1.1\r\nHost: x\r\n\r\n"));
    cr_assert_eq(http_head_parse(bytes_slice(&text), &head), HTTP_URI_TOO_LONG);
    bytes_finish(&text);
}
