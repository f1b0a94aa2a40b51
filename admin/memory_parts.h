#ifndef ADMIN_MEMORY_PARTS_H
#define ADMIN_MEMORY_PARTS_H

#include "admin/call.h"
#include "admin/writer.h"

/* What the memory is used for, as the member `memory`, in RabbitMQ's terms. Contents of messages
 * are told apart from the rest; what exists in an Erlang machine only is 0. */
void write_memory(struct writer *w, const struct call *call);

/* How much of `binary` belongs to what, as the member `binary`: to queues. */
void write_binary(struct writer *w, const struct call *call);

#endif
