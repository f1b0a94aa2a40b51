#include <criterion/criterion.h>

#include "admin/http_chunks.h"
#include "conf/format.h"

/* Takes the text in pieces of this size; returns what the last call did. */
static ptrdiff_t take(const char *text, size_t piece, struct bytes *body)
{
    struct http_chunks chunks = {.left = 0};
    struct slice rest = format_slice(text);
    body->len = 0;
    while (rest.len > 0) {
        size_t len = rest.len < piece ? rest.len : piece;
        ptrdiff_t used = http_chunks_take(&chunks, (struct slice){rest.ptr, len}, 32, body);
        if (used < 0) {
            return used;
        }
        rest = (struct slice){rest.ptr + used, rest.len - (size_t)used};
        if (chunks.phase == CHUNKS_DONE) {
            break;
        }
    }
    return chunks.phase == CHUNKS_DONE ? (ptrdiff_t)rest.len : 1000;
}

Test(http_chunks, put_a_body_together_whatever_pieces_it_comes_in)
{
    struct bytes body = {0};
    const char *text =
        "5\r\nhello\r\n1;x=\"y\"\r\n,\r\n0A\r\n 1234\r\n789\r\n0\r\nTrailer: z\r\n\r\n++";
    for (size_t piece = 1; piece < 70; piece++) {
        cr_assert_eq(take(text, piece, &body), 2);
        cr_assert(slice_eq(bytes_slice(&body), SLICE("hello, 1234\r\n789")));
    }
    bytes_finish(&body);
}

Test(http_chunks, what_is_malformed_is_told)
{
    static const char *const texts[] = {"x\r\n",       "\r\n",          ";\r\n",
                                        "5\r\nhelloX", "123456789\r\n", "-1\r\n"};
    struct bytes body = {0};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cr_expect_eq(take(texts[i], 100, &body), HTTP_CHUNKS_MALFORMED, "%s", texts[i]);
    }
    bytes_finish(&body);
}

Test(http_chunks, a_body_ends_at_its_limit)
{
    struct bytes body = {0};
    cr_assert_eq(take("21\r\n", 100, &body), 1000);
    cr_assert_eq(take("21\r\na", 100, &body), HTTP_CHUNKS_TOO_LONG);
    cr_assert_eq(take("FFFFFFFF\r\na", 100, &body), HTTP_CHUNKS_TOO_LONG);
    cr_assert_eq(take("20\r\n0123456789abcdef0123456789abcdef\r\n0\r\n\r\n", 100, &body), 0);
    cr_assert_eq(take("20\r\n0123456789abcdef0123456789abcdef\r\n1\r\nx", 100, &body),
                 HTTP_CHUNKS_TOO_LONG);
    bytes_finish(&body);
}

Test(http_chunks, endless_extensions_are_cut)
{
    struct bytes body = {0};
    struct http_chunks chunks = {.left = 0};
    cr_assert_eq(http_chunks_take(&chunks, SLICE("1;"), 32, &body), 2);
    ptrdiff_t used = 0;
    for (int i = 0; i < 100000 && used >= 0; i++) {
        used = http_chunks_take(&chunks, SLICE("xxxxxxxxxx"), 32, &body);
    }
    cr_assert_eq(used, HTTP_CHUNKS_MALFORMED);
    bytes_finish(&body);
}
