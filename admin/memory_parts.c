#include "admin/memory_parts.h"

#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "broker/broker.h"
#include "server/machine.h"

/* P(name, octets): in RabbitMQ's order, with what RabbitMQ 4 has more of: its clients want that. */
#define PARTS(P)                                                                                   \
    P(connection_readers, 0)                                                                       \
    P(connection_writers, 0)                                                                       \
    P(connection_channels, 0)                                                                      \
    P(connection_other, 0)                                                                         \
    P(queue_procs, 0)                                                                              \
    P(queue_slave_procs, 0)                                                                        \
    P(quorum_queue_procs, 0)                                                                       \
    P(quorum_queue_dlx_procs, 0)                                                                   \
    P(stream_queue_procs, 0)                                                                       \
    P(stream_queue_replica_reader_procs, 0)                                                        \
    P(stream_queue_coordinator_procs, 0)                                                           \
    P(plugins, 0)                                                                                  \
    P(metadata_store, 0)                                                                           \
    P(other_proc, 0)                                                                               \
    P(metrics, 0)                                                                                  \
    P(mgmt_db, 0)                                                                                  \
    P(mnesia, 0)                                                                                   \
    P(quorum_ets, 0)                                                                               \
    P(metadata_store_ets, 0)                                                                       \
    P(other_ets, 0)                                                                                \
    P(binary, use.contents)                                                                        \
    P(msg_index, 0)                                                                                \
    P(code, 0)                                                                                     \
    P(atom, 0)                                                                                     \
    P(other_system, use.all - use.contents)                                                        \
    P(allocated_unused, 0)                                                                         \
    P(reserved_unallocated, 0)

struct memory_use memory_use_of(const struct broker *broker)
{
    uint64_t all = machine_memory_used();
    uint64_t contents = broker_counters(broker)->resident_bytes;
    return (struct memory_use){.all = all, .contents = contents < all ? contents : all};
}

void write_memory(struct writer *w, const struct call *call)
{
    const struct memory_use use = memory_use_of(call_broker(call));
    write_object(w, "memory");
#define P(name, octets) write_u64(w, #name, octets);
    PARTS(P)
#undef P
    write_str(w, "strategy", "rss");
    write_object(w, "total");
    write_u64(w, "erlang", use.all);
    write_u64(w, "rss", use.all);
    write_u64(w, "allocated", use.all);
    write_end(w);
    write_end(w);
}

void write_binary(struct writer *w, const struct call *call)
{
    static const char *const others[] = {"queue_slave_procs",
                                         "quorum_queue_procs",
                                         "quorum_queue_dlx_procs",
                                         "stream_queue_procs",
                                         "stream_queue_replica_reader_procs",
                                         "stream_queue_coordinator_procs",
                                         "connection_readers",
                                         "connection_writers",
                                         "connection_channels",
                                         "connection_other",
                                         "plugins",
                                         "mgmt_db",
                                         "msg_index",
                                         "other"};
    write_object(w, "binary");
    write_u64(w, "queue_procs", memory_use_of(call_broker(call)).contents);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        write_u64(w, others[i], 0);
    }
    write_end(w);
}

void on_node_memory(struct call *call)
{
    struct answer answer;
    if (call_is_here(call, call->arguments[0])) {
        struct writer *w = answer_begin(&answer, call);
        write_object(w, NULL);
        write_memory(w, call);
        write_end(w);
    }
}

/* Rounded up, as RabbitMQ does. */
static uint64_t percent(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (100 * part + whole - 1) / whole : 0;
}

void on_node_memory_relative(struct call *call)
{
    struct answer answer;
    const struct memory_use use = memory_use_of(call_broker(call));
    if (!call_is_here(call, call->arguments[0])) {
        return;
    }
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_object(w, "memory");
    write_u64(w, "total", 100);
#define P(name, octets) write_u64(w, #name, percent(octets, use.all));
    PARTS(P)
#undef P
    write_end(w);
    write_end(w);
}
