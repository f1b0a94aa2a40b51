#ifndef ADMIN_DEFINITION_PARTS_H
#define ADMIN_DEFINITION_PARTS_H

#include "admin/call.h"

struct writer;

/* Answers with definitions: the members that `beginning` writes, and then queues, exchanges and
 * bindings, which may be very many, in parts. What came after the beginning is not told, so that
 * no binding leads to what is not there. */
void definition_parts(struct call *call, void (*beginning)(struct writer *w, struct call *call));

#endif
