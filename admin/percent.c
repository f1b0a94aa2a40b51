#include "admin/percent.h"

static int digit_of(uint8_t octet)
{
    if (octet >= '0' && octet <= '9') {
        return octet - '0';
    }
    octet |= 0x20;
    return octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

bool percent_decode(struct slice text, bool plus, struct bytes *out)
{
    uint8_t *to = bytes_reserve(out, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t octet = text.ptr[i];
        if (octet == '+' && plus) {
            octet = ' ';
        } else if (octet == '%') {
            int high = text.len - i > 2 ? digit_of(text.ptr[i + 1]) : -1;
            int low = text.len - i > 2 ? digit_of(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            octet = (uint8_t)(high << 4 | low);
            i += 2;
        }
        to[len++] = octet;
    }
    out->len += len;
    return true;
}

static bool is_plain(uint8_t octet)
{
    uint8_t lower = octet | 0x20;
    return (lower >= 'a' && lower <= 'z') || (octet >= '0' && octet <= '9') || octet == '-' ||
           octet == '_' || octet == '.' || octet == '~';
}

void percent_encode_plus(struct slice text, struct bytes *out)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        uint8_t octet = text.ptr[i];
        if (is_plain(octet)) {
            bytes_add_u8(out, octet);
        } else if (octet == ' ') {
            bytes_add_u8(out, '+');
        } else {
            bytes_add_u8(out, '%');
            bytes_add_u8(out, (uint8_t)digits[octet >> 4]);
            bytes_add_u8(out, (uint8_t)digits[octet & 15]);
        }
    }
}
