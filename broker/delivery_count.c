#include "broker/delivery_count.h"

#include "amqp/properties.h"
#include "amqp/table.h"
#include "base/bytes.h"
#include "base/check.h"
#include "exchange/fields.h"
#include "queue/msg.h"

/* The headers by name, as RabbitMQ has them wherever it adds one. */
static void write_headers(struct slice headers, uint64_t failed, struct bytes *out)
{
    struct slice name = SLICE("x-delivery-count");
    struct bytes table = {0}, count = {0};
    struct wire_reader r = wire_reader_of(headers);
    struct slice key;
    struct field_value value;
    while (table_next(&r, &key, &value)) {
        if (!slice_eq(key, name)) {
            table_add_raw(&table, key, value.raw);
        }
    }
    bytes_add_u8(&count, 'l');
    bytes_add_u64(&count, failed);
    table_add_raw(&table, name, bytes_slice(&count));
    fields_add_sorted(bytes_slice(&table), out);
    bytes_finish(&table);
    bytes_finish(&count);
}

struct msg *delivery_count_add(const struct msg *msg, uint64_t failed)
{
    struct amqp_properties properties;
    struct bytes headers = {0}, encoded = {0};
    bool sound = properties_decode(msg_properties(msg), &properties);
    CHECK(sound);
    write_headers(properties.headers, failed, &headers);
    properties.headers = bytes_slice(&headers);
    properties.flags |= PROPERTY_headers;
    properties_add(&encoded, &properties);
    struct msg_parts parts = msg_parts_of(msg);
    parts.properties = bytes_slice(&encoded);
    struct msg *counted = msg_copy(msg, &parts);
    bytes_finish(&headers);
    bytes_finish(&encoded);
    return counted;
}
