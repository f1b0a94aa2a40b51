#ifndef ADMIN_ERLANG_H
#define ADMIN_ERLANG_H

#include "admin/writer.h"

/* Of connections, channels and queues RabbitMQ tells what the Erlang process behind them has done.
 * There are no such processes here: these are the figures of one that has done nothing. */

/* "garbage_collection", and "reductions" with a rate if `rates` are told. */
void write_process(struct writer *w, bool rates);

#endif
