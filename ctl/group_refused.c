#include "ctl/groups.h"

#include <string.h>

#include "ctl/run.h"

/* R(name, why): what RabbitMQ's tools can do and Leveret has no counterpart of. They fail, and say
 * what to do instead. */
#define REFUSED(R)                                                                                 \
    R(eval_file, "there is no Erlang here to evaluate anything")                                   \
    R(exec, "there is no Elixir here to evaluate anything")                                        \
    R(remote_shell, "there is no Erlang here to have a shell of")                                  \
    R(observer, "there is no Erlang here to observe")                                              \
    R(join_cluster, "there is a single node; others cannot join it")                               \
    R(forget_cluster_node, "there is a single node")                                               \
    R(change_cluster_node_type, "there is a single node; it keeps its data as its settings say")   \
    R(force_boot, "there is a single node, which waits for no other")                              \
    R(rename_cluster_node, "there is a single node, named after its host")                         \
    R(update_cluster_nodes, "there is a single node")                                              \
    R(rotate_logs, "the log is the standard error output")                                         \
    R(encode, "values in the settings are not encrypted")                                          \
    R(decode, "values in the settings are not encrypted")                                          \
    R(quorum_status, "queues have no replicas")                                                    \
    R(peek, "use rabbitmqadmin get queue=... ackmode=reject_requeue_true")                         \
    R(add_member, "queues have no replicas")                                                       \
    R(delete_member, "queues have no replicas")                                                    \
    R(grow, "queues have no replicas")                                                             \
    R(shrink, "queues have no replicas")                                                           \
    R(list_hashes, "values in the settings are not encrypted")                                     \
    R(list_ciphers, "values in the settings are not encrypted")                                    \
    R(stream_status, "there are no streams")                                                       \
    R(set_stream_retention_policy, "there are no streams")                                         \
    R(add_replica, "there are no streams")                                                         \
    R(delete_replica, "there are no streams")                                                      \
    R(reclaim_quorum_memory, "queues have no replicas, and their memory is given back by itself")  \
    R(consume_event_stream, "bind a queue to the exchange amq.rabbitmq.event")                     \
    R(erlang_cookie_hash, "there is no Erlang here, and no cookie")                                \
    R(erlang_cookie_sources, "there is no Erlang here, and no cookie")                             \
    R(maybe_stuck, "there is no Erlang here whose processes could be stuck")                       \
    R(runtime_thread_stats, "there is no Erlang here that has threads")                            \
    R(resolver_info, "the system's resolver is used")                                              \
    R(schema_info, "there is no Mnesia here")

static int refuse(struct run *run)
{
    static const struct {
        const char *name;
        const char *why;
    } reasons[] = {
#define R(name, why) {#name, why},
        REFUSED(R)
#undef R
    };
    const char *why = "";
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (strcmp(reasons[i].name, run->command->name) == 0) {
            why = reasons[i].why;
        }
    }
    return run_fail(run, EXIT_UNAVAILABLE, "%s is not part of Leveret: %s", run->command->name,
                    why);
}

static const struct command commands[] = {
#define R(called, why)                                                                             \
    {.name = #called,                                                                              \
     .usage = "",                                                                                  \
     .help = "Fails: " why,                                                                        \
     .options = "ram disc offline vhost-tag= file= all sample-interval= duration/d= pattern=",     \
     .most = ANY_NUMBER,                                                                           \
     .run = refuse},
    REFUSED(R)
#undef R
};

const struct command_group group_refused = COMMAND_GROUP("What there is not", commands);
