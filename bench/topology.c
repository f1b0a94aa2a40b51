#include "bench/topology.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/memory.h"
#include "bench/stats.h"

enum { POLL_NS = 5 * 1000 * 1000, STALL_SECONDS = 10 };

static bool declare_queue(struct topology *topology, char *name, struct slice arguments)
{
    size_t size = (topology->queue_count + 1) * sizeof *topology->queues;
    topology->queues = memory_resize(topology->queues, size);
    topology->queues[topology->queue_count++] = name;
    put_queue_declare(conn_out(topology->admin), name, topology->durable, arguments);
    return conn_call(topology->admin, QUEUE_DECLARE_OK, NULL);
}

bool topology_add_queue(struct topology *topology, struct slice arguments)
{
    char *name = memory_text("q%d-%04zu", (int)getpid(), topology->queue_count);
    return declare_queue(topology, name, arguments);
}

bool topology_open(struct topology *topology, const struct uri *uri, size_t queue_count,
                   bool durable, struct problem *problem)
{
    *topology = (struct topology){.uri = uri, .problem = problem, .durable = durable};
    topology->admin = conn_open(uri, problem);
    bool good = topology->admin != NULL;
    for (size_t i = 0; good && i < queue_count; i++) {
        good = topology_add_queue(topology, (struct slice){0});
    }
    return good;
}

bool topology_open_named(struct topology *topology, const struct uri *uri, const char *name,
                         struct problem *problem)
{
    *topology = (struct topology){.uri = uri, .problem = problem, .durable = true};
    topology->admin = conn_open(uri, problem);
    return topology->admin && declare_queue(topology, memory_text("%s", name), (struct slice){0});
}

static void free_names(struct topology *topology)
{
    for (size_t i = 0; i < topology->queue_count; i++) {
        free(topology->queues[i]);
    }
    free(topology->queues);
    free(topology->exchange);
    *topology = (struct topology){0};
}

void topology_leave(struct topology *topology)
{
    conn_close(topology->admin);
    free_names(topology);
}

static void delete_all(const struct topology *topology, struct conn *admin)
{
    struct bytes *out = conn_out(admin);
    if (topology->exchange) {
        put_exchange_delete(out, topology->exchange);
        conn_call(admin, EXCHANGE_DELETE_OK, NULL);
    }
    for (size_t i = 0; i < topology->queue_count; i++) {
        put_queue_delete(out, topology->queues[i]);
        conn_call(admin, QUEUE_DELETE_OK, NULL);
    }
}

/* A scenario's problem makes its connections useless, so the deleting has one of its own. */
void topology_close(struct topology *topology)
{
    struct problem unheard = {.text = ""};
    conn_close(topology->admin);
    struct conn *admin = topology->admin ? conn_open(topology->uri, &unheard) : NULL;
    if (admin) {
        delete_all(topology, admin);
        conn_close(admin);
    }
    free_names(topology);
}

bool topology_declare_exchange(struct topology *topology, const char *type, struct slice arguments)
{
    topology->exchange = memory_text("x%d", (int)getpid());
    put_exchange_declare(conn_out(topology->admin), topology->exchange, type, arguments);
    return conn_call(topology->admin, EXCHANGE_DECLARE_OK, NULL);
}

void topology_bind(struct topology *topology, size_t queue_index, const char *key)
{
    put_queue_bind(conn_out(topology->admin), topology->queues[queue_index], topology->exchange,
                   key);
}

bool topology_settle(struct topology *topology)
{
    put_qos(conn_out(topology->admin), 0);
    return conn_call(topology->admin, BASIC_QOS_OK, NULL);
}

bool topology_depth(struct topology *topology, uint64_t *depth)
{
    struct wire_reader reply;
    put_queue_declare_passive(conn_out(topology->admin), topology->queues[0]);
    if (!conn_call(topology->admin, QUEUE_DECLARE_OK, &reply)) {
        return false;
    }
    wire_get_shortstr(&reply);
    *depth = wire_get_u32(&reply);
    return true;
}

bool topology_await_depth(struct topology *topology, uint64_t wanted)
{
    uint64_t depth = 0;
    uint64_t before = 0;
    int64_t moved_ns = clock_ns();
    while (topology_depth(topology, &depth)) {
        if (depth == wanted) {
            return true;
        }
        if (depth != before) {
            moved_ns = clock_ns();
            before = depth;
        } else if (clock_ns() - moved_ns > (int64_t)STALL_SECONDS * 1000000000) {
            return problem_set(topology->problem,
                               "the queue holds %" PRIu64 " messages, not %" PRIu64, depth, wanted);
        }
        clock_sleep_ns(POLL_NS);
    }
    return false;
}
