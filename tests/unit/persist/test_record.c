#include "persist/record.h"

#include <criterion/criterion.h>

enum { POSITION = 0x12345678, ROOM = 512 };

static const struct record SAMPLE = {
    .position = POSITION, .type = 7, .flags = 0x81, .group = 0x1234, .term = 0x89abcdef};

static size_t encode_sample(uint8_t *to, size_t len)
{
    uint8_t payload[ROOM];
    for (size_t i = 0; i < len; i++) {
        payload[i] = (uint8_t)(i * 5 + 1);
    }
    struct slice pieces[] = {{payload, len / 2}, {NULL, 0}, {payload + len / 2, len - len / 2}};
    record_encode(to, &SAMPLE, pieces, 3);
    return record_size(len);
}

Test(record, comes_back_as_it_was_encoded)
{
    uint8_t bytes[ROOM];
    for (size_t len = 0; len < 100; len++) {
        struct record record;
        memset(bytes, 0xee, sizeof bytes);
        size_t size = encode_sample(bytes, len);
        cr_assert_eq(size % RECORD_ALIGN, 0);
        cr_assert(size >= RECORD_HEADER + len && size < RECORD_HEADER + len + RECORD_ALIGN);
        cr_assert_eq(bytes[size], 0xee);
        cr_assert_eq(record_claims(bytes, POSITION), size);
        cr_assert(record_decode((struct slice){bytes, sizeof bytes}, POSITION, &record));
        cr_assert_eq(record.payload.len, len);
        for (size_t i = 0; i < len; i++) {
            cr_assert_eq(record.payload.ptr[i], (uint8_t)(i * 5 + 1));
        }
        cr_assert(record.position == POSITION && record.type == 7 && record.flags == 0x81);
        cr_assert(record.group == 0x1234 && record.term == 0x89abcdef);
    }
}

Test(record, is_not_recognised_with_any_bit_flipped)
{
    uint8_t bytes[ROOM];
    struct record record;
    for (size_t len = 0; len < 60; len += 13) {
        size_t size = encode_sample(bytes, len);
        for (size_t bit = 0; bit < size * 8; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            cr_assert_not(record_decode((struct slice){bytes, size}, POSITION, &record));
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        cr_assert(record_decode((struct slice){bytes, size}, POSITION, &record));
    }
}

Test(record, is_not_recognised_when_cut_anywhere)
{
    uint8_t bytes[ROOM];
    struct record record;
    size_t size = encode_sample(bytes, 77);
    for (size_t len = 0; len < size; len++) {
        cr_assert_not(record_decode((struct slice){bytes, len}, POSITION, &record));
    }
}

Test(record, is_not_recognised_when_the_rest_of_it_is_of_older_bytes)
{
    uint8_t bytes[ROOM], torn[ROOM];
    struct record record;
    size_t size = encode_sample(bytes, 77);
    for (size_t len = 0; len < size; len++) {
        memset(torn, 0x55, sizeof torn);
        memcpy(torn, bytes, len);
        cr_assert_not(record_decode((struct slice){torn, size}, POSITION, &record));
    }
}

Test(record, belongs_to_one_position)
{
    uint8_t bytes[ROOM];
    struct record record;
    size_t size = encode_sample(bytes, 40);
    cr_assert_eq(record_claims(bytes, POSITION + 8), 0);
    cr_assert_not(record_decode((struct slice){bytes, size}, POSITION + 8, &record));
}

Test(record, zeroes_are_none)
{
    uint8_t bytes[ROOM] = {0};
    struct record record;
    cr_assert_not(record_decode((struct slice){bytes, sizeof bytes}, 64, &record));
}

Test(record, marks_say_what_is_durable_and_others_do_not)
{
    uint8_t bytes[ROOM];
    struct record record;
    record_encode_mark(bytes, RECORD_BATCH_END, POSITION, 4711);
    cr_assert(record_decode((struct slice){bytes, RECORD_MARK}, POSITION, &record));
    cr_assert_eq(record.type, RECORD_BATCH_END);
    cr_assert_eq(record_durable(&record), 4711);
    size_t size = encode_sample(bytes, 8);
    cr_assert(record_decode((struct slice){bytes, size}, POSITION, &record));
    cr_assert_eq(record_durable(&record), 0);
}
