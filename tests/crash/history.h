#ifndef TESTS_CRASH_HISTORY_H
#define TESTS_CRASH_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/crash/topology.h"

/* What the clients of a broker did and saw, over all its lives, and what the broker must therefore
 * still have. A *place* is a message in a queue. Every arrival of a message is judged at once:
 *
 *  - it was published to this queue, and is not settled for good, nor was it missing before;
 *  - what came to a client in any life comes as redelivered, what never did does not;
 *  - after a start, the messages of one publisher come in the order of publishing. One that is left
 *    out is not there any more: it had better not be confirmed.
 *
 * What a crash leaves open, it leaves open until the message comes, or is found to be missing. Then
 * it is settled what else must be there, too: a *deal* is what happens to several places or to none
 * of them, a transaction or a dead letter.
 *
 * Any thread may call all of this. The first thing that is wrong counts; what comes after it is
 * ignored. */
struct history;

enum { PUBLISHERS_MAX = 6, DEAL_MAX = 4 };

struct history *history_new(uint64_t seed);
void history_free(struct history *history);

/* What is wrong, or NULL. Borrowed from the history. */
const char *history_verdict(struct history *history);
void history_fail(struct history *history, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* --- Messages. --- */

struct message {
    uint32_t number;   // from 1 on
    uint32_t sequence; // of this publisher, from 1 on
    uint32_t size;     // octets of the body
    uint32_t life;     // in which it was published
    uint64_t sent_at;  // clock_ms, before it was sent
    enum crash_route route;
    uint8_t publisher;
    bool persistent;
};

uint64_t history_seed(const struct history *history);
bool history_message(struct history *history, uint32_t number, struct message *out);

/* Before it is sent. Fills in what is not a client's choice. */
void history_publish(struct history *history, struct message *message);
void history_confirm(struct history *history, uint32_t number);

/* Waits until there is less in the queues than a test should have; false after `ms`. */
bool history_wait_for_room(struct history *history, int ms);
bool history_crowded(struct history *history); // there is half of that

/* Waits for so many more confirms, not longer than `ms`, nor if something is wrong. */
void history_wait_for_confirms(struct history *history, uint32_t count, int ms);

/* --- What consumers do. A queue has one at a time. --- */

/* Before a consumer begins: from now on messages may be on their way to somebody. */
void history_visit(struct history *history, enum crash_queue queue);

/* A message has come; false if it should not have, or not like this. */
bool history_deliver(struct history *history, enum crash_queue queue, uint32_t number,
                     bool redelivered);

/* Before the ack is sent, and after. */
void history_settle(struct history *history, enum crash_queue queue, uint32_t number);
void history_settled(struct history *history, enum crash_queue queue, uint32_t number);

/* Before it is rejected with requeue, and when the connection that has it was closed. */
void history_return(struct history *history, enum crash_queue queue, uint32_t number);
void history_return_all(struct history *history, enum crash_queue queue);

/* A consumer has left while messages may have been on their way to it: the broker may call them
 * redelivered although no client ever saw them. */
void history_left(struct history *history, enum crash_queue queue);

/* A consumer has had all there is in the queue: nothing more may be expected. */
void history_emptied(struct history *history, enum crash_queue queue);

/* How many messages a queue has that nobody reads. */
struct count_range {
    uint32_t least;
    uint32_t most;
};
struct count_range history_count(struct history *history, enum crash_queue queue);

/* --- Deals. --- */

struct deal_place {
    enum crash_queue queue;
    uint32_t number;
};

/* `made` are published in it, and `taken` are settled in it. */
struct deal {
    struct deal_place made[DEAL_MAX];
    struct deal_place taken[DEAL_MAX];
    uint8_t made_count;
    uint8_t taken_count;
};

/* Before the commit is sent: history_settle has been called for what is taken. Returns its number.
 */
uint32_t history_promise(struct history *history, const struct deal *deal);
void history_keep(struct history *history, uint32_t deal);  // it is committed, and durable
void history_break(struct history *history, uint32_t deal); // rolled back; what was taken is held

/* Before a message of QUEUE_REJECTS is rejected; history_settled comes after it. */
void history_reject(struct history *history, uint32_t number);

/* --- Lives. --- */

/* Something that was sent at this time (clock_ms) is durable: so is all that was sent some time
 * before, although nobody was told. */
void history_durable(struct history *history, uint64_t sent_at);

/* The broker was ended. `exact`: its clients had all left before, with nothing open. */
void history_end_life(struct history *history, bool exact);
uint32_t history_life(struct history *history);

struct history_totals {
    uint32_t published, confirmed, delivered, redelivered, settled, deals;
};
struct history_totals history_totals(struct history *history);

#endif
