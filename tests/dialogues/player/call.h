#ifndef TESTS_DIALOGUES_PLAYER_CALL_H
#define TESTS_DIALOGUES_PLAYER_CALL_H

#include <stdio.h>

#include "tests/dialogues/player/fields.h"
#include "tests/dialogues/player/peer.h"
#include "tests/dialogues/player/value.h"

/* A method as a script writes it, with the arguments that it gives: something to send, or
 * something that an event is held against. */
struct call {
    bool heartbeat; // instead of a method
    enum amqp_method method;
    bool exact_properties; // properties=exact: none but the given ones
    struct argument *arguments;
};

struct argument {
    struct argument *next;
    const struct field *field; // NULL: the body
    bool property;
    struct value value;
};

/* Reads `basic.publish exchange="" body="x"`, up to the end of the statement. */
struct call scan_call(struct scanner *scan);

/* The same from code: the argument is put in front of the others. */
void call_add(struct call *call, struct arena *arena, const char *field, struct value value);

/* Sends the method and, if it has one, its content. NULL, or why it cannot be sent. */
const char *call_send(const struct call *call, struct peer *peer, uint16_t channel);

/* Only the method's frame; only a header frame of these properties. */
const char *call_send_method(const struct call *call, struct peer *peer, uint16_t channel);
const char *call_send_header(struct scanner *scan, struct peer *peer, uint16_t channel);

/* True if the event is what the call says; else tells `why`, if it is not NULL. */
bool call_matches(const struct call *call, const struct event *event, FILE *why);

/* Sets the variables that the call captures. */
void call_capture(const struct call *call, const struct event *event, struct vars *vars);

#endif
