#include "admin/base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int value_of(uint8_t letter)
{
    const char *at = letter ? strchr(letters, letter) : NULL;
    return at ? (int)(at - letters) : -1;
}

static bool decode_four(const uint8_t *four, bool last, struct bytes *out)
{
    int padding = last ? (four[3] == '=') + (four[3] == '=' && four[2] == '=') : 0;
    uint32_t octets = 0;
    for (int i = 0; i < 4; i++) {
        int value = i >= 4 - padding ? 0 : value_of(four[i]);
        if (value < 0) {
            return false;
        }
        octets = octets << 6 | (uint32_t)value;
    }
    for (int i = 0; i < 3 - padding; i++) {
        bytes_add_u8(out, (uint8_t)(octets >> (16 - 8 * i)));
    }
    return true;
}

bool base64_decode(struct slice text, struct bytes *out)
{
    if (text.len % 4 != 0) {
        return false;
    }
    for (size_t i = 0; i < text.len; i += 4) {
        if (!decode_four(text.ptr + i, i + 4 == text.len, out)) {
            return false;
        }
    }
    return true;
}

void base64_encode(struct slice octets, struct bytes *out)
{
    for (size_t i = 0; i < octets.len; i += 3) {
        size_t left = octets.len - i;
        uint32_t three = (uint32_t)octets.ptr[i] << 16;
        three |= left > 1 ? (uint32_t)octets.ptr[i + 1] << 8 : 0;
        three |= left > 2 ? (uint32_t)octets.ptr[i + 2] : 0;
        bytes_add_u8(out, (uint8_t)letters[three >> 18]);
        bytes_add_u8(out, (uint8_t)letters[three >> 12 & 63]);
        bytes_add_u8(out, (uint8_t)(left > 1 ? letters[three >> 6 & 63] : '='));
        bytes_add_u8(out, (uint8_t)(left > 2 ? letters[three & 63] : '='));
    }
}
