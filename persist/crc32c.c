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

static inline uint64_t load(const uint8_t *ptr)
{
    uint64_t word;
    memcpy(&word, ptr, sizeof word);
    return word;
}

#if defined(__x86_64__)

#    include <nmmintrin.h>
#    include <wmmintrin.h>

#    define WITH_INSTRUCTIONS __attribute__((target("sse4.2,pclmul")))

/* The instruction takes three cycles, and one can begin in each: so three stretches are summed up
 * at a time. To append n octets to a sum means to multiply it by x^8n. A product of two reflected
 * polynomials has an x too many, and summing it up multiplies it by x^32: hence by x^(8n - 33). The
 * longer stretches are for messages of 1 KiB and more. */
struct stretch {
    size_t size;    // octets, a multiple of 8
    uint32_t once;  // x^(8 * size - 33)
    uint32_t twice; // x^(16 * size - 33)
};

static const struct stretch stretches[] = {
    {336, 0xa60ce07b, 0xcec3662e},
    {128, 0x0d3b6092, 0xb9e02b86},
};

static bool has_instructions(void)
{
    return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}

WITH_INSTRUCTIONS static inline uint64_t add_word(uint64_t sum, const uint8_t *ptr)
{
    return _mm_crc32_u64(sum, load(ptr));
}

WITH_INSTRUCTIONS static inline uint32_t add_octet(uint32_t sum, uint8_t octet)
{
    return _mm_crc32_u8(sum, octet);
}

WITH_INSTRUCTIONS static uint64_t multiply(uint64_t sum, uint32_t by)
{
    __m128i product =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)sum), _mm_cvtsi32_si128((int)by), 0);
    return _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

WITH_INSTRUCTIONS static inline uint64_t add_three(uint64_t sum, const uint8_t *ptr,
                                                   const struct stretch *stretch)
{
    size_t size = stretch->size;
    uint64_t second = 0, third = 0;
    for (const uint8_t *end = ptr + size; ptr < end; ptr += sizeof sum) {
        sum = add_word(sum, ptr);
        second = add_word(second, ptr + size);
        third = add_word(third, ptr + 2 * size);
    }
    return multiply(sum, stretch->twice) ^ multiply(second, stretch->once) ^ third;
}

/* Takes what is there of threefold stretches off the slice. */
WITH_INSTRUCTIONS static uint64_t add_stretches(uint64_t sum, struct slice *bytes)
{
    for (size_t i = 0; i < sizeof stretches / sizeof *stretches; i++) {
        size_t all = 3 * stretches[i].size;
        for (; bytes->len >= all; bytes->ptr += all, bytes->len -= all) {
            sum = add_three(sum, bytes->ptr, &stretches[i]);
        }
    }
    return sum;
}

#elif defined(__aarch64__) && defined(__linux__)

#    include <sys/auxv.h>

#    define WITH_INSTRUCTIONS

static bool has_instructions(void)
{
    enum { HAS_CRC32 = 1 << 7 }; // HWCAP_CRC32
    return getauxval(AT_HWCAP) & HAS_CRC32;
}

/* In assembly, since compilers do not agree how to ask for it. */
static inline uint64_t add_word(uint64_t sum, const uint8_t *ptr)
{
    __asm__(".arch_extension crc\n\tcrc32cx %w0, %w0, %x1" : "+r"(sum) : "r"(load(ptr)));
    return (uint32_t)sum;
}

static inline uint32_t add_octet(uint32_t sum, uint8_t octet)
{
    __asm__(".arch_extension crc\n\tcrc32cb %w0, %w0, %w1" : "+r"(sum) : "r"((uint32_t)octet));
    return sum;
}

static uint64_t add_stretches(uint64_t sum, const struct slice *bytes)
{
    (void)bytes;
    return sum;
}

#endif

#ifdef WITH_INSTRUCTIONS

WITH_INSTRUCTIONS static uint32_t by_instruction(uint32_t crc, struct slice bytes)
{
    uint64_t sum = add_stretches(~crc, &bytes);
    for (; bytes.len >= sizeof sum; bytes.ptr += sizeof sum, bytes.len -= sizeof sum) {
        sum = add_word(sum, bytes.ptr);
    }
    uint32_t rest = (uint32_t)sum;
    for (; bytes.len > 0; bytes.ptr++, bytes.len--) {
        rest = add_octet(rest, *bytes.ptr);
    }
    return ~rest;
}

uint32_t crc32c(uint32_t crc, struct slice bytes)
{
    return has_instructions() ? by_instruction(crc, bytes) : crc32c_by_table(crc, bytes);
}

#else

uint32_t crc32c(uint32_t crc, struct slice bytes)
{
    return crc32c_by_table(crc, bytes);
}

#endif
