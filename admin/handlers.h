#ifndef ADMIN_HANDLERS_H
#define ADMIN_HANDLERS_H

#include "admin/call.h"
#include "admin/handlers_plugins.h"

/* Every endpoint, once: R(method, path, scope, handler). In a path `:vhost` becomes call->vhost and
 * the other names become call->arguments, in order. The first row that fits is taken. */
#define ROUTES(R)                                                                                  \
    R(GET, "/metrics", METRICS, metrics)                                                           \
    R(GET, "/metrics/per-object", METRICS, metrics_per_object)                                     \
    R(GET, "/metrics/detailed", METRICS, metrics_detailed)                                         \
    R(GET, "/metrics/memory-breakdown", METRICS, metrics_memory_breakdown)                         \
    R(GET, "/api/overview", LOGIN, overview)                                                       \
    R(GET, "/api/cluster-name", LOGIN, cluster_name)                                               \
    R(PUT, "/api/cluster-name", ADMINISTRATOR, cluster_name_put)                                   \
    R(GET, "/api/leveret/listeners", MONITORING, client_listeners)                                 \
    R(PUT, "/api/leveret/listeners", ADMINISTRATOR, client_listeners_put)                          \
    R(POST, "/api/leveret/reset", ADMINISTRATOR, reset)                                            \
    R(GET, "/api/leveret/settings", ADMINISTRATOR, settings)                                       \
    R(PUT, "/api/leveret/settings", ADMINISTRATOR, settings_put)                                   \
    R(GET, "/api/leveret/queues/:vhost/:queue/messages/:position", VHOST_VISIBLE, peek)            \
    R(GET, "/api/config/effective", ADMINISTRATOR, effective_settings)                             \
    R(GET, "/api/whoami", LOGIN, whoami)                                                           \
    R(GET, "/api/extensions", LOGIN, extensions)                                                   \
    R(GET, "/api/feature-flags", ADMINISTRATOR, feature_flags)                                     \
    R(PUT, "/api/feature-flags/:name/enable", ADMINISTRATOR, feature_flag_enable)                  \
    R(GET, "/api/deprecated-features", LOGIN, deprecated_features)                                 \
    R(GET, "/api/deprecated-features/used", LOGIN, deprecated_features_used)                       \
    R(GET, "/api/nodes", MONITORING, nodes)                                                        \
    R(GET, "/api/nodes/:node", MONITORING, node)                                                   \
    R(GET, "/api/version", LOGIN, version)                                                         \
    R(POST, "/api/login", PUBLIC, login)                                                           \
    R(DELETE, "/api/login", PUBLIC, nothing_to_do)                                                 \
    R(GET, "/api/nodes/:node/memory", MONITORING, node_memory)                                     \
    R(GET, "/api/nodes/:node/memory/relative", MONITORING, node_memory_relative)                   \
    R(POST, "/api/vhosts/:vhost/start/:node", ADMINISTRATOR, vhost_start)                          \
    R(GET, "/api/auth", PUBLIC, auth)                                                              \
    R(GET, "/api/auth/hash_password/:password", LOGIN, hash_password)                              \
    R(GET, "/api/topic-permissions/:vhost/:user/:exchange", ADMINISTRATOR,                         \
      user_topic_permissions_in)                                                                   \
    R(GET, "/api/vhosts", LOGIN, vhosts)                                                           \
    R(GET, "/api/vhosts/:vhost", ADMINISTRATOR, vhost)                                             \
    R(GET, "/api/vhosts/:vhost/permissions", ADMINISTRATOR, permissions)                           \
    R(GET, "/api/vhosts/:vhost/topic-permissions", ADMINISTRATOR, topic_permissions)               \
    R(GET, "/api/vhosts/:vhost/connections", VHOST_VISIBLE, connections)                           \
    R(GET, "/api/vhosts/:vhost/channels", VHOST_VISIBLE, channels)                                 \
    R(GET, "/api/users", ADMINISTRATOR, users)                                                     \
    R(GET, "/api/users/without-permissions", ADMINISTRATOR, users_without_permissions)             \
    R(GET, "/api/users/:user", ADMINISTRATOR, user)                                                \
    R(GET, "/api/users/:user/permissions", ADMINISTRATOR, user_permissions)                        \
    R(GET, "/api/users/:user/queues", LOGIN, user_queues)                                          \
    R(GET, "/api/users/:user/topic-permissions", ADMINISTRATOR, user_topic_permissions)            \
    R(GET, "/api/permissions", ADMINISTRATOR, permissions)                                         \
    R(GET, "/api/permissions/:vhost/:user", ADMINISTRATOR, permission)                             \
    R(GET, "/api/topic-permissions", ADMINISTRATOR, topic_permissions)                             \
    R(GET, "/api/topic-permissions/:vhost/:user", ADMINISTRATOR, user_topic_permissions_in)        \
    R(GET, "/api/exchanges", LOGIN, exchanges)                                                     \
    R(GET, "/api/exchanges/:vhost", VHOST_VISIBLE, exchanges)                                      \
    R(GET, "/api/exchanges/:vhost/:exchange", VHOST_VISIBLE, exchange)                             \
    R(GET, "/api/exchanges/:vhost/:exchange/bindings/source", VHOST_VISIBLE, bindings_from)        \
    R(GET, "/api/exchanges/:vhost/:exchange/bindings/destination", VHOST_VISIBLE,                  \
      bindings_to_exchange)                                                                        \
    R(GET, "/api/queues", LOGIN, queues)                                                           \
    R(GET, "/api/queues/detailed", LOGIN, queues)                                                  \
    R(GET, "/api/queues/:vhost", VHOST_VISIBLE, queues)                                            \
    R(GET, "/api/queues/:vhost/:queue", VHOST_VISIBLE, queue)                                      \
    R(GET, "/api/queues/:vhost/:queue/bindings", VHOST_VISIBLE, bindings_to_queue)                 \
    R(GET, "/api/bindings", LOGIN, bindings)                                                       \
    R(GET, "/api/bindings/:vhost", VHOST_VISIBLE, bindings)                                        \
    R(GET, "/api/bindings/:vhost/e/:source/q/:destination", VHOST_VISIBLE, bindings_between_q)     \
    R(GET, "/api/bindings/:vhost/e/:source/e/:destination", VHOST_VISIBLE, bindings_between_e)     \
    R(GET, "/api/bindings/:vhost/e/:source/q/:destination/:key", VHOST_VISIBLE, binding_q)         \
    R(GET, "/api/bindings/:vhost/e/:source/e/:destination/:key", VHOST_VISIBLE, binding_e)         \
    R(GET, "/api/connections", LOGIN, connections)                                                 \
    R(GET, "/api/connections/username/:user", LOGIN, connections_of_user)                          \
    R(GET, "/api/connections/:connection", LOGIN, connection)                                      \
    R(GET, "/api/connections/:connection/channels", LOGIN, connection_channels)                    \
    R(GET, "/api/connections/:connection/sessions", LOGIN, connection_sessions)                    \
    R(GET, "/api/channels", LOGIN, channels)                                                       \
    R(GET, "/api/channels/:channel", LOGIN, channel)                                               \
    R(GET, "/api/consumers", LOGIN, consumers)                                                     \
    R(GET, "/api/consumers/:vhost", VHOST_VISIBLE, consumers)                                      \
    R(GET, "/api/policies", LOGIN, policies)                                                       \
    R(GET, "/api/policies/:vhost", VHOST_VISIBLE, policies)                                        \
    R(GET, "/api/policies/:vhost/:name", POLICYMAKER, policy)                                      \
    R(PUT, "/api/policies/:vhost/:name", POLICYMAKER, policy_put)                                  \
    R(DELETE, "/api/policies/:vhost/:name", POLICYMAKER, policy_delete)                            \
    R(GET, "/api/operator-policies", LOGIN, operator_policies)                                     \
    R(GET, "/api/operator-policies/:vhost", VHOST_VISIBLE, operator_policies)                      \
    R(GET, "/api/operator-policies/:vhost/:name", ADMINISTRATOR, operator_policy)                  \
    R(PUT, "/api/operator-policies/:vhost/:name", ADMINISTRATOR, operator_policy_put)              \
    R(DELETE, "/api/operator-policies/:vhost/:name", ADMINISTRATOR, operator_policy_delete)        \
    R(GET, "/api/parameters", POLICYMAKER, parameters)                                             \
    R(GET, "/api/parameters/:component", POLICYMAKER, parameters)                                  \
    R(GET, "/api/parameters/:component/:vhost", POLICYMAKER, parameters)                           \
    R(GET, "/api/parameters/:component/:vhost/:name", POLICYMAKER, parameter)                      \
    R(PUT, "/api/parameters/:component/:vhost/:name", POLICYMAKER, parameter_put)                  \
    R(DELETE, "/api/parameters/:component/:vhost/:name", POLICYMAKER, parameter_delete)            \
    R(GET, "/api/global-parameters", POLICYMAKER, global_parameters)                               \
    R(GET, "/api/global-parameters/:name", POLICYMAKER, global_parameter)                          \
    R(PUT, "/api/global-parameters/:name", POLICYMAKER, global_parameter_put)                      \
    R(DELETE, "/api/global-parameters/:name", POLICYMAKER, global_parameter_delete)                \
    R(GET, "/api/vhost-limits", LOGIN, vhost_limits)                                               \
    R(GET, "/api/vhost-limits/:vhost", VHOST_MONITORED, vhost_limits)                              \
    R(PUT, "/api/vhost-limits/:vhost/:name", ADMINISTRATOR, vhost_limit_put)                       \
    R(DELETE, "/api/vhost-limits/:vhost/:name", ADMINISTRATOR, vhost_limit_delete)                 \
    R(GET, "/api/user-limits", LOGIN, user_limits)                                                 \
    R(GET, "/api/user-limits/:user", LOGIN, user_limits_of)                                        \
    R(PUT, "/api/user-limits/:user/:name", ADMINISTRATOR, user_limit_put)                          \
    R(DELETE, "/api/user-limits/:user/:name", ADMINISTRATOR, user_limit_delete)                    \
    R(GET, "/api/definitions", ADMINISTRATOR, definitions)                                         \
    R(GET, "/api/all-configuration", ADMINISTRATOR, definitions)                                   \
    R(GET, "/api/definitions/:vhost", ADMINISTRATOR, definitions)                                  \
    R(GET, "/api/healthchecks/node", LOGIN, health_ok)                                             \
    R(GET, "/api/healthchecks/node/:node", LOGIN, health_of_node)                                  \
    R(GET, "/api/health/checks/alarms", LOGIN, health_alarms)                                      \
    R(GET, "/api/health/checks/local-alarms", LOGIN, health_alarms)                                \
    R(GET, "/api/health/checks/virtual-hosts", LOGIN, health_ok)                                   \
    R(GET, "/api/health/checks/is-in-service", LOGIN, health_in_service)                           \
    R(GET, "/api/health/checks/ready-to-serve-clients", LOGIN, health_in_service)                  \
    R(GET, "/api/health/checks/node-is-quorum-critical", LOGIN, health_single_node)                \
    R(GET, "/api/health/checks/node-is-mirror-sync-critical", LOGIN, health_single_node)           \
    R(GET, "/api/health/checks/certificate-expiration/:within/:unit", LOGIN, health_certificates)  \
    R(GET, "/api/health/checks/metadata-store/initialized", LOGIN, health_ok)                      \
    R(GET, "/api/health/checks/metadata-store/initialized/with-data", LOGIN, health_ok)            \
    R(GET, "/api/health/checks/reached-target-cluster-size", LOGIN, health_ok)                     \
    R(GET, "/api/health/checks/quorum-queues-without-elected-leaders/all-vhosts", LOGIN,           \
      health_ok)                                                                                   \
    R(GET, "/api/health/checks/quorum-queues-without-elected-leaders/all-vhosts/pattern/:pattern", \
      LOGIN, health_ok)                                                                            \
    R(GET, "/api/health/checks/quorum-queues-without-elected-leaders/vhost/:vhost", LOGIN,         \
      health_ok)                                                                                   \
    R(GET,                                                                                         \
      "/api/health/checks/quorum-queues-without-elected-leaders/vhost/:vhost/pattern/:pattern",    \
      LOGIN, health_ok)                                                                            \
    R(GET, "/api/health/checks/below-node-connection-limit", LOGIN, health_connection_limit)       \
    R(GET, "/api/health/checks/port-listener/:port", LOGIN, health_port)                           \
    R(GET, "/api/health/checks/protocol-listener/:protocol", LOGIN, health_protocol)               \
    R(PUT, "/api/vhosts/:vhost", ADMINISTRATOR, vhost_put)                                         \
    R(DELETE, "/api/vhosts/:vhost", ADMINISTRATOR, vhost_delete)                                   \
    R(GET, "/api/vhosts/:vhost/deletion/protection", ADMINISTRATOR, vhost_protection)              \
    R(POST, "/api/vhosts/:vhost/deletion/protection", ADMINISTRATOR, vhost_protection_post)        \
    R(DELETE, "/api/vhosts/:vhost/deletion/protection", ADMINISTRATOR, vhost_protection_delete)    \
    R(POST, "/api/users/bulk-delete", ADMINISTRATOR, users_bulk_delete)                            \
    R(PUT, "/api/users/:user", ADMINISTRATOR, user_put)                                            \
    R(DELETE, "/api/users/:user", ADMINISTRATOR, user_delete)                                      \
    R(PUT, "/api/permissions/:vhost/:user", ADMINISTRATOR, permission_put)                         \
    R(DELETE, "/api/permissions/:vhost/:user", ADMINISTRATOR, permission_delete)                   \
    R(PUT, "/api/topic-permissions/:vhost/:user", ADMINISTRATOR, topic_permission_put)             \
    R(DELETE, "/api/topic-permissions/:vhost/:user", ADMINISTRATOR, topic_permission_delete)       \
    R(PUT, "/api/topic-permissions/:vhost/:user/:exchange", ADMINISTRATOR, topic_permission_put)   \
    R(DELETE, "/api/topic-permissions/:vhost/:user/:exchange", ADMINISTRATOR,                      \
      topic_permission_delete)                                                                     \
    R(PUT, "/api/exchanges/:vhost/:exchange", VHOST_VISIBLE, exchange_put)                         \
    R(DELETE, "/api/exchanges/:vhost/:exchange", VHOST_VISIBLE, exchange_delete)                   \
    R(POST, "/api/exchanges/:vhost/:exchange/publish", VHOST_VISIBLE, publish)                     \
    R(PUT, "/api/queues/:vhost/:queue", VHOST_VISIBLE, queue_put)                                  \
    R(DELETE, "/api/queues/:vhost/:queue", VHOST_VISIBLE, queue_delete)                            \
    R(DELETE, "/api/queues/:vhost/:queue/contents", VHOST_VISIBLE, queue_purge)                    \
    R(POST, "/api/queues/:vhost/:queue/get", VHOST_VISIBLE, get)                                   \
    R(POST, "/api/queues/:vhost/:queue/actions", ADMINISTRATOR, queue_action)                      \
    R(POST, "/api/bindings/:vhost/e/:source/q/:destination", VHOST_VISIBLE, binding_q_post)        \
    R(POST, "/api/bindings/:vhost/e/:source/e/:destination", VHOST_VISIBLE, binding_e_post)        \
    R(DELETE, "/api/bindings/:vhost/e/:source/q/:destination/:key", VHOST_VISIBLE,                 \
      binding_q_delete)                                                                            \
    R(DELETE, "/api/bindings/:vhost/e/:source/e/:destination/:key", VHOST_VISIBLE,                 \
      binding_e_delete)                                                                            \
    R(DELETE, "/api/connections/:connection", LOGIN, connection_delete)                            \
    R(DELETE, "/api/connections/username/:user", LOGIN, connections_of_user_delete)                \
    R(POST, "/api/definitions", ADMINISTRATOR, definitions_post)                                   \
    R(POST, "/api/all-configuration", ADMINISTRATOR, definitions_post)                             \
    R(POST, "/api/definitions/:vhost", ADMINISTRATOR, definitions_post)                            \
    R(GET, "/api/aliveness-test/:vhost", VHOST_VISIBLE, aliveness_test)                            \
    R(POST, "/api/rebalance/queues", ADMINISTRATOR, nothing_to_do)                                 \
    R(DELETE, "/api/reset/:node", ADMINISTRATOR, reset_of_node)                                    \
    R(DELETE, "/api/reset", ADMINISTRATOR, nothing_to_do)                                          \
    R(GET, "/cli", PUBLIC, cli)                                                                    \
    R(GET, "/cli/index.html", PUBLIC, cli)                                                         \
    R(GET, "/cli/rabbitmqadmin", PUBLIC, cli_rabbitmqadmin)                                        \
    R(GET, "/api/auth/attempts/:node", MONITORING, auth_attempts)                                  \
    R(DELETE, "/api/auth/attempts/:node", MONITORING, auth_attempts_delete)                        \
    R(GET, "/api/auth/attempts/:node/source", MONITORING, auth_sources)                            \
    R(DELETE, "/api/auth/attempts/:node/source", MONITORING, auth_sources_delete)                  \
    ROUTES_OF_PLUGINS(R)

#define R(method, path, scope, handler) void on_##handler(struct call *call);
/* A handler may stand in several rows; declaring it again does no harm. */
ROUTES(R)
#undef R

#endif
