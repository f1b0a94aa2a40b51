#include "amqp/method.h"
#include "amqp/table.h"
#include "tests/unit/amqp/kit.h"

enum { ROOM = 1024 };

static struct slice encode(const struct amqp_args *args, uint8_t room[ROOM])
{
    return (struct slice){room, amqp_encode(args, room, ROOM)};
}

Test(method, a_publish_is_encoded_as_the_specification_says)
{
    uint8_t room[ROOM];
    struct amqp_args args = {
        .method = METHOD_basic_publish,
        .basic_publish = {.exchange = SLICE("x"), .routing_key = SLICE("key"), .mandatory = true}};
    cr_assert_octets(encode(&args, room), OCTETS("\0\x3c\0\x28\0\0\x01x\x03key\x01"));
}

Test(method, bits_share_an_octet_lowest_first)
{
    uint8_t room[ROOM];
    struct amqp_args args = {
        .method = METHOD_queue_declare,
        .queue_declare = {.queue = SLICE("q"), .durable = true, .no_wait = true}};
    cr_assert_octets(encode(&args, room), OCTETS("\0\x32\0\x0a\0\0\x01q\x12\0\0\0\0"));
    struct amqp_args back;
    struct slice all = OCTETS("\0\x32\0\x0a\0\0\x01q\x1f\0\0\0\0");
    cr_assert_eq(amqp_decode(all, &back), AMQP_OK);
    cr_assert(back.queue_declare.passive && back.queue_declare.durable &&
              back.queue_declare.exclusive && back.queue_declare.auto_delete &&
              back.queue_declare.no_wait);
}

Test(method, what_is_encoded_decodes_to_the_same)
{
    uint8_t room[ROOM];
    struct amqp_args args = {.method = METHOD_basic_deliver,
                             .basic_deliver = {.consumer_tag = SLICE("ctag"),
                                               .delivery_tag = 0x0102030405060708,
                                               .redelivered = true,
                                               .exchange = SLICE(""),
                                               .routing_key = SLICE("rk")}};
    struct amqp_args back;
    cr_assert_eq(amqp_decode(encode(&args, room), &back), AMQP_OK);
    cr_assert_eq(back.method, METHOD_basic_deliver);
    cr_assert_octets(back.basic_deliver.consumer_tag, SLICE("ctag"));
    cr_assert_eq(back.basic_deliver.delivery_tag, 0x0102030405060708);
    cr_assert(back.basic_deliver.redelivered);
    cr_assert_octets(back.basic_deliver.exchange, SLICE(""));
    cr_assert_octets(back.basic_deliver.routing_key, SLICE("rk"));
}

Test(method, every_method_survives_a_round_trip_without_arguments)
{
    for (int method = 0; method < METHOD_COUNT; method++) {
        uint8_t first[ROOM], second[ROOM];
        struct amqp_args args = {.method = (enum amqp_method)method};
        struct amqp_args back;
        struct slice payload = encode(&args, first);
        cr_assert_geq(payload.len, 4, "%s", amqp_method_name(args.method));
        cr_assert_eq(amqp_decode(payload, &back), AMQP_OK, "%s", amqp_method_name(args.method));
        cr_assert_eq(back.method, args.method);
        cr_assert_octets(encode(&back, second), payload);
    }
}

Test(method, no_prefix_and_no_extension_of_a_method_is_one)
{
    for (int method = 0; method < METHOD_COUNT; method++) {
        uint8_t room[ROOM] = {0};
        struct amqp_args args = {.method = (enum amqp_method)method};
        struct amqp_args back;
        struct slice payload = encode(&args, room);
        for (size_t len = 0; len < payload.len; len++) {
            struct slice prefix = {room, len};
            cr_assert_eq(amqp_decode(prefix, &back), AMQP_SYNTAX_ERROR, "%zu octets of %s", len,
                         amqp_method_name(args.method));
        }
        room[payload.len] = 0;
        struct slice longer = {room, payload.len + 1};
        cr_assert_eq(amqp_decode(longer, &back), AMQP_SYNTAX_ERROR);
    }
}

Test(method, an_unknown_number_is_not_a_method)
{
    struct amqp_args args;
    cr_assert_eq(amqp_decode(OCTETS("\0\x3c\0\xc8"), &args), AMQP_COMMAND_INVALID);
    cr_assert_eq(amqp_decode(OCTETS("\0\x5f\0\x0a"), &args), AMQP_COMMAND_INVALID);
    cr_assert_eq(amqp_decode(OCTETS("\0\x28\0\x29"), &args), AMQP_COMMAND_INVALID);
    cr_assert_eq(amqp_decode(OCTETS("\0\x3c\0"), &args), AMQP_SYNTAX_ERROR);
    cr_assert_eq(amqp_decode(OCTETS(""), &args), AMQP_SYNTAX_ERROR);
}

Test(method, exchange_unbind_ok_is_51)
{
    struct amqp_args args;
    cr_assert_eq(amqp_decode(OCTETS("\0\x28\0\x33"), &args), AMQP_OK);
    cr_assert_eq(args.method, METHOD_exchange_unbind_ok);
}

Test(method, a_malformed_table_is_a_syntax_error)
{
    struct amqp_args args;
    struct slice good = OCTETS("\0\x32\0\x0a\0\0\x01q\0\0\0\0\x03\x01kV");
    struct slice unknown_type = OCTETS("\0\x32\0\x0a\0\0\x01q\0\0\0\0\x03\x01kZ");
    struct slice cut_inside = OCTETS("\0\x32\0\x0a\0\0\x01q\0\0\0\0\x04\x01kI\0");
    struct slice beyond_the_end = OCTETS("\0\x32\0\x0a\0\0\x01q\0\0\0\0\xff\x01kV");
    cr_assert_eq(amqp_decode(good, &args), AMQP_OK);
    cr_assert_octets(args.queue_declare.arguments, OCTETS("\x01kV"));
    cr_assert_eq(amqp_decode(unknown_type, &args), AMQP_SYNTAX_ERROR);
    cr_assert_eq(amqp_decode(cut_inside, &args), AMQP_SYNTAX_ERROR);
    cr_assert_eq(amqp_decode(beyond_the_end, &args), AMQP_SYNTAX_ERROR);
}

Test(method, encoding_stops_at_the_end_of_the_room)
{
    uint8_t room[ROOM];
    struct amqp_args args = {.method = METHOD_basic_consume_ok,
                             .basic_consume_ok = {.consumer_tag = SLICE("tag")}};
    cr_assert_eq(amqp_encode(&args, room, 8), 8);
    for (size_t cap = 0; cap < 8; cap++) {
        room[cap] = 0x5a;
        cr_assert_eq(amqp_encode(&args, room, cap), 0);
        cr_assert_eq(room[cap], 0x5a);
    }
}

Test(method, a_short_string_has_at_most_255_octets)
{
    uint8_t room[ROOM], octets[256] = {0};
    struct amqp_args args = {.method = METHOD_basic_cancel,
                             .basic_cancel = {.consumer_tag = {octets, 255}}};
    cr_assert_eq(amqp_encode(&args, room, ROOM), 4 + 1 + 255 + 1);
    args.basic_cancel.consumer_tag.len = 256;
    cr_assert_eq(amqp_encode(&args, room, ROOM), 0);
}

Test(method, names_and_numbers)
{
    cr_assert_str_eq(amqp_method_name(METHOD_connection_start_ok), "connection_start_ok");
    cr_assert_eq(amqp_class_id(METHOD_exchange_unbind_ok), 40);
    cr_assert_eq(amqp_method_id(METHOD_exchange_unbind_ok), 51);
    cr_assert_eq(amqp_class_id(METHOD_confirm_select), 85);
    cr_assert_eq(amqp_method_id(METHOD_basic_recover_async), 100);
}

Test(method, four_methods_have_content)
{
    int count = 0;
    for (int method = 0; method < METHOD_COUNT; method++) {
        count += amqp_method_has_content((enum amqp_method)method);
    }
    cr_assert_eq(count, 4);
    cr_assert(amqp_method_has_content(METHOD_basic_publish));
    cr_assert(amqp_method_has_content(METHOD_basic_return));
    cr_assert(amqp_method_has_content(METHOD_basic_deliver));
    cr_assert(amqp_method_has_content(METHOD_basic_get_ok));
}

Test(method, soft_errors_close_the_channel_and_hard_ones_the_connection)
{
    cr_assert_str_eq(amqp_reply_name(AMQP_NOT_FOUND), "NOT_FOUND");
    cr_assert_str_eq(amqp_reply_name(AMQP_INTERNAL_ERROR), "INTERNAL_ERROR");
    cr_assert(!amqp_reply_is_hard(AMQP_ACCESS_REFUSED));
    cr_assert(!amqp_reply_is_hard(AMQP_NO_ROUTE));
    cr_assert(!amqp_reply_is_hard(AMQP_PRECONDITION_FAILED));
    cr_assert(amqp_reply_is_hard(AMQP_CONNECTION_FORCED));
    cr_assert(amqp_reply_is_hard(AMQP_FRAME_ERROR));
    cr_assert(amqp_reply_is_hard(AMQP_NOT_ALLOWED));
    cr_assert_eq(AMQP_COMMAND_INVALID, 503);
    cr_assert_eq(AMQP_RESOURCE_LOCKED, 405);
}
