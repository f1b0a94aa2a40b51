#ifndef AMQP_FRAME_H
#define AMQP_FRAME_H

#include "base/slice.h"

/* Frames (section 4.2.3):
 *
 *     0      1         3             7                  size+7      size+8
 *     +------+---------+-------------+  +------------+  +-----------+
 *     | type | channel |    size     |  |  payload   |  | frame-end |
 *     +------+---------+-------------+  +------------+  +-----------+
 *      octet   short         long         size octets       octet
 */
enum {
    FRAME_METHOD = 1,
    FRAME_HEADER = 2,
    FRAME_BODY = 3,
    FRAME_HEARTBEAT = 8,
    FRAME_END = 206,
    FRAME_HEAD_SIZE = 7,
    FRAME_OVERHEAD = 8,     // head and frame-end
    FRAME_SIZE_MIN = 8192,  // the least frame-max that may be agreed on
    CONTENT_HEAD_SIZE = 12, // class, weight and body size, before the property flags
};

struct frame {
    uint8_t type;
    uint16_t channel;
    struct slice payload; // borrowed from the input
};

enum frame_result {
    FRAME_OK,
    FRAME_PARTIAL,   // more octets are needed
    FRAME_TOO_LARGE, // the payload is larger than payload_max
    FRAME_BAD_END,   // the octet after the payload is not FRAME_END
};

/* Takes one frame from the start of input; its length is payload.len + FRAME_OVERHEAD. A payload
 * over payload_max is told as soon as its size is known; frame->type and ->channel are then set,
 * and payload.len is the announced size. The type is not checked. */
enum frame_result frame_parse(struct slice input, uint32_t payload_max, struct frame *out);

/* Writes the 7 octets of a frame's head at dst. */
void frame_put_head(uint8_t *dst, uint8_t type, uint16_t channel, uint32_t size);

#endif
