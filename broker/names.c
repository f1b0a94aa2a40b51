#include "broker/names.h"

#include "broker/broker_internal.h"

static void add_base64(struct text *out, const uint8_t *bytes, size_t len)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t pending = 0;
    int bits = 0;
    for (size_t i = 0; i < len; i++) {
        pending = pending << 8 | bytes[i];
        for (bits += 8; bits >= 6; bits -= 6) {
            text_add(out,
                     (struct slice){(const uint8_t *)&alphabet[pending >> (bits - 6) & 63], 1});
        }
    }
    if (bits > 0) {
        text_add(out, (struct slice){(const uint8_t *)&alphabet[pending << (6 - bits) & 63], 1});
    }
}

void names_generate(struct broker *broker, const char *prefix, struct text *out)
{
    uint64_t count[2] = {++broker->names_made, 0};
    uint64_t token[2];
    for (int half = 0; half < 2; half++) {
        count[1] = (uint64_t)half;
        struct slice input = {(const uint8_t *)count, sizeof count};
        token[half] = hash_bytes(broker->options.secret, input);
    }
    text_clear(out);
    text_add_str(out, prefix);
    add_base64(out, (const uint8_t *)token, sizeof token);
}

struct slice names_strip(struct slice name, struct text *buffer)
{
    bool clean = true;
    for (size_t i = 0; i < name.len; i++) {
        clean = clean && name.ptr[i] != '\r' && name.ptr[i] != '\n';
    }
    if (clean) {
        return name;
    }
    text_clear(buffer);
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] != '\r' && name.ptr[i] != '\n') {
            text_add(buffer, (struct slice){name.ptr + i, 1});
        }
    }
    return text_slice(buffer);
}

bool names_reserved(struct slice name)
{
    return slice_starts(name, SLICE("amq."));
}
