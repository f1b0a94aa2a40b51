#include "ctl/groups.h"

#include <string.h>

#include "ctl/run.h"

/* R(name, why): what RabbitMQ's tools can do and Leveret has no counterpart of. They fail, and say
 * what to do instead. */
#define REFUSED(R)                                                                                 \
    R(eval, "there is no Erlang here to evaluate anything")                                        \
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
    R(set_log_level, "set log.console.level, and send the broker SIGHUP")                          \
    R(set_vm_memory_high_watermark, "set vm_memory_high_watermark.* and start the broker again")   \
    R(set_disk_free_limit, "set disk_free_limit.* and start the broker again")                     \
    R(rotate_logs, "the log is the standard error output")                                         \
    R(encode, "values in the settings are not encrypted")                                          \
    R(decode, "values in the settings are not encrypted")                                          \
    R(quorum_status, "queues have no replicas")                                                    \
    R(peek, "use rabbitmqadmin get queue=... ackmode=reject_requeue_true")                         \
    R(add_member, "queues have no replicas")                                                       \
    R(delete_member, "queues have no replicas")                                                    \
    R(grow, "queues have no replicas")                                                             \
    R(shrink, "queues have no replicas")                                                           \
    R(drain, "there is no maintenance mode: stop the broker")                                      \
    R(revive, "there is no maintenance mode: start the broker")

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
     .options = "ram disc offline vhost-tag= file= all",                                           \
     .most = ANY_NUMBER,                                                                           \
     .run = refuse},
    REFUSED(R)
#undef R
};

const struct command_group group_refused = COMMAND_GROUP("What there is not", commands);
