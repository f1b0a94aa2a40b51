/* The checker of the crash test: what it must find, and what it must not mind. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/crash/history.h"
#include "tests/integration/broker_process.h"

static struct history *history;

/* All queues but QUIET have had a consumer. */
static void begin(void)
{
    history = history_new(1);
    for (unsigned queue = 0; queue < QUEUE_QUIET; queue++) {
        history_visit(history, queue);
    }
}

static void finish(void)
{
    history_free(history);
}

TestSuite(history, .init = begin, .fini = finish);

static uint32_t publish(enum crash_route route)
{
    struct message message = {.route = route, .size = 100, .persistent = true};
    history_publish(history, &message);
    return message.number;
}

static uint32_t publish_confirmed(enum crash_route route)
{
    uint32_t number = publish(route);
    history_confirm(history, number);
    return number;
}

static bool first(enum crash_queue queue, uint32_t number)
{
    return history_deliver(history, queue, number, false);
}

static bool again(enum crash_queue queue, uint32_t number)
{
    return history_deliver(history, queue, number, true);
}

static void acknowledge(enum crash_queue queue, uint32_t number)
{
    history_settle(history, queue, number);
    history_settled(history, queue, number);
}

static void crash(void)
{
    history_end_life(history, false);
}

static void crash_later(void)
{
    history_durable(history, clock_ms() + 2000);
    history_end_life(history, false);
}

static bool blames(const char *text)
{
    const char *verdict = history_verdict(history);
    return verdict && strstr(verdict, text);
}

Test(history, a_confirmed_message_that_is_left_out_is_found)
{
    publish_confirmed(ROUTE_PLAIN);
    uint32_t later = publish_confirmed(ROUTE_PLAIN);
    crash();
    cr_assert(!first(QUEUE_PLAIN, later));
    cr_assert(blames("lost"));
}

Test(history, a_confirmed_message_that_never_comes_is_found)
{
    publish_confirmed(ROUTE_FAN);
    crash();
    history_emptied(history, QUEUE_FAN_B);
    cr_assert(blames("queue fan.b: message 1"));
}

Test(history, one_that_was_not_confirmed_may_be_left_out)
{
    uint32_t lost = publish(ROUTE_PLAIN);
    uint32_t later = publish(ROUTE_PLAIN);
    crash();
    cr_assert(first(QUEUE_PLAIN, later));
    cr_assert(!again(QUEUE_PLAIN, lost));
    cr_assert(blames("was missing before"));
}

Test(history, one_of_a_living_broker_may_not_be_left_out)
{
    publish(ROUTE_PLAIN);
    cr_assert(!first(QUEUE_PLAIN, publish(ROUTE_PLAIN)));
}

Test(history, order_is_checked)
{
    uint32_t one = publish_confirmed(ROUTE_PLAIN), two = publish_confirmed(ROUTE_PLAIN);
    cr_assert(first(QUEUE_PLAIN, one) && first(QUEUE_PLAIN, two));
    history_return_all(history, QUEUE_PLAIN);
    cr_assert(again(QUEUE_PLAIN, one) && again(QUEUE_PLAIN, two));
    crash();
    cr_assert(!again(QUEUE_PLAIN, two));
}

Test(history, what_was_settled_for_long_must_not_come_again)
{
    uint32_t number = publish_confirmed(ROUTE_PLAIN);
    cr_assert(first(QUEUE_PLAIN, number));
    acknowledge(QUEUE_PLAIN, number);
    crash_later();
    cr_assert(!again(QUEUE_PLAIN, number));
    cr_assert(blames("was settled for good"));
}

Test(history, what_was_just_settled_may_come_again)
{
    uint32_t number = publish_confirmed(ROUTE_PLAIN);
    cr_assert(first(QUEUE_PLAIN, number));
    acknowledge(QUEUE_PLAIN, number);
    crash();
    struct count_range range = history_count(history, QUEUE_PLAIN);
    cr_assert(range.least == 0 && range.most == 1);
    cr_assert(again(QUEUE_PLAIN, number));
}

Test(history, what_comes_again_is_redelivered)
{
    uint32_t number = publish_confirmed(ROUTE_PLAIN);
    cr_assert(first(QUEUE_PLAIN, number));
    crash();
    cr_assert(!first(QUEUE_PLAIN, number));
    cr_assert(blames("is not redelivered"));
}

Test(history, what_comes_for_the_first_time_is_not_redelivered)
{
    uint32_t one = publish_confirmed(ROUTE_PLAIN), two = publish_confirmed(ROUTE_PLAIN);
    cr_assert(first(QUEUE_PLAIN, one));
    cr_assert(!again(QUEUE_PLAIN, two));
    cr_assert(blames("comes for the first time"));
}

Test(history, what_nobody_ever_asked_for_is_not_redelivered)
{
    uint32_t number = publish_confirmed(ROUTE_QUIET);
    crash();
    cr_assert(!again(QUEUE_QUIET, number));
    cr_assert(blames("nobody ever read the queue"));
}

Test(history, a_message_comes_once_while_it_is_held)
{
    uint32_t number = publish_confirmed(ROUTE_PLAIN);
    cr_assert(first(QUEUE_PLAIN, number));
    cr_assert(!again(QUEUE_PLAIN, number));
}

Test(history, a_queue_gets_what_is_routed_there)
{
    cr_assert(!first(QUEUE_QUIET, publish_confirmed(ROUTE_PLAIN)));
}

Test(history, transient_messages_do_not_survive_but_in_quorum_queues)
{
    struct message message = {.route = ROUTE_FAN, .size = 100};
    history_publish(history, &message);
    history_confirm(history, message.number);
    crash();
    cr_assert(first(QUEUE_FAN_C, message.number));
    cr_assert(!first(QUEUE_FAN_A, message.number));
}

/* --- Transactions. --- */

struct transaction {
    uint32_t token, left, right;
};

static struct transaction commit_without_answer(void)
{
    struct transaction of = {.token = publish_confirmed(ROUTE_TOKENS)};
    cr_assert(first(QUEUE_TOKENS, of.token));
    of.left = publish(ROUTE_LEFT);
    of.right = publish(ROUTE_RIGHT);
    history_settle(history, QUEUE_TOKENS, of.token);
    history_promise(history, &(struct deal){
                                 .made = {{QUEUE_LEFT, of.left}, {QUEUE_RIGHT, of.right}},
                                 .made_count = 2,
                                 .taken = {{QUEUE_TOKENS, of.token}},
                                 .taken_count = 1,
                             });
    return of;
}

Test(history, one_half_of_a_transaction_demands_the_other)
{
    struct transaction of = commit_without_answer();
    crash();
    cr_assert(first(QUEUE_LEFT, of.left));
    history_emptied(history, QUEUE_RIGHT);
    cr_assert(blames("queue right"));
}

Test(history, a_transaction_that_has_happened_took_its_token)
{
    struct transaction of = commit_without_answer();
    crash();
    cr_assert(first(QUEUE_RIGHT, of.right));
    cr_assert(!again(QUEUE_TOKENS, of.token));
}

Test(history, a_token_that_is_back_speaks_against_its_transaction)
{
    struct transaction of = commit_without_answer();
    crash();
    cr_assert(again(QUEUE_TOKENS, of.token));
    cr_assert(!first(QUEUE_LEFT, of.left));
    cr_assert(blames("belongs to a transaction that did not happen"));
}

Test(history, a_transaction_may_not_be_gone_with_its_token)
{
    commit_without_answer();
    crash();
    history_emptied(history, QUEUE_LEFT);
    history_emptied(history, QUEUE_TOKENS);
    cr_assert(blames("queue tokens"));
}

Test(history, what_is_rolled_back_must_not_come)
{
    struct transaction of = commit_without_answer();
    history_break(history, 1);
    crash();
    cr_assert(!first(QUEUE_RIGHT, of.right));
}

Test(history, a_dead_letter_is_in_one_queue_only)
{
    uint32_t number = publish_confirmed(ROUTE_REJECTS);
    cr_assert(first(QUEUE_REJECTS, number));
    history_reject(history, number);
    history_settled(history, QUEUE_REJECTS, number);
    crash();
    cr_assert(first(QUEUE_DEAD, number));
    cr_assert(!again(QUEUE_REJECTS, number));
}

Test(history, a_dead_letter_is_not_lost_on_the_way)
{
    uint32_t number = publish_confirmed(ROUTE_REJECTS);
    cr_assert(first(QUEUE_REJECTS, number));
    history_reject(history, number);
    history_settled(history, QUEUE_REJECTS, number);
    crash();
    history_emptied(history, QUEUE_REJECTS);
    history_emptied(history, QUEUE_DEAD);
    cr_assert(blames("queue dead"));
}
