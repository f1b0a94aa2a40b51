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

Test(msg, a_stub_knows_all_but_the_content)
{
    struct stored stored = {
        .at = 4096, .body_len = 1000, .rest_len = 30, .persistent = true, .has_expiration = true};
    struct msg *stub = msg_stub(&stored);
    cr_assert(stub->stub && stub->persistent && stub->has_expiration);
    cr_assert_eq(stub->stored_at, 4096);
    cr_assert_eq(stub->body_len, 1000);
    cr_assert_eq(msg_size(stub), sizeof *stub + 1030);
    cr_assert_eq(msg_stored_octets(stub), stored_octets(1000, 30));
    msg_unref(stub);
}
