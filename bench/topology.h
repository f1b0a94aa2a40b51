#ifndef BENCH_TOPOLOGY_H
#define BENCH_TOPOLOGY_H

#include "bench/conn.h"

/* The queues, and perhaps the exchange, of one scenario run. Their names hold this process's id, so
 * that runs do not meet, and they are deleted at the end, also of a run that failed. */
struct topology {
    const struct uri *uri;   // borrowed
    struct problem *problem; // borrowed
    struct conn *admin;      // owned
    char **queues;           // owned, each owned: names, all of the same length
    size_t queue_count;
    char *exchange; // owned; NULL = none was declared
    bool durable;   // the queues are
};

/* Declares the queues. Returns false with the problem set; close it all the same. */
bool topology_open(struct topology *topology, const struct uri *uri, size_t queue_count,
                   bool durable, struct problem *problem);
void topology_close(struct topology *topology);

/* The same for one durable queue of a given name, which may be there already; topology_leave lets
 * it be, with its messages. */
bool topology_open_named(struct topology *topology, const struct uri *uri, const char *name,
                         struct problem *problem);
void topology_leave(struct topology *topology);

/* Another queue with arguments: the contents of a field table. */
bool topology_add_queue(struct topology *topology, struct slice arguments);

bool topology_declare_exchange(struct topology *topology, const char *type, struct slice arguments);

/* Binds are pipelined: topology_settle waits for all of them. */
void topology_bind(struct topology *topology, size_t queue_index, const char *key);
bool topology_settle(struct topology *topology);

/* How many messages are ready in the first queue. */
bool topology_depth(struct topology *topology, uint64_t *depth);

/* Waits until that many are ready there; sets the problem after some time without movement. */
bool topology_await_depth(struct topology *topology, uint64_t wanted);

#endif
