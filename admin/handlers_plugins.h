#ifndef ADMIN_HANDLERS_PLUGINS_H
#define ADMIN_HANDLERS_PLUGINS_H

/* Endpoints that RabbitMQ has by plugins, or that only a cluster or an Erlang machine has much to
 * tell at: rows of ROUTES (admin/handlers.h). What there is none of here answers as RabbitMQ does
 * that has none of it. */
#define ROUTES_OF_PLUGINS(R)                                                                       \
    R(GET, "/api/shovels", MONITORING, empty_list)                                                 \
    R(GET, "/api/shovels/:vhost", MONITORING, empty_list)                                          \
    R(GET, "/api/shovels/vhost/:vhost/:name", MONITORING, absent)                                  \
    R(DELETE, "/api/shovels/vhost/:vhost/:name", POLICYMAKER, shovel_delete)                       \
    R(GET, "/api/shovels/vhost/:vhost/:name/restart", MONITORING, absent)                          \
    R(DELETE, "/api/shovels/vhost/:vhost/:name/restart", POLICYMAKER, absent)                      \
    R(GET, "/api/federation-links", MONITORING, empty_list)                                        \
    R(DELETE, "/api/federation-links", MONITORING, absent)                                         \
    R(GET, "/api/federation-links/:vhost", MONITORING, empty_list)                                 \
    R(DELETE, "/api/federation-links/:vhost", MONITORING, absent)                                  \
    R(GET, "/api/federation-links/state/down", MONITORING, empty_list)                             \
    R(DELETE, "/api/federation-links/state/down", MONITORING, absent)                              \
    R(GET, "/api/federation-links/:vhost/state/down", MONITORING, empty_list)                      \
    R(DELETE, "/api/federation-links/:vhost/state/down", MONITORING, absent)                       \
    R(GET, "/api/federation-links/vhost/:vhost/:id/:node/restart", MONITORING, absent)             \
    R(DELETE, "/api/federation-links/vhost/:vhost/:id/:node/restart", POLICYMAKER, absent)         \
    R(GET, "/api/stream/connections", LOGIN, empty_list)                                           \
    R(GET, "/api/stream/connections/:vhost", VHOST_MONITORED, empty_list)                          \
    R(GET, "/api/stream/connections/:vhost/:connection", LOGIN, absent)                            \
    R(DELETE, "/api/stream/connections/:vhost/:connection", LOGIN, absent)                         \
    R(GET, "/api/stream/connections/:vhost/:connection/consumers", LOGIN, absent)                  \
    R(GET, "/api/stream/connections/:vhost/:connection/publishers", LOGIN, absent)                 \
    R(GET, "/api/stream/consumers", LOGIN, empty_list)                                             \
    R(GET, "/api/stream/consumers/:vhost", LOGIN, empty_list)                                      \
    R(GET, "/api/stream/publishers", LOGIN, empty_list)                                            \
    R(GET, "/api/stream/publishers/:vhost", LOGIN, empty_list)                                     \
    R(GET, "/api/stream/publishers/:vhost/:queue", LOGIN, empty_list)                              \
    R(GET, "/api/stream/:vhost/:queue/tracking", VHOST_VISIBLE, stream_tracking)                   \
    R(PUT, "/api/stream/super-streams/:vhost/:name", VHOST_VISIBLE, super_stream_put)              \
    R(GET, "/api/traces", ADMINISTRATOR, empty_list)                                               \
    R(GET, "/api/traces/:vhost", ADMINISTRATOR, empty_list)                                        \
    R(GET, "/api/traces/:vhost/:name", ADMINISTRATOR, absent)                                      \
    R(PUT, "/api/traces/:vhost/:name", ADMINISTRATOR, trace_put)                                   \
    R(DELETE, "/api/traces/:vhost/:name", ADMINISTRATOR, absent)                                   \
    R(GET, "/api/traces/node/:node", ADMINISTRATOR, empty_list_of_node)                            \
    R(GET, "/api/traces/node/:node/:vhost", ADMINISTRATOR, empty_list_of_node)                     \
    R(GET, "/api/traces/node/:node/:vhost/:name", ADMINISTRATOR, absent)                           \
    R(PUT, "/api/traces/node/:node/:vhost/:name", ADMINISTRATOR, trace_put)                        \
    R(DELETE, "/api/traces/node/:node/:vhost/:name", ADMINISTRATOR, absent)                        \
    R(GET, "/api/trace-files", ADMINISTRATOR, empty_list)                                          \
    R(GET, "/api/trace-files/:name", ADMINISTRATOR, absent)                                        \
    R(DELETE, "/api/trace-files/:name", ADMINISTRATOR, absent)                                     \
    R(GET, "/api/trace-files/node/:node", ADMINISTRATOR, empty_list_of_node)                       \
    R(GET, "/api/trace-files/node/:node/:name", ADMINISTRATOR, absent)                             \
    R(DELETE, "/api/trace-files/node/:node/:name", ADMINISTRATOR, absent)                          \
    R(GET, "/api/top/:node", ADMINISTRATOR, top_processes)                                         \
    R(GET, "/api/top/ets/:node", ADMINISTRATOR, top_tables)                                        \
    R(GET, "/api/process/:pid", ADMINISTRATOR, absent)                                             \
    R(GET, "/api/nodes/:node/memory/ets", MONITORING, node_tables)                                 \
    R(GET, "/api/nodes/:node/memory/ets/relative", MONITORING, node_tables)                        \
    R(GET, "/api/nodes/:node/memory/ets/:filter", MONITORING, node_tables)                         \
    R(GET, "/api/nodes/:node/memory/ets/:filter/relative", MONITORING, node_tables)                \
    R(GET, "/api/queues/quorum/:vhost/:queue/status", VHOST_VISIBLE, quorum_status)                \
    R(POST, "/api/queues/quorum/:vhost/:queue/replicas/add", ADMINISTRATOR, replica_add)           \
    R(DELETE, "/api/queues/quorum/:vhost/:queue/replicas/delete", ADMINISTRATOR, replica_delete)   \
    R(POST, "/api/queues/quorum/replicas/on/:node/grow", ADMINISTRATOR, replicas_grow)             \
    R(DELETE, "/api/queues/quorum/replicas/on/:node/shrink", ADMINISTRATOR, replicas_shrink)

#endif
