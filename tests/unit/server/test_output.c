#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "queue/msg.h"
#include "server/output.h"

/* Octets go out as they went in, whatever the pieces are, and nothing is kept. */

static struct msg *message(size_t body_len)
{
    struct msg *msg = msg_new(&(struct msg_parts){.body_len = (uint32_t)body_len});
    for (size_t i = 0; i < body_len; i++) {
        msg_body_room(msg)[i] = (uint8_t)(i * 13);
    }
    return msg;
}

static struct bytes drain(struct output *out, struct chunk_pool *pool, size_t step)
{
    struct bytes all = {0};
    struct iovec pieces[3];
    int count;
    while ((count = output_gather(out, pieces, 3)) > 0) {
        size_t sent = 0;
        for (int i = 0; i < count && sent < step; i++) {
            size_t len = pieces[i].iov_len < step - sent ? pieces[i].iov_len : step - sent;
            bytes_add(&all, (struct slice){pieces[i].iov_base, len});
            sent += len;
        }
        output_sent(out, pool, sent);
    }
    return all;
}

/* Copied octets of every length with spliced bodies between them. */
static struct bytes fill(struct output *out, struct chunk_pool *pool, struct msg *msg)
{
    struct bytes expected = {0};
    struct slice body = msg_body(msg);
    for (size_t len = 0; len < 40000; len = len * 3 + 1) {
        struct slice copied = {body.ptr, len};
        struct slice spliced = {body.ptr + len, body.len - len};
        output_add(out, pool, copied);
        output_splice(out, pool, msg, spliced);
        output_splice(out, pool, msg, copied.len ? copied : spliced);
        bytes_add(&expected, copied);
        bytes_add(&expected, spliced);
        bytes_add(&expected, copied.len ? copied : spliced);
    }
    return expected;
}

Test(output, keeps_order_between_what_is_copied_and_what_is_not)
{
    static const size_t steps[] = {1, 7, 1000, 16384, 100000, SIZE_MAX};
    struct chunk_pool pool = {0};
    struct msg *msg = message(50000);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct output out = {0};
        struct bytes expected = fill(&out, &pool, msg);
        cr_expect_eq(output_size(&out), expected.len);
        struct bytes got = drain(&out, &pool, steps[i]);
        cr_expect(slice_eq(bytes_slice(&got), bytes_slice(&expected)), "step %zu", steps[i]);
        cr_expect_eq(output_size(&out), 0);
        cr_expect_null(out.first);
        cr_expect_eq(msg->refs, 1);
        bytes_finish(&got);
        bytes_finish(&expected);
    }
    msg_unref(msg);
    chunk_pool_finish(&pool);
}

Test(output, gives_its_memory_back_when_it_is_dropped)
{
    struct chunk_pool pool = {0};
    struct output out = {0};
    struct msg *msg = message(50000);
    struct bytes expected = fill(&out, &pool, msg);
    cr_expect_gt(msg->refs, 1);
    output_finish(&out, &pool);
    cr_expect_eq(msg->refs, 1);
    cr_expect_eq(output_size(&out), 0);
    cr_expect_gt(pool.chunk_count, 0);
    bytes_finish(&expected);
    msg_unref(msg);
    chunk_pool_finish(&pool);
}

Test(output, uses_the_same_chunk_over_and_over)
{
    struct chunk_pool pool = {0};
    struct output out = {0};
    for (int i = 0; i < 1000; i++) {
        output_add(&out, &pool, SLICE("some octets"));
        output_sent(&out, &pool, sizeof "some octets" - 1);
    }
    cr_expect_eq(pool.chunk_count, 1);
    chunk_pool_finish(&pool);
}

Test(output, does_not_hoard)
{
    struct chunk_pool pool = {0};
    struct output out = {0};
    uint8_t octets[10000] = {0};
    for (int i = 0; i < 1000; i++) {
        output_add(&out, &pool, (struct slice){octets, sizeof octets});
    }
    output_sent(&out, &pool, output_size(&out));
    cr_expect_leq(pool.chunk_count * CHUNK_SIZE, 1024 * 1024 + 1);
    chunk_pool_finish(&pool);
}
