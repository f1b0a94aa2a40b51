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
#    include <wmmintrin.h>

/* The instruction takes three cycles, and one can begin in each: so three stretches are summed up
 * at a time. To append n octets to a sum means to multiply it by x^8n. A product of two reflected
 * polynomials has an x too many, and summing it up multiplies it by x^32: hence by x^(8n - 33). */
enum { STRETCH = 128 };
static const uint32_t x_991 = 0xd3b6092, x_2015 = 0xb9e02b86;

#    define WITH_INSTRUCTIONS __attribute__((target("sse4.2,pclmul")))

WITH_INSTRUCTIONS static uint64_t multiply(uint64_t sum, uint32_t by)
{
    __m128i product =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)sum), _mm_cvtsi32_si128((int)by), 0);
    return _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

static uint64_t load(const uint8_t *ptr)
{
    uint64_t word;
    memcpy(&word, ptr, sizeof word);
    return word;
}

WITH_INSTRUCTIONS static uint64_t three_stretches(uint64_t sum, const uint8_t *ptr)
{
    uint64_t second = 0, third = 0;
    for (const uint8_t *end = ptr + STRETCH; ptr < end; ptr += sizeof sum) {
        sum = _mm_crc32_u64(sum, load(ptr));
        second = _mm_crc32_u64(second, load(ptr + STRETCH));
        third = _mm_crc32_u64(third, load(ptr + 2 * STRETCH));
    }
    return multiply(sum, x_2015) ^ multiply(second, x_991) ^ third;
}

WITH_INSTRUCTIONS static uint32_t by_instruction(uint32_t crc, struct slice bytes)
{
    const uint8_t *ptr = bytes.ptr;
    size_t left = bytes.len;
    uint64_t sum = ~crc;
    for (; left >= 3 * STRETCH; ptr += 3 * STRETCH, left -= 3 * STRETCH) {
        sum = three_stretches(sum, ptr);
    }
    for (; left >= sizeof sum; ptr += sizeof sum, left -= sizeof sum) {
        sum = _mm_crc32_u64(sum, load(ptr));
    }
    uint32_t rest = (uint32_t)sum;
    for (; left > 0; ptr++, left--) {
        rest = _mm_crc32_u8(rest, *ptr);
    }
    return ~rest;
}

uint32_t crc32c(uint32_t crc, struct slice bytes)
{
    bool can = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
    return can ? by_instruction(crc, bytes) : crc32c_by_table(crc, bytes);
}

#else

uint32_t crc32c(uint32_t crc, struct slice bytes)
{
    return crc32c_by_table(crc, bytes);
}

#endif
