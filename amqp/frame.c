#include "amqp/frame.h"

#include "base/wire.h"

enum frame_result frame_parse(struct slice input, uint32_t payload_max, struct frame *out)
{
    if (input.len < FRAME_HEAD_SIZE) {
        return FRAME_PARTIAL;
    }
    uint32_t size = wire_load_u32(input.ptr + 3);
    *out = (struct frame){
        .type = input.ptr[0],
        .channel = wire_load_u16(input.ptr + 1),
        .payload = {input.ptr + FRAME_HEAD_SIZE, size},
    };
    if (size > payload_max) {
        return FRAME_TOO_LARGE;
    }
    if (input.len < (size_t)size + FRAME_OVERHEAD) {
        return FRAME_PARTIAL;
    }
    return out->payload.ptr[size] == FRAME_END ? FRAME_OK : FRAME_BAD_END;
}

void frame_put_head(uint8_t *dst, uint8_t type, uint16_t channel, uint32_t size)
{
    dst[0] = type;
    wire_store_u16(dst + 1, channel);
    wire_store_u32(dst + 3, size);
}
