#include "tests/unit/queue/kit.h"

Test(msg, holds_its_parts_one_behind_the_other_as_they_go_out)
{
    struct msg_parts parts = {.exchange = SLICE("ex"),
                              .routing_key = SLICE("key"),
                              .properties = SLICE("\x10\x00\x02"),
                              .body_len = 4,
                              .persistent = true,
                              .priority = 7};
    struct msg *msg = msg_new(&parts);
    memcpy(msg_body_room(msg), "body", 4);
    static const char wire[] = "\x02"
                               "ex"
                               "\x03"
                               "key"
                               "\x10\x00\x02"
                               "body";
    cr_assert(memcmp(msg->data, wire, sizeof wire - 1) == 0);
    cr_assert(slice_eq(msg_route(msg), (struct slice){(const uint8_t *)wire, 7}));
    cr_assert(slice_eq(msg_exchange(msg), SLICE("ex")));
    cr_assert(slice_eq(msg_routing_key(msg), SLICE("key")));
    cr_assert(slice_eq(msg_properties(msg), SLICE("\x10\x00\x02")));
    cr_assert(slice_eq(msg_body(msg), SLICE("body")));
    cr_assert(msg->persistent && msg->priority == 7);
    cr_assert_eq(msg_size(msg), sizeof *msg + sizeof wire - 1);
    msg_unref(msg);
}

Test(msg, may_be_empty_in_every_part)
{
    struct msg_parts parts = {0};
    struct msg *msg = msg_new(&parts);
    cr_assert_eq(msg_route(msg).len, 2);
    cr_assert_eq(msg_exchange(msg).len, 0);
    cr_assert_eq(msg_routing_key(msg).len, 0);
    cr_assert_eq(msg_properties(msg).len, 0);
    cr_assert_eq(msg_body(msg).len, 0);
    msg_unref(msg);
}

Test(msg, holds_names_of_255_octets)
{
    uint8_t name[255];
    memset(name, 'n', sizeof name);
    struct msg_parts parts = {.exchange = {name, 255}, .routing_key = {name, 255}, .body_len = 1};
    struct msg *msg = msg_new(&parts);
    msg_body_room(msg)[0] = '!';
    cr_assert_eq(msg_route(msg).len, 512);
    cr_assert(slice_eq(msg_exchange(msg), parts.exchange));
    cr_assert(slice_eq(msg_routing_key(msg), parts.routing_key));
    cr_assert(slice_eq(msg_body(msg), SLICE("!")));
    msg_unref(msg);
}

Test(msg, lives_as_long_as_its_last_reference)
{
    struct msg *msg = numbered(5);
    struct msg *other = msg_ref(msg);
    msg_unref(msg);
    cr_assert_eq(number_of(other), 5);
    cr_assert_eq(other->refs, 1);
    msg_unref(other);
    msg_unref(NULL);
}
