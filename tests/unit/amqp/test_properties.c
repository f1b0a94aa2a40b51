#include "amqp/properties.h"
#include <stdlib.h>

#include "tests/unit/amqp/kit.h"

enum { ROOM = 1024 };

Test(properties, none_are_two_octets)
{
    struct amqp_properties properties;
    uint8_t room[ROOM];
    cr_assert(properties_decode(OCTETS("\0\0"), &properties));
    cr_assert_eq(properties.flags, 0);
    cr_assert_eq(properties_encode(&properties, room, sizeof room), 2);
}

Test(properties, flags_are_in_the_order_of_the_specification)
{
    cr_assert_eq(PROPERTY_content_type, 0x8000);
    cr_assert_eq(PROPERTY_headers, 0x2000);
    cr_assert_eq(PROPERTY_delivery_mode, 0x1000);
    cr_assert_eq(PROPERTY_reply_to, 0x0200);
    cr_assert_eq(PROPERTY_user_id, 0x0010);
    cr_assert_eq(PROPERTY_cluster_id, 0x0004);
}

Test(properties, some_are_read_where_they_are)
{
    struct slice encoded = OCTETS("\x90\x40\x0atext/plain\x02\0\0\0\0\x65\x53\xf1\x00");
    struct amqp_properties properties;
    cr_assert(properties_decode(encoded, &properties));
    cr_assert_eq(properties.flags,
                 PROPERTY_content_type | PROPERTY_delivery_mode | PROPERTY_timestamp);
    cr_assert_octets(properties.content_type, SLICE("text/plain"));
    cr_assert_eq(properties.content_type.ptr, encoded.ptr + 3);
    cr_assert_eq(properties.delivery_mode, 2);
    cr_assert_eq(properties.timestamp, 1700000000);
    cr_assert_eq(properties.headers.len, 0);
}

Test(properties, all_of_them_are_encoded_as_they_were)
{
    struct amqp_properties all = {
        .flags = 0xfffc,
        .content_type = SLICE("ct"),
        .content_encoding = SLICE("ce"),
        .headers = SLICE("\x01kt\x01"),
        .delivery_mode = 2,
        .priority = 9,
        .correlation_id = SLICE("ci"),
        .reply_to = SLICE("rt"),
        .expiration = SLICE("60000"),
        .message_id = SLICE("mi"),
        .timestamp = UINT64_MAX,
        .type = SLICE("ty"),
        .user_id = SLICE("ui"),
        .app_id = SLICE(""),
        .cluster_id = SLICE("cl"),
    };
    uint8_t first[ROOM], second[ROOM];
    struct amqp_properties back;
    struct slice encoded = {first, properties_encode(&all, first, sizeof first)};
    cr_assert_gt(encoded.len, 0);
    cr_assert(properties_decode(encoded, &back));
    cr_assert_eq(back.flags, 0xfffc);
    cr_assert_eq(back.timestamp, UINT64_MAX);
    cr_assert_octets(back.expiration, SLICE("60000"));
    cr_assert_octets(back.app_id, SLICE(""));
    cr_assert_octets(back.cluster_id, SLICE("cl"));
    struct slice again = {second, properties_encode(&back, second, sizeof second)};
    cr_assert_octets(again, encoded);
}

Test(properties, no_prefix_and_no_extension_is_well_formed)
{
    struct slice whole = OCTETS("\xb0\x00\x02ty\0\0\0\x04\x01kt\x01\x02");
    struct amqp_properties properties;
    cr_assert(properties_decode(whole, &properties));
    for (size_t len = 0; len < whole.len; len++) {
        cr_assert(!properties_decode((struct slice){whole.ptr, len}, &properties), "%zu", len);
    }
    cr_assert(!properties_decode(OCTETS("\x80\x00\x02ty\0"), &properties));
}

Test(properties, malformed_headers_are_refused)
{
    struct amqp_properties properties;
    cr_assert(!properties_decode(OCTETS("\x20\x00\0\0\0\x03\x01kZ"), &properties));
    cr_assert(!properties_decode(OCTETS("\x20\x00\0\0\0\xff\x01kV"), &properties));
    cr_assert(properties_decode(OCTETS("\x20\x00\0\0\0\x03\x01kV"), &properties));
}

/* RabbitMQ lets them through, too. */
Test(properties, flags_of_no_property_are_carried_along)
{
    struct amqp_properties properties;
    uint8_t room[ROOM];
    struct slice odd = OCTETS("\x00\x83\x02id");
    cr_assert(properties_decode(odd, &properties));
    cr_assert_octets(properties.message_id, SLICE("id"));
    struct slice again = {room, properties_encode(&properties, room, sizeof room)};
    cr_assert_octets(again, odd);
    cr_assert(!properties_decode(OCTETS("\x00\x01\x00\x00"), &properties));
}

Test(properties, encoding_stops_at_the_end_of_the_room)
{
    struct amqp_properties properties = {.flags = PROPERTY_message_id, .message_id = SLICE("id")};
    uint8_t room[8] = {0};
    cr_assert_eq(properties_encode(&properties, room, 5), 5);
    room[4] = 0x5a;
    cr_assert_eq(properties_encode(&properties, room, 4), 0);
    cr_assert_eq(room[4], 0x5a);
}

Test(properties, are_added_behind_what_is_there_as_they_are_encoded)
{
    struct amqp_properties all = {
        .flags = PROPERTY_headers | PROPERTY_priority | PROPERTY_timestamp | PROPERTY_type,
        .headers = OCTETS("\x01kt\x01"),
        .priority = 3,
        .timestamp = 1234567890123,
        .type = SLICE("order"),
        .app_id = SLICE("not flagged"),
    };
    uint8_t room[ROOM];
    struct slice encoded = {room, properties_encode(&all, room, sizeof room)};
    struct bytes out = {0};
    bytes_add(&out, SLICE("before"));
    properties_add(&out, &all);
    cr_assert_octets(((struct slice){out.ptr, 6}), SLICE("before"));
    cr_assert_octets(((struct slice){out.ptr + 6, out.len - 6}), encoded);
    bytes_finish(&out);
}

/* Any flags, and octets behind them that are cut, whole, or too many. */
Test(properties, what_is_skimmed_is_what_is_decoded)
{
    static const uint8_t pool[] = {2,   'o', 'k', 2, 'o', 'k', 0,   0,   0,   0, 2,   9, 2,  'h',
                                   'i', 1,   'r', 5, '6', '0', '0', '0', '0', 1, 'm', 0, 0,  0,
                                   0,   0,   0,   0, 7,   1,   't', 1,   'u', 1, 'a', 1, 'c'};
    unsigned sound = 0;
    srand(1);
    for (int i = 0; i < 200000; i++) {
        struct amqp_properties all = {
            .flags = (uint16_t)(rand() & 0xfffc),
            .content_type = SLICE("ok"),
            .delivery_mode = (uint8_t)(rand() % 4),
            .priority = (uint8_t)rand(),
            .expiration = {(const uint8_t *)"1234567", (size_t)rand() % 8},
            .app_id = SLICE("app"),
        };
        uint8_t room[ROOM];
        size_t len = properties_encode(&all, room, sizeof room);
        if (i % 2) { // something else behind the flags
            len = 2 + (size_t)rand() % sizeof pool;
            memcpy(room + 2, pool, len - 2);
        }
        struct amqp_properties decoded;
        struct properties_gist gist;
        bool valid = properties_decode((struct slice){room, len}, &decoded);
        cr_assert_eq(properties_skim((struct slice){room, len}, &gist), valid);
        sound += valid;
        if (valid) {
            cr_assert_eq(gist.flags, decoded.flags);
            cr_assert_eq(gist.delivery_mode, decoded.delivery_mode);
            cr_assert_eq(gist.priority, decoded.priority);
            cr_assert(slice_eq(gist.expiration, decoded.expiration));
        }
    }
    cr_assert_gt(sound, 90000);
}
