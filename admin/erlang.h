#ifndef ADMIN_ERLANG_H
#define ADMIN_ERLANG_H

#include "admin/statistics.h"

/* Of connections, channels and queues RabbitMQ tells what the Erlang process behind them has done.
 * There are no such processes here: these are the figures of one that has done nothing. */

/* "garbage_collection" and "reductions". */
void write_process(struct writer *w, const struct statistics *statistics);

/* "idle_since", if nothing has happened since `active_ms` for so long that a process would have
 * hibernated. Both times are milliseconds since 1970. */
void write_idle(struct writer *w, uint64_t active_ms, uint64_t now_ms);

#endif
