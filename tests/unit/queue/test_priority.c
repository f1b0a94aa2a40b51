#include "tests/unit/queue/kit.h"

enum { PRIORITY_MAX = 9, LEVELS = PRIORITY_MAX + 1 };

static struct msg *message(uint64_t number, uint8_t priority)
{
    struct msg *msg = numbered(number);
    msg->priority = priority;
    return msg;
}

static uint64_t push(struct queue *queue, uint64_t number, uint8_t priority)
{
    struct msg *msg = message(number, priority);
    uint64_t position = queue_push(queue, msg);
    msg_unref(msg);
    return position;
}

static struct delivery take(struct queue *queue)
{
    struct delivery delivery;
    cr_assert(queue_take(queue, &delivery));
    return delivery;
}

static void expect(struct queue *queue, uint64_t number)
{
    struct delivery delivery = take(queue);
    cr_assert_eq(number_of(delivery.msg), number);
    msg_unref(delivery.msg);
}

Test(priority, the_highest_comes_first_and_equals_in_order)
{
    struct queue *queue = queue_new(&queue_priority, &(struct queue_options){.priority_max = 5});
    push(queue, 1, 0);
    push(queue, 2, 5);
    push(queue, 3, 2);
    push(queue, 4, 5);
    push(queue, 5, 2);
    expect(queue, 2);
    expect(queue, 4);
    expect(queue, 3);
    expect(queue, 5);
    expect(queue, 1);
    cr_assert_eq(queue_ready_count(queue), 0);
    queue_free(queue);
}

static struct msg *with_properties(uint64_t number, struct slice properties, uint8_t priority)
{
    struct msg_parts parts = {.properties = properties, .priority = priority, .body_len = 8};
    struct msg *msg = msg_new(&parts);
    struct msg *model = numbered(number);
    slice_copy(msg_body_room(msg), msg_body(model));
    msg_unref(model);
    return msg;
}

Test(priority, a_message_that_says_nothing_has_the_default)
{
    struct queue_options options = {.priority_max = 31, .priority_default = 4};
    struct queue *queue = queue_new(&queue_priority, &options);
    struct msg *messages[] = {
        with_properties(1, SLICE("\0\0"), 0),
        with_properties(2, SLICE("\x08\0\0"), 0), // a priority, of 0
        with_properties(3, SLICE("\x08\0\4"), 4),
        with_properties(4, SLICE("\x08\0\5"), 5),
        with_properties(5, SLICE("\x18\0\2\x3"), 3), // with a delivery mode
        with_properties(6, SLICE("\x10\0\2"), 0),    // with that alone
    };
    for (int i = 0; i < 6; i++) {
        queue_push(queue, messages[i]);
        msg_unref(messages[i]);
    }
    expect(queue, 4);
    expect(queue, 1);
    expect(queue, 3);
    expect(queue, 6);
    expect(queue, 5);
    expect(queue, 2);
    queue_free(queue);
}

Test(priority, above_the_highest_counts_as_the_highest)
{
    struct queue *queue = queue_new(&queue_priority, &(struct queue_options){.priority_max = 3});
    push(queue, 1, 3);
    push(queue, 2, 255);
    push(queue, 3, 3);
    expect(queue, 1);
    expect(queue, 2);
    expect(queue, 3);
    queue_free(queue);
}

Test(priority, what_comes_back_stands_where_it_stood)
{
    struct queue *queue = queue_new(&queue_priority, &(struct queue_options){.priority_max = 255});
    push(queue, 1, 200);
    push(queue, 2, 200);
    push(queue, 3, 255);
    struct delivery third = take(queue), first = take(queue);
    queue_requeue(queue, &first);
    queue_requeue(queue, &third);
    struct delivery again = take(queue);
    cr_assert_eq(number_of(again.msg), 3);
    cr_assert(again.redelivered);
    cr_assert_eq(again.position, third.position);
    msg_unref(again.msg);
    expect(queue, 1);
    expect(queue, 2);
    queue_free(queue);
}

Test(priority, the_next_to_be_handed_out_is_the_next_to_expire)
{
    struct queue *queue = queue_new(&queue_priority, &(struct queue_options){.priority_max = 5});
    struct msg *low = message(1, 1), *high = message(2, 5);
    cr_assert_eq(queue_expires_next(queue), QUEUE_NEVER);
    queue_push_until(queue, low, 10);
    cr_assert_eq(queue_expires_next(queue), 10);
    queue_push_until(queue, high, 500);
    cr_assert_eq(queue_expires_next(queue), 500);
    expect(queue, 2);
    cr_assert_eq(queue_expires_next(queue), 10);
    msg_unref(low);
    msg_unref(high);
    queue_free(queue);
}

Test(priority, purge_drops_every_level)
{
    struct queue *queue = queue_new(&queue_priority, &(struct queue_options){.priority_max = 255});
    for (int priority = 0; priority <= 255; priority += 5) {
        push(queue, (uint64_t)priority, (uint8_t)priority);
    }
    cr_assert_eq(queue_purge(queue, NULL), 52);
    cr_assert_eq(queue_ready_count(queue), 0);
    cr_assert_eq(queue_purge(queue, NULL), 0);
    push(queue, 7, 7);
    expect(queue, 7);
    queue_free(queue);
}

Test(priority, a_message_that_is_passed_on_has_a_position_of_its_own)
{
    struct queue *queue = queue_new(&queue_priority, &(struct queue_options){.priority_max = 5});
    struct msg *msg = message(1, 4);
    struct delivery passed = {
        .msg = msg, .expires = QUEUE_NEVER, .position = queue_pass(queue, msg)};
    cr_assert_neq(push(queue, 2, 4), passed.position);
    queue_requeue(queue, &passed);
    expect(queue, 1);
    expect(queue, 2);
    queue_free(queue);
}

/* The oldest number of the highest priority that the model holds; its place, or -1. */
static int model_next(const uint8_t *priority_of, const bool *ready, int count)
{
    int best = -1;
    for (int i = 0; i < count; i++) {
        if (ready[i] && (best < 0 || priority_of[i] > priority_of[best])) {
            best = i;
        }
    }
    return best;
}

Test(priority, order_holds_through_any_mix_of_push_take_and_requeue)
{
    enum { COUNT = 1500 };
    static uint8_t priority_of[COUNT];
    static bool ready[COUNT];
    static struct delivery held[COUNT];
    struct queue *queue =
        queue_new(&queue_priority, &(struct queue_options){.priority_max = PRIORITY_MAX});
    uint64_t seed = 4711;
    int pushed = 0, held_count = 0;
    while (pushed < COUNT || model_next(priority_of, ready, pushed) >= 0 || held_count > 0) {
        uint64_t throw = dice(&seed, 4);
        if (throw < 2 && pushed < COUNT) {
            priority_of[pushed] = (uint8_t)dice(&seed, LEVELS);
            ready[pushed] = true;
            push(queue, (uint64_t)pushed, priority_of[pushed]);
            pushed++;
        } else if (throw == 2 && held_count > 0) {
            int at = (int)dice(&seed, (uint64_t)held_count);
            struct delivery back = held[at];
            held[at] = held[--held_count];
            if (dice(&seed, 3) == 0) {
                ready[number_of(back.msg)] = true;
                queue_requeue(queue, &back);
            } else {
                msg_unref(back.msg);
            }
        } else {
            int next = model_next(priority_of, ready, pushed);
            cr_assert_eq(queue_ready_count(queue) > 0, next >= 0);
            if (next >= 0) {
                held[held_count] = take(queue);
                cr_assert_eq(number_of(held[held_count++].msg), (uint64_t)next);
                ready[next] = false;
            }
        }
    }
    cr_assert_eq(queue_ready_count(queue), 0);
    queue_free(queue);
}

Test(priority, a_survey_tells_the_length_of_each_level_and_who_is_first)
{
    struct queue *queue = queue_new(&queue_priority, &(struct queue_options){.priority_max = 3});
    uint64_t levels[4] = {0};
    push(queue, 1, 1);
    push(queue, 2, 3);
    push(queue, 3, 1);
    struct queue_extent extent = {.levels = levels};
    queue_survey(queue, &extent);
    cr_assert_eq(levels[0], 0);
    cr_assert_eq(levels[1], 2);
    cr_assert_eq(levels[3], 1);
    cr_assert_eq(number_of(extent.head), 2);
    cr_assert_eq(extent.made, 3);
    expect(queue, 2);
    extent = (struct queue_extent){.levels = NULL};
    queue_survey(queue, &extent);
    cr_assert_eq(number_of(extent.head), 1);
    queue_free(queue);
}
