#include "queue/msg_pool.h"

#include "tests/unit/queue/kit.h"

static struct msg *new_msg(struct msg_pool *pool, uint32_t body_len)
{
    struct msg *msg = msg_new_from(pool, &(struct msg_parts){
                                             .exchange = SLICE("ex"),
                                             .routing_key = SLICE("key"),
                                             .properties = SLICE("\x10\x00\x02"),
                                             .body_len = body_len,
                                         });
    memset(msg_body_room(msg), 'b', body_len);
    return msg;
}

Test(msg_pool, memory_of_a_message_serves_the_next_of_its_size)
{
    struct msg_pool pool = {.kept = 0};
    struct msg *first = new_msg(&pool, 16), *other = new_msg(&pool, 100);
    void *rooms[] = {first, other};
    msg_pool_give(&pool, first);
    msg_pool_give(&pool, other);
    cr_assert_eq(pool.kept, 2);
    struct msg *again = new_msg(&pool, 100), *small = new_msg(&pool, 16);
    cr_assert_eq((void *)again, rooms[1]);
    cr_assert_eq((void *)small, rooms[0]);
    cr_assert_eq(small->refs, 1);
    cr_assert_eq(small->stored_at, 0);
    cr_assert(slice_eq(msg_routing_key(small), SLICE("key")));
    cr_assert_eq(pool.kept, 0);
    msg_unref(again);
    msg_unref(small);
    msg_pool_finish(&pool);
}

Test(msg_pool, a_message_that_somebody_holds_is_left_alone)
{
    struct msg_pool pool = {.kept = 0};
    struct msg *msg = msg_ref(new_msg(&pool, 16));
    msg_pool_give(&pool, msg);
    cr_assert_eq(pool.kept, 0);
    cr_assert_eq(msg->refs, 1);
    msg_pool_give(&pool, msg);
    cr_assert_eq(pool.kept, 1);
    msg_pool_give(&pool, NULL);
    msg_pool_finish(&pool);
}

Test(msg_pool, keeps_little_and_nothing_large)
{
    struct msg_pool pool = {.kept = 0};
    struct msg *many[MSG_POOL_KEPT + 9];
    size_t count = sizeof many / sizeof *many;
    for (size_t i = 0; i < count; i++) {
        many[i] = new_msg(&pool, 16);
    }
    struct msg *large = new_msg(&pool, 4096);
    msg_pool_give(&pool, large);
    cr_assert_eq(pool.kept, 0);
    for (size_t i = 0; i < count; i++) {
        msg_pool_give(&pool, many[i]);
    }
    cr_assert_eq(pool.kept, MSG_POOL_KEPT);
    msg_pool_finish(&pool);
    cr_assert_eq(pool.kept, 0);
}

/* Whatever made a message, and however its body grew: what is kept is as large as it is taken for.
 * AddressSanitizer sees to it. */
Test(msg_pool, every_size_fits_what_is_kept_for_it)
{
    struct msg_pool pool = {.kept = 0};
    for (uint32_t len = 0; len < 600; len++) {
        struct msg *plain = msg_new(&(struct msg_parts){.body_len = len});
        plain = msg_resize(plain, len + len % 40);
        msg_pool_give(&pool, plain);
        struct msg *pooled = msg_new_from(&pool, &(struct msg_parts){.body_len = len + len % 40});
        memset(msg_body_room(pooled), 'x', pooled->body_len);
        cr_assert_geq(msg_pool_room(msg_size(pooled)), msg_size(pooled));
        msg_pool_give(&pool, pooled);
    }
    msg_pool_finish(&pool);
}

Test(msg_pool, what_stands_for_a_message_on_disk_is_not_kept)
{
    struct msg_pool pool = {.kept = 0};
    msg_pool_give(&pool, msg_stub(&(struct stored){.at = 4711, .body_len = 16, .rest_len = 20}));
    cr_assert_eq(pool.kept, 0);
    msg_pool_finish(&pool);
}
