#include "tests/fuzz/fuzz.h"

#include "admin/http_chunks.h"
#include "admin/http_head.h"
#include "admin/multipart.h"
#include "base/check.h"

enum { BODY_MAX = 4096 };

/* A head ends at the same place however it arrives, and what is taken of it lies in it. */
static void check_head(struct slice text)
{
    struct http_head head;
    size_t len = http_head_find(text, 0);
    size_t found = 0;
    for (size_t i = 1; i <= text.len && found == 0; i++) {
        found = http_head_find((struct slice){text.ptr, i}, i - 1);
    }
    CHECK(found == len);
    if (len > 0 && http_head_parse((struct slice){text.ptr, len}, &head) == 0) {
        CHECK(head.request.target.len > 0 && head.request.target.ptr[0] == '/');
        CHECK(!(head.chunked && head.body_len > 0));
    }
}

/* A body is the same in one piece and octet by octet. */
static void check_chunks(struct slice text)
{
    struct http_chunks whole = {.left = 0}, slow = {.left = 0};
    struct bytes body = {0}, again = {0};
    ptrdiff_t used = http_chunks_take(&whole, text, BODY_MAX, &body);
    ptrdiff_t taken = 0;
    for (size_t i = 0; i < text.len && taken >= 0 && slow.phase != CHUNKS_DONE; i++) {
        taken = http_chunks_take(&slow, (struct slice){text.ptr + i, 1}, BODY_MAX, &again);
    }
    CHECK((used < 0) == (taken < 0) && whole.phase == slow.phase);
    CHECK(body.len <= BODY_MAX && (used < 0 || (size_t)used <= text.len));
    CHECK(slice_eq(bytes_slice(&body), bytes_slice(&again)));
    bytes_finish(&body);
    bytes_finish(&again);
}

static void check_form(struct slice text)
{
    const uint8_t *end = text.len > 0 ? memchr(text.ptr, '\n', text.len) : NULL;
    if (end) {
        struct slice type = {text.ptr, (size_t)(end - text.ptr)};
        struct slice body = {end + 1, text.len - type.len - 1};
        struct slice file;
        if (multipart_find(type, body, SLICE("file"), &file)) {
            CHECK(file.len <= body.len);
        }
    }
}

/* The first octet says what the rest is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0) {
        struct slice rest = {data + 1, size - 1};
        switch (data[0] % 3) {
        case 0:
            check_head(rest);
            break;
        case 1:
            check_chunks(rest);
            break;
        case 2:
            check_form(rest);
            break;
        }
    }
    return 0;
}
