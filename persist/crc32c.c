#include "persist/crc32c.h"

#include "persist/crc32c_table.h"

static const uint32_t table[256] = {CRC32C_TABLE};

uint32_t crc32c_by_table(uint32_t crc, struct slice bytes)
{
    crc = ~crc;
    for (size_t i = 0; i < bytes.len; i++) {
        crc = crc >> 8 ^ table[(crc ^ bytes.ptr[i]) & 0xff];
    }
    return ~crc;
}

#if defined(__x86_64__)

#    include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, struct slice bytes)
{
    const uint8_t *ptr = bytes.ptr;
    size_t left = bytes.len;
    uint64_t sum = ~crc;
    for (; left >= sizeof sum; ptr += sizeof sum, left -= sizeof sum) {
        uint64_t word;
        memcpy(&word, ptr, sizeof word);
        sum = _mm_crc32_u64(sum, word);
    }
    uint32_t rest = (uint32_t)sum;
    for (; left > 0; ptr++, left--) {
        rest = _mm_crc32_u8(rest, *ptr);
    }
    return ~rest;
}

uint32_t crc32c(uint32_t crc, struct slice bytes)
{
    return __builtin_cpu_supports("sse4.2") ? by_instruction(crc, bytes)
                                            : crc32c_by_table(crc, bytes);
}

#else

uint32_t crc32c(uint32_t crc, struct slice bytes)
{
    return crc32c_by_table(crc, bytes);
}

#endif
