#ifndef ADMIN_METRIC_TABLE_H
#define ADMIN_METRIC_TABLE_H

#include "admin/metric_table_memory.h"

/* The metrics, with the names and types that RabbitMQ's plugin rabbitmq_prometheus gives them, in
 * its order. docs/prometheus.md says which of RabbitMQ's there are not. */

/* K(kind): what a metric has samples of. */
#define METRIC_KINDS(K)                                                                            \
    K(NODE)                                                                                        \
    K(LOGINS)                                                                                      \
    K(LOGIN_SOURCES)                                                                               \
    K(RAFT)                                                                                        \
    K(QUEUES)                                                                                      \
    K(QUEUE_HEADS)                                                                                 \
    K(CHANNELS)                                                                                    \
    K(PUBLISHES)                                                                                   \
    K(DELIVERIES)                                                                                  \
    K(CHANNEL_ROUTES)                                                                              \
    K(ROUTES)                                                                                      \
    K(CONNECTIONS)                                                                                 \
    K(EXCHANGES)                                                                                   \
    K(PROTOCOLS)                                                                                   \
    K(QUEUE_TYPES)                                                                                 \
    K(DEATHS)                                                                                      \
    K(SIZES)                                                                                       \
    K(QUEUE_NAMES)                                                                                 \
    K(BUILD)                                                                                       \
    K(IDENTITY)                                                                                    \
    K(VHOSTS)                                                                                      \
    K(EXCHANGE_NAMES)

/* F(family, prefix, detailed): its metrics' names begin with `prefix`, and in /metrics/detailed
 * with `detailed`. NULL: they are not there. The families from `identity` on are not selected by
 * name. */
#define METRIC_FAMILIES(F)                                                                         \
    F(connection_churn_metrics, "rabbitmq_", "rabbitmq_detailed_")                                 \
    F(node_coarse_metrics, "rabbitmq_", "rabbitmq_detailed_")                                      \
    F(node_metrics, "rabbitmq_", "rabbitmq_detailed_")                                             \
    F(node_persister_metrics, "rabbitmq_", "rabbitmq_detailed_")                                   \
    F(ra_metrics, "rabbitmq_", "rabbitmq_detailed_")                                               \
    F(auth_attempt_metrics, "rabbitmq_", "rabbitmq_detailed_")                                     \
    F(auth_attempt_detailed_metrics, "rabbitmq_", "rabbitmq_detailed_")                            \
    F(queue_coarse_metrics, "rabbitmq_", "rabbitmq_detailed_")                                     \
    F(queue_consumer_count, NULL, "rabbitmq_detailed_")                                            \
    F(queue_metrics, "rabbitmq_", "rabbitmq_detailed_")                                            \
    F(queue_delivery_metrics, "rabbitmq_", "rabbitmq_detailed_")                                   \
    F(channel_metrics, "rabbitmq_", "rabbitmq_detailed_")                                          \
    F(channel_exchange_metrics, "rabbitmq_", "rabbitmq_detailed_")                                 \
    F(channel_process_metrics, "rabbitmq_", "rabbitmq_detailed_")                                  \
    F(channel_queue_metrics, "rabbitmq_", "rabbitmq_detailed_")                                    \
    F(channel_queue_exchange_metrics, "rabbitmq_", "rabbitmq_detailed_")                           \
    F(connection_coarse_metrics, "rabbitmq_", "rabbitmq_detailed_")                                \
    F(connection_metrics, "rabbitmq_", "rabbitmq_detailed_")                                       \
    F(exchange_metrics, "rabbitmq_", "rabbitmq_detailed_")                                         \
    F(queue_exchange_metrics, "rabbitmq_", "rabbitmq_detailed_")                                   \
    F(vhost_status, NULL, "rabbitmq_cluster_")                                                     \
    F(exchange_bindings, NULL, "rabbitmq_cluster_")                                                \
    F(exchange_names, NULL, "rabbitmq_cluster_")                                                   \
    F(identity, "rabbitmq_", "rabbitmq_")                                                          \
    F(queue_names, "rabbitmq_", "rabbitmq_detailed_")                                              \
    F(process, "", NULL)                                                                           \
    F(alarms, "rabbitmq_", NULL)                                                                   \
    F(totals, "rabbitmq_", NULL)                                                                   \
    F(global, "rabbitmq_", NULL)                                                                   \
    F(message_sizes, "rabbitmq_", NULL)                                                            \
    F(node_memory, "rabbitmq_", NULL) /* in /metrics/memory-breakdown only */

/* M(kind, family, name, type, digits, help). A value counts units of 10^-digits. */
#define METRICS(M)                                                                                 \
    M(NODE, process, process_start_time_seconds, gauge, 3, "When the broker started, since 1970")  \
    M(NODE, alarms, alarms_file_descriptor_limit, untyped, 0, "Always 0: there is no such alarm")  \
    M(NODE, alarms, alarms_free_disk_space_watermark, untyped, 0,                                  \
      "1 while publishers are held back for want of disk space")                                   \
    M(NODE, alarms, alarms_memory_used_watermark, untyped, 0,                                      \
      "1 while publishers are held back for want of memory")                                       \
    M(NODE, connection_churn_metrics, connections_opened_total, counter, 0, "Connections opened")  \
    M(NODE, connection_churn_metrics, connections_closed_total, counter, 0, "Connections closed")  \
    M(NODE, connection_churn_metrics, channels_opened_total, counter, 0, "Channels opened")        \
    M(NODE, connection_churn_metrics, channels_closed_total, counter, 0, "Channels closed")        \
    M(NODE, connection_churn_metrics, queues_declared_total, counter, 0,                           \
      "Declarations of queues, also of those that were there")                                     \
    M(NODE, connection_churn_metrics, queues_created_total, counter, 0, "Queues created")          \
    M(NODE, connection_churn_metrics, queues_deleted_total, counter, 0, "Queues deleted")          \
    M(NODE, node_coarse_metrics, process_open_fds, gauge, 0, "File descriptors in use")            \
    M(NODE, node_coarse_metrics, process_open_tcp_sockets, gauge, 0, "Sockets of clients of AMQP") \
    M(NODE, node_coarse_metrics, process_resident_memory_bytes, gauge, 0,                          \
      "Memory of the process in use")                                                              \
    M(NODE, node_coarse_metrics, disk_space_available_bytes, gauge, 0,                             \
      "Free space of the disk that the data is on")                                                \
    M(NODE, node_coarse_metrics, erlang_processes_used, gauge, 0, "Always 1: the broker itself")   \
    M(NODE, node_coarse_metrics, erlang_gc_runs_total, counter, 0,                                 \
      "Always 0: there is no garbage collector")                                                   \
    M(NODE, node_coarse_metrics, erlang_gc_reclaimed_bytes_total, counter, 0,                      \
      "Always 0: there is no garbage collector")                                                   \
    M(NODE, node_coarse_metrics, erlang_scheduler_context_switches_total, counter, 0,              \
      "Times that the system took a processor away, or gave it back")                              \
    M(NODE, node_metrics, process_max_fds, gauge, 0, "Limit of file descriptors")                  \
    M(NODE, node_metrics, process_max_tcp_sockets, gauge, 0, "Limit of sockets")                   \
    M(NODE, node_metrics, resident_memory_limit_bytes, gauge, 0,                                   \
      "Above this much memory publishers are held back")                                           \
    M(NODE, node_metrics, disk_space_available_limit_bytes, gauge, 0,                              \
      "Below this much free space publishers are held back")                                       \
    M(NODE, node_metrics, erlang_processes_limit, gauge, 0, "Processes that the user may have")    \
    M(NODE, node_metrics, erlang_scheduler_run_queue, gauge, 0, "Always 0: nothing waits")         \
    M(NODE, node_metrics, erlang_net_ticktime_seconds, gauge, 0,                                   \
      "As RabbitMQ has it: there are no other nodes")                                              \
    M(NODE, node_metrics, erlang_uptime_seconds, gauge, 3, "Time since the broker started")        \
    M(NODE, node_persister_metrics, io_read_ops_total, counter, 0, "Reads from the disk")          \
    M(NODE, node_persister_metrics, io_read_bytes_total, counter, 0, "Octets read from the disk")  \
    M(NODE, node_persister_metrics, io_write_ops_total, counter, 0, "Writes to the disk")          \
    M(NODE, node_persister_metrics, io_write_bytes_total, counter, 0,                              \
      "Octets written to the disk")                                                                \
    M(NODE, node_persister_metrics, io_sync_ops_total, counter, 0, "Syncs of files to the disk")   \
    M(NODE, node_persister_metrics, io_seek_ops_total, counter, 0, "Always 0: nothing seeks")      \
    M(NODE, node_persister_metrics, io_open_attempt_ops_total, counter, 0,                         \
      "Attempts to open a file of the data")                                                       \
    M(NODE, node_persister_metrics, io_reopen_ops_total, counter, 0, "Always 0: files stay open")  \
    M(NODE, node_persister_metrics, io_read_time_seconds_total, counter, 9, "Time spent in reads") \
    M(NODE, node_persister_metrics, io_write_time_seconds_total, counter, 9,                       \
      "Time spent in writes")                                                                      \
    M(NODE, node_persister_metrics, io_sync_time_seconds_total, counter, 9, "Time spent in syncs") \
    M(NODE, node_persister_metrics, io_seek_time_seconds_total, counter, 9,                        \
      "Always 0: nothing seeks")                                                                   \
    M(NODE, node_persister_metrics, io_open_attempt_time_seconds_total, counter, 9,                \
      "Time spent in opening files")                                                               \
    M(NODE, node_persister_metrics, schema_db_ram_tx_total, counter, 0,                            \
      "Always 0: there is no database of that kind")                                               \
    M(NODE, node_persister_metrics, schema_db_disk_tx_total, counter, 0,                           \
      "Always 0: there is no database of that kind")                                               \
    M(NODE, node_persister_metrics, msg_store_read_total, counter, 0,                              \
      "Messages read back from the journal")                                                       \
    M(NODE, node_persister_metrics, msg_store_write_total, counter, 0,                             \
      "Messages written to the journal")                                                           \
    M(NODE, node_persister_metrics, queue_index_read_ops_total, counter, 0,                        \
      "Always 0: an index is in memory")                                                           \
    M(NODE, node_persister_metrics, queue_index_write_ops_total, counter, 0,                       \
      "Always 0: the journal is the index")                                                        \
    M(NODE, node_persister_metrics, queue_index_journal_write_ops_total, counter, 0,               \
      "Always 0: the journal is the index")                                                        \
    M(RAFT, ra_metrics, raft_term_total, counter, 0, "Always 0: there is one replica")             \
    M(RAFT, ra_metrics, raft_log_snapshot_index, gauge, 0, "Always 0: there is one replica")       \
    M(RAFT, ra_metrics, raft_log_last_applied_index, gauge, 0, "Always 0: there is one replica")   \
    M(RAFT, ra_metrics, raft_log_commit_index, gauge, 0, "Always 0: there is one replica")         \
    M(RAFT, ra_metrics, raft_log_last_written_index, gauge, 0, "Always 0: there is one replica")   \
    M(RAFT, ra_metrics, raft_entry_commit_latency_seconds, gauge, 3,                               \
      "Always 0: there is one replica")                                                            \
    M(LOGINS, auth_attempt_metrics, auth_attempts_total, counter, 0, "Attempts to log in")         \
    M(LOGINS, auth_attempt_metrics, auth_attempts_succeeded_total, counter, 0,                     \
      "Attempts to log in that succeeded")                                                         \
    M(LOGINS, auth_attempt_metrics, auth_attempts_failed_total, counter, 0,                        \
      "Attempts to log in that failed")                                                            \
    M(LOGIN_SOURCES, auth_attempt_detailed_metrics, auth_attempts_detailed_total, counter, 0,      \
      "Attempts to log in, by source")                                                             \
    M(LOGIN_SOURCES, auth_attempt_detailed_metrics, auth_attempts_detailed_succeeded_total,        \
      counter, 0, "Attempts to log in that succeeded, by source")                                  \
    M(LOGIN_SOURCES, auth_attempt_detailed_metrics, auth_attempts_detailed_failed_total, counter,  \
      0, "Attempts to log in that failed, by source")                                              \
    M(QUEUES, queue_coarse_metrics, queue_messages_ready, gauge, 0,                                \
      "Messages that wait for a consumer")                                                         \
    M(QUEUES, queue_coarse_metrics, queue_messages_unacked, gauge, 0,                              \
      "Messages delivered and not acknowledged so far")                                            \
    M(QUEUES, queue_coarse_metrics, queue_messages, gauge, 0, "Messages ready or unacknowledged")  \
    M(QUEUES, queue_coarse_metrics, queue_process_reductions_total, counter, 0,                    \
      "Always 0: queues have no process of their own")                                             \
    M(QUEUES, queue_metrics, queue_consumers, gauge, 0, "Consumers of the queue")                  \
    M(QUEUES, queue_metrics, queue_consumer_capacity, gauge, 6,                                    \
      "Part of the time in which no message had to wait for a consumer")                           \
    M(QUEUES, queue_metrics, queue_consumer_utilisation, gauge, 6, "Same as consumer capacity")    \
    M(QUEUES, queue_metrics, queue_process_memory_bytes, gauge, 0,                                 \
      "Memory that the queue and its messages take, about")                                        \
    M(QUEUES, queue_metrics, queue_messages_ram, gauge, 0,                                         \
      "Messages ready or unacknowledged whose content is in memory")                               \
    M(QUEUES, queue_metrics, queue_messages_ram_bytes, gauge, 0,                                   \
      "Octets in the bodies of messages whose content is in memory")                               \
    M(QUEUES, queue_metrics, queue_messages_ready_ram, gauge, 0,                                   \
      "Messages that wait for a consumer whose content is in memory")                              \
    M(QUEUES, queue_metrics, queue_messages_unacked_ram, gauge, 0,                                 \
      "Messages not acknowledged so far whose content is in memory")                               \
    M(QUEUES, queue_metrics, queue_messages_persistent, gauge, 0, "Persistent messages")           \
    M(QUEUES, queue_metrics, queue_messages_persistent_bytes, gauge, 0,                            \
      "Octets in the bodies of persistent messages")                                               \
    M(QUEUES, queue_metrics, queue_messages_ready_bytes, gauge, 0,                                 \
      "Octets in the bodies of messages that wait for a consumer")                                 \
    M(QUEUES, queue_metrics, queue_messages_unacked_bytes, gauge, 0,                               \
      "Octets in the bodies of messages delivered and not acknowledged so far")                    \
    M(QUEUES, queue_metrics, queue_messages_bytes, gauge, 0,                                       \
      "Octets in the bodies of messages ready or unacknowledged")                                  \
    M(QUEUES, queue_metrics, queue_messages_paged_out, gauge, 0,                                   \
      "Messages whose content is on the disk only")                                                \
    M(QUEUES, queue_metrics, queue_messages_paged_out_bytes, gauge, 0,                             \
      "Octets in the bodies of messages whose content is on the disk only")                        \
    M(QUEUE_HEADS, queue_metrics, queue_head_message_timestamp, gauge, 0,                          \
      "Timestamp of the message that is next, if it has one and is in memory")                     \
    M(QUEUES, queue_metrics, queue_disk_reads_total, counter, 0,                                   \
      "Messages read back from the journal")                                                       \
    M(QUEUES, queue_metrics, queue_disk_writes_total, counter, 0, "Messages given to the journal") \
    M(QUEUES, queue_delivery_metrics, queue_get_ack_total, counter, 0,                             \
      "Messages that basic.get took, to be acknowledged")                                          \
    M(QUEUES, queue_delivery_metrics, queue_get_total, counter, 0,                                 \
      "Messages that basic.get took, acknowledged with that")                                      \
    M(QUEUES, queue_delivery_metrics, queue_messages_delivered_ack_total, counter, 0,              \
      "Messages delivered to consumers that acknowledge")                                          \
    M(QUEUES, queue_delivery_metrics, queue_messages_delivered_total, counter, 0,                  \
      "Messages delivered to consumers that do not acknowledge")                                   \
    M(QUEUES, queue_delivery_metrics, queue_messages_redelivered_total, counter, 0,                \
      "Messages delivered that may have been delivered before")                                    \
    M(QUEUES, queue_delivery_metrics, queue_messages_acked_total, counter, 0,                      \
      "Messages acknowledged")                                                                     \
    M(QUEUES, queue_delivery_metrics, queue_get_empty_total, counter, 0,                           \
      "Times that basic.get found no message")                                                     \
    M(CHANNELS, channel_metrics, channel_consumers, gauge, 0, "Consumers of the channel")          \
    M(CHANNELS, channel_metrics, channel_messages_unconfirmed, gauge, 0,                           \
      "Messages published and neither confirmed nor refused so far")                               \
    M(CHANNELS, channel_metrics, channel_messages_uncommitted, gauge, 0,                           \
      "Messages published in a transaction that is open")                                          \
    M(CHANNELS, channel_metrics, channel_acks_uncommitted, gauge, 0,                               \
      "Messages acknowledged in a transaction that is open")                                       \
    M(CHANNELS, channel_metrics, channel_messages_unacked, gauge, 0,                               \
      "Messages delivered and not acknowledged so far")                                            \
    M(CHANNELS, channel_metrics, consumer_prefetch, gauge, 0,                                      \
      "Limit of unacknowledged messages for each new consumer; 0: none")                           \
    M(CHANNELS, channel_metrics, channel_prefetch, gauge, 0,                                       \
      "Limit of unacknowledged messages for the channel; 0: none")                                 \
    M(PUBLISHES, channel_exchange_metrics, channel_messages_published_total, counter, 0,           \
      "Messages published")                                                                        \
    M(PUBLISHES, channel_exchange_metrics, channel_messages_confirmed_total, counter, 0,           \
      "Messages confirmed")                                                                        \
    M(PUBLISHES, channel_exchange_metrics, channel_messages_unroutable_returned_total, counter, 0, \
      "Messages that went to no queue, returned")                                                  \
    M(PUBLISHES, channel_exchange_metrics, channel_messages_unroutable_dropped_total, counter, 0,  \
      "Messages that went to no queue, dropped")                                                   \
    M(CHANNELS, channel_process_metrics, channel_process_reductions_total, counter, 0,             \
      "Always 0: channels are no processes")                                                       \
    M(DELIVERIES, channel_queue_metrics, channel_get_ack_total, counter, 0,                        \
      "Messages that basic.get took, to be acknowledged")                                          \
    M(DELIVERIES, channel_queue_metrics, channel_get_total, counter, 0,                            \
      "Messages that basic.get took, acknowledged with that")                                      \
    M(DELIVERIES, channel_queue_metrics, channel_messages_delivered_ack_total, counter, 0,         \
      "Messages delivered to consumers that acknowledge")                                          \
    M(DELIVERIES, channel_queue_metrics, channel_messages_delivered_total, counter, 0,             \
      "Messages delivered to consumers that do not acknowledge")                                   \
    M(DELIVERIES, channel_queue_metrics, channel_messages_redelivered_total, counter, 0,           \
      "Messages delivered that may have been delivered before")                                    \
    M(DELIVERIES, channel_queue_metrics, channel_messages_acked_total, counter, 0,                 \
      "Messages acknowledged")                                                                     \
    M(DELIVERIES, channel_queue_metrics, channel_get_empty_total, counter, 0,                      \
      "Times that basic.get found no message")                                                     \
    M(CONNECTIONS, connection_coarse_metrics, connection_incoming_bytes_total, counter, 0,         \
      "Octets received")                                                                           \
    M(CONNECTIONS, connection_coarse_metrics, connection_outgoing_bytes_total, counter, 0,         \
      "Octets sent")                                                                               \
    M(CONNECTIONS, connection_coarse_metrics, connection_process_reductions_total, counter, 0,     \
      "Always 0: connections are no processes")                                                    \
    M(CONNECTIONS, connection_metrics, connection_incoming_packets_total, counter, 0,              \
      "Times that octets were received")                                                           \
    M(CONNECTIONS, connection_metrics, connection_outgoing_packets_total, counter, 0,              \
      "Times that octets were sent")                                                               \
    M(CONNECTIONS, connection_metrics, connection_pending_packets, gauge, 0,                       \
      "Octets that wait to be sent")                                                               \
    M(CONNECTIONS, connection_metrics, connection_channels, gauge, 0,                              \
      "Channels of the connection")                                                                \
    M(CHANNEL_ROUTES, channel_queue_exchange_metrics, queue_messages_published_total, counter, 0,  \
      "Messages that were routed to the queue")                                                    \
    M(EXCHANGES, exchange_metrics, exchange_messages_published_total, counter, 0,                  \
      "Messages published to the exchange")                                                        \
    M(EXCHANGES, exchange_metrics, exchange_messages_confirmed_total, counter, 0,                  \
      "Messages published to the exchange and confirmed")                                          \
    M(EXCHANGES, exchange_metrics, exchange_messages_unroutable_returned_total, counter, 0,        \
      "Messages published to the exchange that went to no queue, returned")                        \
    M(EXCHANGES, exchange_metrics, exchange_messages_unroutable_dropped_total, counter, 0,         \
      "Messages published to the exchange that went to no queue, dropped")                         \
    M(ROUTES, queue_exchange_metrics, queue_exchange_messages_published_total, counter, 0,         \
      "Messages that went from the exchange to the queue")                                         \
    M(NODE, totals, connections, gauge, 0, "Connections that are open")                            \
    M(NODE, totals, channels, gauge, 0, "Channels that are open")                                  \
    M(NODE, totals, consumers, gauge, 0, "Consumers")                                              \
    M(NODE, totals, queues, gauge, 0, "Queues")                                                    \
    M(QUEUE_NAMES, queue_names, queue_info, gauge, 0, "1 for each queue, with its type")           \
    M(BUILD, identity, build_info, untyped, 0, "Always 1; its labels say what is running")         \
    M(IDENTITY, identity, identity_info, untyped, 0,                                               \
      "Always 1; its labels say which node this is")                                               \
    M(PROTOCOLS, global, global_consumers, gauge, 0, "Consumers")                                  \
    M(QUEUE_TYPES, global, global_messages_acknowledged_total, counter, 0,                         \
      "Messages acknowledged")                                                                     \
    M(PROTOCOLS, global, global_messages_confirmed_total, counter, 0, "Messages confirmed")        \
    M(DEATHS, global, global_messages_dead_lettered_confirmed_total, counter, 0,                   \
      "Always 0: dead letters are not confirmed")                                                  \
    M(DEATHS, global, global_messages_dead_lettered_delivery_limit_total, counter, 0,              \
      "Messages that came back too often, dead-lettered or dropped")                               \
    M(DEATHS, global, global_messages_dead_lettered_expired_total, counter, 0,                     \
      "Messages that expired, dead-lettered or dropped")                                           \
    M(DEATHS, global, global_messages_dead_lettered_maxlen_total, counter, 0,                      \
      "Messages that a queue had no room for, dead-lettered or dropped")                           \
    M(DEATHS, global, global_messages_dead_lettered_rejected_total, counter, 0,                    \
      "Messages that a consumer rejected, dead-lettered or dropped")                               \
    M(QUEUE_TYPES, global, global_messages_delivered_total, counter, 0,                            \
      "Messages delivered, all ways")                                                              \
    M(QUEUE_TYPES, global, global_messages_delivered_consume_auto_ack_total, counter, 0,           \
      "Messages delivered to consumers that do not acknowledge")                                   \
    M(QUEUE_TYPES, global, global_messages_delivered_consume_manual_ack_total, counter, 0,         \
      "Messages delivered to consumers that acknowledge")                                          \
    M(QUEUE_TYPES, global, global_messages_delivered_get_auto_ack_total, counter, 0,               \
      "Messages that basic.get took, acknowledged with that")                                      \
    M(QUEUE_TYPES, global, global_messages_delivered_get_manual_ack_total, counter, 0,             \
      "Messages that basic.get took, to be acknowledged")                                          \
    M(QUEUE_TYPES, global, global_messages_get_empty_total, counter, 0,                            \
      "Times that basic.get found no message")                                                     \
    M(PROTOCOLS, global, global_messages_received_total, counter, 0, "Messages published")         \
    M(PROTOCOLS, global, global_messages_received_confirm_total, counter, 0,                       \
      "Messages published that are to be confirmed")                                               \
    M(QUEUE_TYPES, global, global_messages_redelivered_total, counter, 0,                          \
      "Messages delivered that may have been delivered before")                                    \
    M(PROTOCOLS, global, global_messages_routed_total, counter, 0,                                 \
      "Messages routed to queues, once for each queue")                                            \
    M(PROTOCOLS, global, global_messages_unroutable_dropped_total, counter, 0,                     \
      "Messages that went to no queue, dropped")                                                   \
    M(PROTOCOLS, global, global_messages_unroutable_returned_total, counter, 0,                    \
      "Messages that went to no queue, returned")                                                  \
    M(PROTOCOLS, global, global_publishers, gauge, 0, "Channels that have published")              \
    M(SIZES, message_sizes, message_size_bytes, histogram, 0, "Octets in the bodies published")    \
    M(VHOSTS, vhost_status, vhost_status, gauge, 0, "1 for each virtual host")                     \
    M(EXCHANGE_NAMES, exchange_bindings, exchange_bindings, gauge, 0,                              \
      "Bindings with the exchange as their source")                                                \
    M(EXCHANGE_NAMES, exchange_names, exchange_name, gauge, 0, "1 for each exchange")              \
    METRICS_OF_MEMORY(M)

#endif
