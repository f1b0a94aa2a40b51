#include "tests/fuzz/fuzz.h"

#include "amqp/frame.h"
#include "base/check.h"

enum { PAYLOAD_MAX = 512 };

/* A frame that is not whole yet must not look like anything else, wherever the input is cut; only
 * that it is too large shows as soon as its size does. */
static void check_cuts(struct slice input, size_t frame_len, enum frame_result whole)
{
    struct frame frame;
    size_t len = frame_len < input.len ? frame_len : input.len;
    for (size_t cut = 0; cut < len; cut++) {
        enum frame_result result = frame_parse((struct slice){input.ptr, cut}, PAYLOAD_MAX, &frame);
        bool too_large = whole == FRAME_TOO_LARGE && cut >= FRAME_HEAD_SIZE;
        CHECK(result == (too_large ? FRAME_TOO_LARGE : FRAME_PARTIAL));
    }
}

static void check_frame(struct slice input, const struct frame *frame)
{
    uint8_t head[FRAME_HEAD_SIZE];
    frame_put_head(head, frame->type, frame->channel, (uint32_t)frame->payload.len);
    CHECK(memcmp(head, input.ptr, sizeof head) == 0);
    CHECK(frame->payload.ptr == input.ptr + FRAME_HEAD_SIZE);
    CHECK(frame->payload.len + FRAME_OVERHEAD <= input.len);
    CHECK(input.ptr[frame->payload.len + FRAME_OVERHEAD - 1] == FRAME_END);
}

/* Takes frame after frame, as a connection does, until one is not whole or not well-formed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = {data, size};
    struct frame frame = {0};
    enum frame_result result;
    while ((result = frame_parse(input, PAYLOAD_MAX, &frame)) == FRAME_OK) {
        size_t len = frame.payload.len + FRAME_OVERHEAD;
        check_frame(input, &frame);
        check_cuts(input, len, result);
        input = (struct slice){input.ptr + len, input.len - len};
    }
    check_cuts(input, frame.payload.len + FRAME_OVERHEAD, result);
    return 0;
}
