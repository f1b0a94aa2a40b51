#ifndef SERVER_SNIPPET_H
#define SERVER_SNIPPET_H

#include "base/text.h"

/* Octets of a client as RabbitMQ's error texts show them, which is Erlang's way to print a binary:
 * <<"abc">> if they are printable, <<1,2,3>> if not. */
void snippet_add(struct text *text, struct slice octets);

/* Always the numbers. */
void snippet_add_numbers(struct text *text, struct slice octets);

#endif
