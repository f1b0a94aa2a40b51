#ifndef TESTS_DIALOGUES_PLAYER_TRACE_H
#define TESTS_DIALOGUES_PLAYER_TRACE_H

#include <stdio.h>

#include "base/slice.h"

struct event; // peer.h

/* Words for people: how events and octets are told in a failure and in --trace. */

/* "a.1 < basic.ack delivery-tag=1 multiple=false", without a newline. */
void tell_event(FILE *out, const char *name, const struct event *event);
void tell_octets(FILE *out, struct slice octets); // "text\x00", cut when long
void tell_hex(FILE *out, struct slice octets);    // 41 4d 51 50, cut when long

void trace_event(const char *name, const struct event *event); // one line on stderr

#endif
