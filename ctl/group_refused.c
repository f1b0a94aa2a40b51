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
    R(consume_event_stream, "bind a queue to the exchange amq.rabbitmq.event")                     \
    R(erlang_cookie_hash, "there is no Erlang here, and no cookie")                                \
    R(erlang_cookie_sources, "there is no Erlang here, and no cookie")                             \
    R(maybe_stuck, "there is no Erlang here whose processes could be stuck")                       \
    R(runtime_thread_stats, "there is no Erlang here that has threads")                            \
    R(resolver_info, "the system's resolver is used")                                              \
    R(grow_to_count, "queues have no replicas")                                                    \
    R(transfer_leadership, "there is a single node")                                               \
    R(force_checkpoint, "checkpoints are made by themselves")                                      \
    R(restart_stream, "there are no streams")                                                      \
    R(coordinator_status, "there are no streams")                                                  \
    R(add_super_stream, "there are no streams")                                                    \
    R(delete_super_stream, "there are no streams")                                                 \
    R(reset_offset, "there are no streams")                                                        \
    R(activate_stream_consumer, "there are no streams")                                            \
    R(list_stream_connections, "there are no streams")                                             \
    R(list_stream_consumers, "there are no streams")                                               \
    R(list_stream_consumer_groups, "there are no streams")                                         \
    R(list_stream_group_consumers, "there are no streams")                                         \
    R(list_stream_publishers, "there are no streams")                                              \
    R(list_stream_tracking, "there are no streams")                                                \
    R(encrypt_conf_value, "values in the settings are not encrypted")                              \
    R(decrypt_conf_value, "values in the settings are not encrypted")                              \
    R(activate_free_disk_space_monitoring, "it is always on; set_disk_free_limit 0 has no alarm")  \
    R(deactivate_free_disk_space_monitoring,                                                       \
      "it is always on; set_disk_free_limit 0 has no alarm")                                       \
    R(force_standalone_khepri_boot, "there is a single node, which waits for no other")            \
    R(metadata_store_status, "the journal keeps metadata as it keeps messages")                    \
    R(message_size_stats, "sizes of messages are not counted")                                     \
    R(list_policies_that_match, "list_queues policy tells the one that holds")                     \
    R(remove_classic_queue_mirroring_from_policies, "such policies change nothing; set them anew") \
    R(list_channel_interceptors, "there are no interceptors")                                      \
    R(set_channel_interceptor_priorities, "there are no interceptors")                             \
    R(federation_status, "there is no federation")                                                 \
    R(restart_federation_link, "there is no federation")                                           \
    R(shovel_status, "there are no shovels")                                                       \
    R(restart_shovel, "there are no shovels")                                                      \
    R(delete_shovel, "there are no shovels: see clear_parameter")                                  \
    R(list_mqtt_connections, "MQTT is not spoken")                                                 \
    R(list_web_mqtt_connections, "MQTT is not spoken")                                             \
    R(list_stomp_connections, "STOMP is not spoken")                                               \
    R(list_amqp10_connections, "AMQP 1.0 is not spoken")                                           \
    R(clear_auth_backend_cache, "there is no cache of logins")                                     \
    R(add_signing_key, "there is no OAuth")                                                        \
    R(add_uaa_key, "there is no OAuth")                                                            \
    R(list_trust_store_certificates, "there is no trust store; see ssl_options.cacertfile")        \
    R(refresh_trust_store, "there is no trust store; see ssl_options.cacertfile")                  \
    R(consistent_hash_exchange_ring_state, "there is no ring: the hash leads to the queue")        \
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
     .options =                                                                                    \
         "ram disc offline vhost-tag= file= all sample-interval= duration/d= pattern= "            \
         "only-down force verbose/V stream= reference= partitions= binding-keys= offset writer "   \
         "json= pem= pem-file= cipher= hash= iterations= membership= strategy= vhost-pattern= "    \
         "queue-pattern= errors-only tracking-metadata",                                           \
     .most = ANY_NUMBER,                                                                           \
     .run = refuse},
    REFUSED(R)
#undef R
};

const struct command_group group_refused = COMMAND_GROUP("What there is not", commands);
