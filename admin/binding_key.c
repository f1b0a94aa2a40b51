#include "admin/binding_key.h"

#include "admin/percent.h"
#include "base/hash.h"

/* Six letters of base64 for addresses, which is how RabbitMQ shows its 32 bits. */
static void add_hash(struct slice arguments, struct bytes *out)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct hash_key key = {0x62696e64696e6773, 0x6172677573656e74}; // the same at every start
    uint64_t bits = hash_bytes(key, arguments) & UINT32_MAX;
    for (int shift = 30; shift >= 0; shift -= 6) {
        bytes_add_u8(out, (uint8_t)letters[bits << 4 >> shift & 63]);
    }
}

/* `~` is what separates, and so is escaped, too. */
static void add_escaped(struct slice routing_key, struct bytes *out)
{
    size_t from = 0;
    for (size_t i = 0; i < routing_key.len; i++) {
        if (routing_key.ptr[i] == '~') {
            percent_encode_plus((struct slice){routing_key.ptr + from, i - from}, out);
            bytes_add(out, SLICE("%7E"));
            from = i + 1;
        }
    }
    percent_encode_plus(
        (struct slice){routing_key.ptr ? routing_key.ptr + from : NULL, routing_key.len - from},
        out);
}

/* The routing key behind a wish that is not quoted as binding_key_add does it: as in RabbitMQ,
 * where "a b", "a+b" and "a%20b" are the same. */
static bool means_key(struct slice wanted, struct slice routing_key)
{
    struct bytes decoded = {0};
    if (wanted.len == 0) {
        return routing_key.len == 0;
    }
    bool same =
        percent_decode(wanted, true, &decoded) && slice_eq(bytes_slice(&decoded), routing_key);
    bytes_finish(&decoded);
    return same;
}

bool binding_key_fits(struct slice wanted, struct slice routing_key, struct slice arguments)
{
    struct bytes hash = {0};
    const uint8_t *tilde = wanted.len > 0 ? memchr(wanted.ptr, '~', wanted.len) : NULL;
    size_t len = tilde ? (size_t)(tilde - wanted.ptr) : wanted.len;
    struct slice rest = {wanted.ptr + len, wanted.len - len};
    if (arguments.len > 0) {
        bytes_add_u8(&hash, '~');
        add_hash(arguments, &hash);
    }
    bool fits =
        means_key((struct slice){wanted.ptr, len}, routing_key) &&
        (slice_eq(rest, bytes_slice(&hash)) || (arguments.len == 0 && slice_eq(rest, SLICE("~"))));
    bytes_finish(&hash);
    return fits;
}

void binding_key_add(struct slice routing_key, struct slice arguments, struct bytes *out)
{
    add_escaped(routing_key, out);
    if (routing_key.len == 0 || arguments.len > 0) {
        bytes_add_u8(out, '~');
    }
    if (arguments.len > 0) {
        add_hash(arguments, out);
    }
}
