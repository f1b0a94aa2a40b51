#ifndef TESTS_SIM_MODEL_H
#define TESTS_SIM_MODEL_H

#include "tests/sim/stream.h"
#include "tests/sim/tape.h"

struct absences;
struct broker_counters;
struct found;
struct model;
struct model_conn;

/* AMQP 0-9-1 told naively: lists, walked from end to end. The model is given every operation that
 * the broker has taken, in the order in which it took them, and everything that the broker said.
 * It works out what has to be said, and accounts for what was: replies, returns and errors are
 * known beforehand; which consumer gets a message is the broker's choice among those that may have
 * it, so deliveries are taken from the tape and must be possible at the moment they are made. */
struct model_options {
    struct arena *arena;       // borrowed
    struct verdict *verdict;   // borrowed
    struct absences *absences; // borrowed: of what the broker does
    uint32_t message_max;      // octets of a body
    uint64_t now_ms;
    bool durable; // there is a journal that deserves the name
    bool in_bulk; // what happened is not thought about before more has
};

struct model *model_new(const struct model_options *options);

/* A client has connected; what the broker says to it is on this tape, which is borrowed. */
struct model_conn *model_connect(struct model *model, struct tape *tape, uint32_t id);

/* What happened, in order. It is thought about at the next model_catch_up. */
void model_operation(struct model_conn *conn, const struct op *op);
void model_lost(struct model_conn *conn);   // by the network, or for a timer that ran out
void model_forced(struct model_conn *conn); // the broker shuts down
void model_tick(struct model *model);       // the broker looks at the clock

/* Nothing that was said is being held back: accounts for all of it. */
void model_catch_up(struct model *model);

/* Consumers on this connection have no unread output before them, so that a message that they may
 * have must not be waiting. */
void model_drained(struct model_conn *conn);

/* Every confirm is due. */
void model_check_confirms(struct model *model);
void model_check_counters(struct model *model, const struct broker_counters *counters);

/* A new instant, as of struct model_facts, and the time; and everything up to one is on the disk.
 */
void model_set_time(struct model *model, uint64_t instant, uint64_t now_ms);
void model_set_durable(struct model *model, uint64_t instant);

/* The broker was there no more, with all its connections, and is again. It has come back with what
 * is found: that must be what the facts amount to that reached the disk, and is from now on what
 * there is. Everything that was said up to the end has been recorded. `whole`: it was shut down in
 * good order, and all of it reached the disk. */
void model_restart(struct model *model, const struct found *found, bool whole);

/* It goes on with what there is: what became too old meanwhile, or is too much, goes. */
void model_resume(struct model *model);

/* connection.blocked and unblocked are possible from here on, or not. */
void model_set_alarm(struct model *model, bool alarm);

/* For the world, which knows about time. */
bool model_is_open(const struct model_conn *conn);  // has a session
bool model_is_ended(const struct model_conn *conn); // nothing will be heard any more
bool model_in_handshake(const struct model_conn *conn);
bool model_said_close(const struct model_conn *conn); // connection.close, not accounted for
uint16_t model_heartbeat_s(const struct model_conn *conn);

#endif
