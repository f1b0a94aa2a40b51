#ifndef CTL_PLUGIN_NAMES_H
#define CTL_PLUGIN_NAMES_H

/* P(name, whether it is built in): RabbitMQ's plugins, by name. What is built in is always there.
 */
#define PLUGINS(P)                                                                                 \
    P("rabbitmq_amqp1_0", false)                                                                   \
    P("rabbitmq_auth_backend_cache", false)                                                        \
    P("rabbitmq_auth_backend_http", false)                                                         \
    P("rabbitmq_auth_backend_ldap", false)                                                         \
    P("rabbitmq_auth_backend_oauth2", false)                                                       \
    P("rabbitmq_auth_mechanism_ssl", true)                                                         \
    P("rabbitmq_consistent_hash_exchange", true)                                                   \
    P("rabbitmq_delayed_message_exchange", true)                                                   \
    P("rabbitmq_event_exchange", true)                                                             \
    P("rabbitmq_federation", false)                                                                \
    P("rabbitmq_federation_management", false)                                                     \
    P("rabbitmq_jms_topic_exchange", false)                                                        \
    P("rabbitmq_management", true)                                                                 \
    P("rabbitmq_management_agent", true)                                                           \
    P("rabbitmq_message_deduplication", true)                                                      \
    P("rabbitmq_mqtt", false)                                                                      \
    P("rabbitmq_peer_discovery_aws", false)                                                        \
    P("rabbitmq_peer_discovery_common", false)                                                     \
    P("rabbitmq_peer_discovery_consul", false)                                                     \
    P("rabbitmq_peer_discovery_etcd", false)                                                       \
    P("rabbitmq_peer_discovery_k8s", false)                                                        \
    P("rabbitmq_prometheus", true)                                                                 \
    P("rabbitmq_random_exchange", true)                                                            \
    P("rabbitmq_recent_history_exchange", true)                                                    \
    P("rabbitmq_sharding", false)                                                                  \
    P("rabbitmq_shovel", false)                                                                    \
    P("rabbitmq_shovel_management", false)                                                         \
    P("rabbitmq_stomp", false)                                                                     \
    P("rabbitmq_stream", false)                                                                    \
    P("rabbitmq_stream_management", false)                                                         \
    P("rabbitmq_top", false)                                                                       \
    P("rabbitmq_tracing", false)                                                                   \
    P("rabbitmq_trust_store", false)                                                               \
    P("rabbitmq_web_dispatch", true)                                                               \
    P("rabbitmq_web_mqtt", false)                                                                  \
    P("rabbitmq_web_stomp", false)

#endif
