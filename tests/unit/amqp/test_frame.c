#include "amqp/frame.h"
#include "tests/unit/amqp/kit.h"

static const uint32_t ANY_SIZE = UINT32_MAX;

Test(frame, a_whole_frame_is_taken_and_what_follows_is_left)
{
    struct slice input = OCTETS("\x01\x00\x07\x00\x00\x00\x03"
                                "abc\xce\x08");
    struct frame frame;
    cr_assert_eq(frame_parse(input, ANY_SIZE, &frame), FRAME_OK);
    cr_assert_eq(frame.type, FRAME_METHOD);
    cr_assert_eq(frame.channel, 7);
    cr_assert_octets(frame.payload, OCTETS("abc"));
    cr_assert_eq(frame.payload.ptr, input.ptr + FRAME_HEAD_SIZE);
    cr_assert_eq(frame.payload.len + FRAME_OVERHEAD, input.len - 1);
}

Test(frame, every_prefix_of_a_frame_is_partial)
{
    struct slice whole = OCTETS("\x03\x01\x02\x00\x00\x00\x02hi\xce");
    struct frame frame;
    for (size_t len = 0; len < whole.len; len++) {
        struct slice prefix = {whole.ptr, len};
        cr_assert_eq(frame_parse(prefix, ANY_SIZE, &frame), FRAME_PARTIAL, "%zu octets", len);
    }
    cr_assert_eq(frame_parse(whole, ANY_SIZE, &frame), FRAME_OK);
    cr_assert_eq(frame.channel, 0x0102);
}

Test(frame, a_frame_may_be_empty)
{
    struct frame frame;
    struct slice heartbeat = OCTETS("\x08\x00\x00\x00\x00\x00\x00\xce");
    cr_assert_eq(frame_parse(heartbeat, 0, &frame), FRAME_OK);
    cr_assert_eq(frame.type, FRAME_HEARTBEAT);
    cr_assert_eq(frame.payload.len, 0);
}

Test(frame, the_size_alone_tells_that_a_frame_is_too_large)
{
    struct frame frame;
    struct slice head = OCTETS("\x03\x00\x01\x00\x00\x10\x01");
    cr_assert_eq(frame_parse(head, 4096, &frame), FRAME_TOO_LARGE);
    cr_assert_eq(frame.type, FRAME_BODY);
    cr_assert_eq(frame.channel, 1);
    cr_assert_eq(frame.payload.len, 4097);
    cr_assert_eq(frame_parse(head, 4097, &frame), FRAME_PARTIAL);
    struct slice huge = OCTETS("\x03\x00\x01\xff\xff\xff\xff");
    cr_assert_eq(frame_parse(huge, 131072, &frame), FRAME_TOO_LARGE);
    cr_assert_eq(frame_parse(huge, UINT32_MAX, &frame), FRAME_PARTIAL);
}

Test(frame, a_wrong_end_is_told)
{
    struct frame frame;
    struct slice input = OCTETS("\x01\x00\x00\x00\x00\x00\x01x\xcd");
    cr_assert_eq(frame_parse(input, ANY_SIZE, &frame), FRAME_BAD_END);
    cr_assert_octets(frame.payload, OCTETS("x"));
}

Test(frame, the_type_is_not_checked)
{
    struct frame frame;
    struct slice input = OCTETS("\xff\x00\x00\x00\x00\x00\x00\xce");
    cr_assert_eq(frame_parse(input, ANY_SIZE, &frame), FRAME_OK);
    cr_assert_eq(frame.type, 0xff);
}

Test(frame, a_head_is_what_parse_reads)
{
    uint8_t octets[FRAME_HEAD_SIZE];
    frame_put_head(octets, FRAME_HEADER, 0xabcd, 0x01020304);
    cr_assert_octets(((struct slice){octets, sizeof octets}),
                     OCTETS("\x02\xab\xcd\x01\x02\x03\x04"));
}
