#include "ctl/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(struct bytes *out, struct slice octets)
{
    for (size_t i = 0; i < octets.len; i += 3) {
        const uint8_t *at = octets.ptr + i;
        size_t left = octets.len - i;
        uint32_t bits =
            (uint32_t)at[0] << 16 | (left > 1 ? (uint32_t)at[1] << 8 : 0) | (left > 2 ? at[2] : 0);
        bytes_add_u8(out, (uint8_t)digits[bits >> 18]);
        bytes_add_u8(out, (uint8_t)digits[bits >> 12 & 63]);
        bytes_add_u8(out, (uint8_t)(left > 1 ? digits[bits >> 6 & 63] : '='));
        bytes_add_u8(out, (uint8_t)(left > 2 ? digits[bits & 63] : '='));
    }
}

bool base64_add_decoded(struct bytes *out, struct slice text)
{
    uint32_t bits = 0;
    unsigned count = 0;
    while (text.len > 0 && text.ptr[text.len - 1] == '=') {
        text.len--;
    }
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = text.ptr[i] ? strchr(digits, text.ptr[i]) : NULL;
        if (!digit) {
            return false;
        }
        bits = bits << 6 | (uint32_t)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes_add_u8(out, (uint8_t)(bits >> count));
        }
    }
    return true;
}
