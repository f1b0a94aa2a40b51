#include "exchange/delay_header.h"

#include "amqp/table.h"

static const struct slice header = {(const uint8_t *)"x-delay", sizeof "x-delay" - 1};

enum { DIGITS_MAX = 10 };

static uint64_t read_digits(struct slice text)
{
    uint64_t value = 0;
    if (text.len > DIGITS_MAX) {
        return 0;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return 0;
        }
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return value;
}

/* 0 of what is no number, or not positive. */
static uint64_t read_number(const struct field_value *value)
{
    if (field_is_integer(value)) {
        return value->integer > 0 ? (uint64_t)value->integer : 0;
    }
    if (value->type == 'S') {
        return read_digits(value->bytes);
    }
    if (value->type == 'f' || value->type == 'd') {
        double number = field_float(value);
        return number > 0 && number < (double)UINT64_MAX ? (uint64_t)number : 0;
    }
    return 0;
}

uint32_t delay_asked(const struct amqp_properties *properties)
{
    struct field_value value;
    if (!(properties->flags & PROPERTY_headers) ||
        !table_get(properties->headers, header, &value)) {
        return 0;
    }
    uint64_t delay = read_number(&value);
    return delay <= UINT32_MAX ? (uint32_t)delay : 0;
}

/* As a 32-bit number, as RabbitMQ's plugin has it, or a 64-bit one if that is too small for it. */
static void add_negative(struct bytes *out, uint64_t delay)
{
    uint8_t raw[9] = {'I'};
    bool small = delay <= (uint64_t)INT32_MAX + 1;
    if (small) {
        wire_store_u32(raw + 1, (uint32_t)(0 - delay));
    } else {
        raw[0] = 'l';
        wire_store_u64(raw + 1, 0 - delay);
    }
    table_add_raw(out, header, (struct slice){raw, small ? 5 : 9});
}

void delay_rewrite(struct slice headers, struct bytes *out)
{
    struct wire_reader r = wire_reader_of(headers);
    struct slice key;
    struct field_value value;
    while (table_next(&r, &key, &value)) {
        if (slice_eq(key, header) && read_number(&value) > 0) {
            add_negative(out, read_number(&value));
        } else if (!slice_eq(key, SLICE("BCC"))) {
            table_add_raw(out, key, value.raw);
        }
    }
}
