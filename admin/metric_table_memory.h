#ifndef ADMIN_METRIC_TABLE_MEMORY_H
#define ADMIN_METRIC_TABLE_MEMORY_H

/* What /metrics/memory-breakdown has: rows of METRICS, as RabbitMQ has them since 4.1. */
#define METRICS_OF_MEMORY(M)                                                                       \
    M(NODE, node_memory, memory_code_module_bytes, gauge, 0, "Always 0: there are no modules")     \
    M(NODE, node_memory, memory_client_connection_reader_bytes, gauge, 0,                          \
      "Always 0: connections are no processes")                                                    \
    M(NODE, node_memory, memory_client_connection_writer_bytes, gauge, 0,                          \
      "Always 0: connections are no processes")                                                    \
    M(NODE, node_memory, memory_client_connection_channel_bytes, gauge, 0,                         \
      "Always 0: channels are no processes")                                                       \
    M(NODE, node_memory, memory_client_connection_other_bytes, gauge, 0,                           \
      "Always 0: connections are no processes")                                                    \
    M(NODE, node_memory, memory_classic_queue_erlang_process_bytes, gauge, 0,                      \
      "Always 0: queues are no processes")                                                         \
    M(NODE, node_memory, memory_quorum_queue_erlang_process_bytes, gauge, 0,                       \
      "Always 0: queues are no processes")                                                         \
    M(NODE, node_memory, memory_quorum_queue_dlx_erlang_process_bytes, gauge, 0,                   \
      "Always 0: queues are no processes")                                                         \
    M(NODE, node_memory, memory_stream_erlang_process_bytes, gauge, 0,                             \
      "Always 0: queues are no processes")                                                         \
    M(NODE, node_memory, memory_stream_replica_reader_erlang_process_bytes, gauge, 0,              \
      "Always 0: there are no replicas")                                                           \
    M(NODE, node_memory, memory_stream_coordinator_erlang_process_bytes, gauge, 0,                 \
      "Always 0: there are no replicas")                                                           \
    M(NODE, node_memory, memory_plugin_bytes, gauge, 0, "Always 0: plugins are built in")          \
    M(NODE, node_memory, memory_modern_metadata_store_bytes, gauge, 0,                             \
      "Always 0: there is no database of that kind")                                               \
    M(NODE, node_memory, memory_other_erlang_process_bytes, gauge, 0,                              \
      "Always 0: there are no Erlang processes")                                                   \
    M(NODE, node_memory, memory_metrics_bytes, gauge, 0, "Always 0: not told apart")               \
    M(NODE, node_memory, memory_management_stats_db_bytes, gauge, 0, "Always 0: not told apart")   \
    M(NODE, node_memory, memory_classic_metadata_store_bytes, gauge, 0,                            \
      "Always 0: there is no database of that kind")                                               \
    M(NODE, node_memory, memory_quorum_queue_ets_table_bytes, gauge, 0,                            \
      "Always 0: there are no such tables")                                                        \
    M(NODE, node_memory, memory_modern_metadata_store_ets_table_bytes, gauge, 0,                   \
      "Always 0: there are no such tables")                                                        \
    M(NODE, node_memory, memory_other_ets_table_bytes, gauge, 0,                                   \
      "Always 0: there are no such tables")                                                        \
    M(NODE, node_memory, memory_binary_heap_bytes, gauge, 0, "Contents of messages")               \
    M(NODE, node_memory, memory_message_index_bytes, gauge, 0, "Always 0: not told apart")         \
    M(NODE, node_memory, memory_atom_table_bytes, gauge, 0, "Always 0: there are no atoms")        \
    M(NODE, node_memory, memory_other_system_bytes, gauge, 0,                                      \
      "All memory that is in use and is not contents of messages")                                 \
    M(NODE, node_memory, memory_runtime_allocated_unused_bytes, gauge, 0,                          \
      "Always 0: not told apart")                                                                  \
    M(NODE, node_memory, memory_runtime_reserved_unallocated_bytes, gauge, 0,                      \
      "Always 0: not told apart")

#endif
