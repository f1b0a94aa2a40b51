#include "persist/record.h"

#include "base/check.h"
#include "base/wire.h"
#include "persist/crc32c.h"

enum { CRC_SIZE = 4 };

static uint32_t crc_of(const uint8_t *record, size_t size)
{
    return crc32c(0, (struct slice){record + CRC_SIZE, size - CRC_SIZE});
}

void record_encode(uint8_t *to, const struct record *record, const struct slice *pieces,
                   size_t piece_count)
{
    uint8_t *at = to + RECORD_HEADER;
    for (size_t i = 0; i < piece_count; i++) {
        slice_copy(at, pieces[i]);
        at += pieces[i].len;
    }
    size_t len = (size_t)(at - to) - RECORD_HEADER;
    CHECK(len <= RECORD_PAYLOAD_MAX);
    size_t size = record_size(len);
    memset(at, 0, (size_t)(to + size - at));
    wire_store_u32(to + 4, (uint32_t)len);
    wire_store_u64(to + 8, record->position);
    to[16] = record->type;
    to[17] = record->flags;
    wire_store_u16(to + 18, record->group);
    wire_store_u32(to + 20, record->term);
    wire_store_u32(to, crc_of(to, size));
}

void record_encode_mark(uint8_t *to, enum record_type type, uint64_t position, uint64_t number)
{
    uint8_t payload[8];
    wire_store_u64(payload, number);
    struct record record = {.position = position, .type = (uint8_t)type};
    record_encode(to, &record, &(struct slice){payload, sizeof payload}, 1);
}

size_t record_claims(const uint8_t *header, uint64_t position)
{
    uint32_t len = wire_load_u32(header + 4);
    if (wire_load_u64(header + 8) != position || len > RECORD_PAYLOAD_MAX) {
        return 0;
    }
    return record_size(len);
}

bool record_decode(struct slice from, uint64_t position, struct record *record)
{
    size_t size = from.len < RECORD_HEADER ? 0 : record_claims(from.ptr, position);
    if (size == 0 || size > from.len || wire_load_u32(from.ptr) != crc_of(from.ptr, size)) {
        return false;
    }
    *record = (struct record){
        .position = position,
        .payload = {from.ptr + RECORD_HEADER, wire_load_u32(from.ptr + 4)},
        .type = from.ptr[16],
        .flags = from.ptr[17],
        .group = wire_load_u16(from.ptr + 18),
        .term = wire_load_u32(from.ptr + 20),
    };
    return true;
}

uint64_t record_durable(const struct record *record)
{
    bool mark = record->type == RECORD_BATCH_END || record->type == RECORD_SEGMENT_END;
    return mark && record->payload.len == 8 ? wire_load_u64(record->payload.ptr) : 0;
}
