#ifndef ADMIN_MEMORY_PARTS_H
#define ADMIN_MEMORY_PARTS_H

#include "admin/call.h"
#include "admin/writer.h"

/* What the memory is used for, as the member `memory`, in RabbitMQ's terms. Contents of messages
 * are told apart from the rest; what exists in an Erlang machine only is 0. */
void write_memory(struct writer *w, const struct call *call);

/* Octets of the process that are in use, and how many of them are contents of messages. */
struct memory_use {
    uint64_t all;
    uint64_t contents;
};

struct memory_use memory_use_of(const struct broker *broker);

/* How much of `binary` belongs to what, as the member `binary`: to queues. */
void write_binary(struct writer *w, const struct call *call);

#endif
