#ifndef ADMIN_DEFINITION_PARTS_H
#define ADMIN_DEFINITION_PARTS_H

#include "admin/call.h"

struct writer;

/* Answers with definitions: the members that `beginning` writes, and then queues, exchanges and
 * bindings, which may be very many, in parts. What is declared while this goes on may be there or
 * not, as may the bindings to it. */
void definition_parts(struct call *call, void (*beginning)(struct writer *w, struct call *call));

#endif
