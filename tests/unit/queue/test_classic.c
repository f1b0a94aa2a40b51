#include "queue/queue.h"

#include "tests/unit/queue/kit.h"

static uint64_t push(struct queue *queue, uint64_t number)
{
    struct msg *msg = numbered(number);
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

Test(classic, is_called_classic)
{
    struct queue *queue = queue_new(&queue_classic, &(struct queue_options){0});
    cr_assert_str_eq(queue_type_of(queue)->name, "classic");
    queue_free(queue);
    queue_free(NULL);
}

Test(classic, takes_its_own_reference_and_gives_it_with_the_delivery)
{
    struct queue *queue = queue_new(&queue_classic, &(struct queue_options){0});
    struct msg *msg = numbered(1);
    queue_push(queue, msg);
    cr_assert_eq(msg->refs, 2);
    struct delivery delivery = take(queue);
    cr_assert_eq(delivery.msg, msg);
    cr_assert_eq(msg->refs, 2);
    queue_requeue(queue, &delivery);
    cr_assert_eq(msg->refs, 2);
    queue_free(queue);
    cr_assert_eq(msg->refs, 1);
    msg_unref(msg);
}

Test(classic, gives_positions_that_grow_with_every_push_and_pass)
{
    struct queue *queue = queue_new(&queue_classic, &(struct queue_options){0});
    uint64_t last = queue_pass(queue, NULL);
    for (int i = 0; i < 5; i++) {
        uint64_t position = i % 2 ? queue_pass(queue, NULL) : push(queue, 0);
        cr_assert_gt(position, last);
        last = position;
        if (i % 2 == 0) {
            struct delivery delivery = take(queue);
            cr_assert_eq(delivery.position, position);
            msg_unref(delivery.msg);
        }
    }
    queue_free(queue);
}

Test(classic, does_not_use_positions_again_after_a_purge)
{
    struct queue *queue = queue_new(&queue_classic, &(struct queue_options){0});
    push(queue, 1);
    uint64_t position = push(queue, 2);
    cr_assert_eq(queue_purge(queue, NULL), 2);
    cr_assert_eq(queue_ready_count(queue), 0);
    cr_assert_eq(queue_purge(queue, NULL), 0);
    cr_assert_gt(push(queue, 3), position);
    queue_free(queue);
}

Test(classic, puts_what_is_requeued_back_where_it_was)
{
    struct queue *queue = queue_new(&queue_classic, &(struct queue_options){0});
    for (uint64_t number = 1; number <= 6; number++) {
        push(queue, number);
    }
    struct delivery taken[4];
    for (int i = 0; i < 4; i++) {
        taken[i] = take(queue);
        cr_assert_not(taken[i].redelivered);
    }
    queue_requeue(queue, &taken[2]);
    queue_requeue(queue, &taken[0]);
    queue_requeue(queue, &taken[3]);
    static const uint64_t order[] = {1, 3, 4, 5, 6};
    for (int i = 0; i < 5; i++) {
        struct delivery delivery = take(queue);
        cr_assert_eq(number_of(delivery.msg), order[i]);
        cr_assert_eq(delivery.redelivered, i < 3);
        msg_unref(delivery.msg);
    }
    msg_unref(taken[1].msg);
    queue_free(queue);
}

static void push_until(struct queue *queue, uint64_t number, uint64_t expires)
{
    struct msg *msg = numbered(number);
    queue_push_until(queue, msg, expires);
    msg_unref(msg);
}

Test(classic, expiry_travels_with_the_message)
{
    struct queue *queue = queue_new(&queue_classic, &(struct queue_options){0});
    cr_assert_eq(queue_expires_next(queue), QUEUE_NEVER);
    push(queue, 1);
    push_until(queue, 2, 20);
    push(queue, 3);
    push_until(queue, 4, 10);
    static const uint64_t expected[] = {QUEUE_NEVER, 20, QUEUE_NEVER, 10};
    struct delivery taken[4];
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(queue_expires_next(queue), expected[i]);
        taken[i] = take(queue);
        cr_assert_eq(taken[i].expires, expected[i]);
        cr_assert_eq(number_of(taken[i].msg), (uint64_t)i + 1);
    }
    cr_assert_eq(queue_expires_next(queue), QUEUE_NEVER);
    push_until(queue, 5, 5);
    cr_assert_eq(queue_expires_next(queue), 5);
    queue_requeue(queue, &taken[3]);
    cr_assert_eq(queue_expires_next(queue), 10);
    queue_requeue(queue, &taken[1]);
    cr_assert_eq(queue_expires_next(queue), 20);
    queue_requeue(queue, &taken[0]);
    cr_assert_eq(queue_expires_next(queue), QUEUE_NEVER);
    static const uint64_t order[] = {1, 2, 4, 5}, times[] = {QUEUE_NEVER, 20, 10, 5};
    for (int i = 0; i < 4; i++) {
        struct delivery delivery = take(queue);
        cr_assert_eq(number_of(delivery.msg), order[i]);
        cr_assert_eq(delivery.expires, times[i]);
        msg_unref(delivery.msg);
    }
    msg_unref(taken[2].msg);
    queue_free(queue);
}

Test(classic, a_purge_forgets_what_would_have_expired)
{
    struct queue *queue = queue_new(&queue_classic, &(struct queue_options){0});
    push_until(queue, 1, 10);
    push_until(queue, 2, 20);
    struct delivery delivery = take(queue);
    queue_requeue(queue, &delivery);
    cr_assert_eq(queue_purge(queue, NULL), 2);
    cr_assert_eq(queue_expires_next(queue), QUEUE_NEVER);
    push(queue, 3);
    cr_assert_eq(queue_expires_next(queue), QUEUE_NEVER);
    queue_free(queue);
}

/* The naive model: every message ever pushed, by position, with where it is now. */
enum place { NOWHERE, READY, TAKEN };

struct model {
    enum place place[20000];
    bool was_taken[20000];
    uint64_t expires[20000];
    struct delivery held[20000]; // of those that are taken
    uint64_t ready;
    uint64_t taken;
    uint64_t end; // positions below it are given
};

static void model_take(struct model *model, struct queue *queue)
{
    struct delivery delivery;
    if (model->ready == 0) {
        cr_assert_not(queue_take(queue, &delivery));
        return;
    }
    uint64_t lowest = 0;
    while (model->place[lowest] != READY) {
        lowest++;
    }
    cr_assert_eq(queue_expires_next(queue), model->expires[lowest]);
    delivery = take(queue);
    cr_assert_eq(delivery.position, lowest);
    cr_assert_eq(delivery.expires, model->expires[lowest]);
    cr_assert_eq(number_of(delivery.msg), lowest);
    cr_assert_eq(delivery.redelivered, model->was_taken[lowest]);
    model->held[lowest] = delivery;
    model->place[lowest] = TAKEN;
    model->was_taken[lowest] = true;
    model->ready--;
    model->taken++;
}

/* Settles or requeues one of the taken, wherever it stands. */
static void model_return(struct model *model, struct queue *queue, uint64_t which, bool requeue)
{
    uint64_t at = 0;
    for (uint64_t seen = 0; model->place[at] != TAKEN || seen++ != which; at++) {
    }
    if (requeue) {
        queue_requeue(queue, &model->held[at]);
        model->ready++;
    } else {
        msg_unref(model->held[at].msg);
    }
    model->place[at] = requeue ? READY : NOWHERE;
    model->taken--;
}

static void model_purge(struct model *model, struct queue *queue)
{
    cr_assert_eq(queue_purge(queue, NULL), model->ready);
    for (uint64_t at = 0; at < model->end; at++) {
        model->place[at] = model->place[at] == READY ? NOWHERE : model->place[at];
    }
    model->ready = 0;
}

/* Some expire, some do not: now and then none does for a while. */
static void model_push(struct model *model, struct queue *queue, uint64_t *state)
{
    struct msg *msg = numbered(model->end);
    bool mortal = model->end / 100 % 2 && dice(state, 3) > 0;
    uint64_t expires = mortal ? dice(state, 1000) : QUEUE_NEVER;
    cr_assert_eq(queue_push_until(queue, msg, expires), model->end);
    msg_unref(msg);
    model->expires[model->end] = expires;
    model->place[model->end++] = READY;
    model->ready++;
}

static void model_step(struct model *model, struct queue *queue, uint64_t *state)
{
    uint64_t what = dice(state, 100);
    if (what < 40) {
        model_push(model, queue, state);
    } else if (what < 75) {
        model_take(model, queue);
    } else if (what < 98 && model->taken > 0) {
        model_return(model, queue, dice(state, model->taken), dice(state, 3) > 0);
    } else if (what == 98) {
        model_purge(model, queue);
    } else if (what == 99 && model->ready == 0) {
        cr_assert_eq(queue_pass(queue, NULL), model->end);
        model->end++;
    }
    cr_assert_eq(queue_ready_count(queue), model->ready);
}

Test(classic, agrees_with_a_naive_model_under_any_mix_of_operations)
{
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct model *model = calloc(1, sizeof *model);
        struct queue *queue = queue_new(&queue_classic, &(struct queue_options){0});
        uint64_t state = seed;
        model->end = 1;
        for (int step = 0; step < 4000; step++) {
            model_step(model, queue, &state);
        }
        while (model->taken > 0) {
            model_return(model, queue, 0, false);
        }
        queue_free(queue);
        free(model);
    }
}
