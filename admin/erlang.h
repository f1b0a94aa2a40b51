#ifndef ADMIN_ERLANG_H
#define ADMIN_ERLANG_H

#include "admin/statistics.h"

/* Of connections, channels and queues RabbitMQ tells what the Erlang process behind them has done.
 * There are no such processes here: these are the figures of one that has done nothing. */

/* "garbage_collection" and "reductions". */
void write_process(struct writer *w, const struct statistics *statistics);

#endif
