#ifndef AMQP_SPEC_H
#define AMQP_SPEC_H

/* The AMQP 0-9-1 method table with RabbitMQ's extensions: the one place where a class id, a method
 * id, a field order or a reply code is written down. Structs, decoders, encoders, names and the
 * server's dispatch table are all expanded from it.
 *
 * A row of AMQP_METHODS is M(class id, method id, name, fields, has content); a field is
 * F(wire type, name). The rows are in the order of the specification's section 1. */
#define NO_FIELDS(F)

#define CONNECTION_START_FIELDS(F)                                                                 \
    F(u8, version_major)                                                                           \
    F(u8, version_minor)                                                                           \
    F(table, server_properties)                                                                    \
    F(longstr, mechanisms)                                                                         \
    F(longstr, locales)

#define CONNECTION_START_OK_FIELDS(F)                                                              \
    F(table, client_properties)                                                                    \
    F(shortstr, mechanism)                                                                         \
    F(longstr, response)                                                                           \
    F(shortstr, locale)

#define CONNECTION_SECURE_FIELDS(F) F(longstr, challenge)

#define CONNECTION_SECURE_OK_FIELDS(F) F(longstr, response)

#define CONNECTION_TUNE_FIELDS(F)                                                                  \
    F(u16, channel_max)                                                                            \
    F(u32, frame_max)                                                                              \
    F(u16, heartbeat)

#define CONNECTION_TUNE_OK_FIELDS(F)                                                               \
    F(u16, channel_max)                                                                            \
    F(u32, frame_max)                                                                              \
    F(u16, heartbeat)

#define CONNECTION_OPEN_FIELDS(F)                                                                  \
    F(shortstr, virtual_host)                                                                      \
    F(shortstr, capabilities)                                                                      \
    F(bit, insist)

#define CONNECTION_OPEN_OK_FIELDS(F) F(shortstr, known_hosts)

#define CONNECTION_CLOSE_FIELDS(F)                                                                 \
    F(u16, reply_code)                                                                             \
    F(shortstr, reply_text)                                                                        \
    F(u16, class_id)                                                                               \
    F(u16, method_id)

#define CONNECTION_BLOCKED_FIELDS(F) F(shortstr, reason)

#define CONNECTION_UPDATE_SECRET_FIELDS(F)                                                         \
    F(longstr, new_secret)                                                                         \
    F(shortstr, reason)

#define CHANNEL_OPEN_FIELDS(F) F(shortstr, out_of_band)

#define CHANNEL_OPEN_OK_FIELDS(F) F(longstr, channel_id)

#define CHANNEL_FLOW_FIELDS(F) F(bit, active)

#define CHANNEL_FLOW_OK_FIELDS(F) F(bit, active)

#define CHANNEL_CLOSE_FIELDS(F)                                                                    \
    F(u16, reply_code)                                                                             \
    F(shortstr, reply_text)                                                                        \
    F(u16, class_id)                                                                               \
    F(u16, method_id)

#define ACCESS_REQUEST_FIELDS(F)                                                                   \
    F(shortstr, realm)                                                                             \
    F(bit, exclusive)                                                                              \
    F(bit, passive)                                                                                \
    F(bit, active)                                                                                 \
    F(bit, write)                                                                                  \
    F(bit, read)

#define ACCESS_REQUEST_OK_FIELDS(F) F(u16, ticket)

#define EXCHANGE_DECLARE_FIELDS(F)                                                                 \
    F(u16, ticket)                                                                                 \
    F(shortstr, exchange)                                                                          \
    F(shortstr, type)                                                                              \
    F(bit, passive)                                                                                \
    F(bit, durable)                                                                                \
    F(bit, auto_delete)                                                                            \
    F(bit, internal)                                                                               \
    F(bit, no_wait)                                                                                \
    F(table, arguments)

#define EXCHANGE_DELETE_FIELDS(F)                                                                  \
    F(u16, ticket)                                                                                 \
    F(shortstr, exchange)                                                                          \
    F(bit, if_unused)                                                                              \
    F(bit, no_wait)

#define EXCHANGE_BIND_FIELDS(F)                                                                    \
    F(u16, ticket)                                                                                 \
    F(shortstr, destination)                                                                       \
    F(shortstr, source)                                                                            \
    F(shortstr, routing_key)                                                                       \
    F(bit, no_wait)                                                                                \
    F(table, arguments)

#define EXCHANGE_UNBIND_FIELDS(F)                                                                  \
    F(u16, ticket)                                                                                 \
    F(shortstr, destination)                                                                       \
    F(shortstr, source)                                                                            \
    F(shortstr, routing_key)                                                                       \
    F(bit, no_wait)                                                                                \
    F(table, arguments)

#define QUEUE_DECLARE_FIELDS(F)                                                                    \
    F(u16, ticket)                                                                                 \
    F(shortstr, queue)                                                                             \
    F(bit, passive)                                                                                \
    F(bit, durable)                                                                                \
    F(bit, exclusive)                                                                              \
    F(bit, auto_delete)                                                                            \
    F(bit, no_wait)                                                                                \
    F(table, arguments)

#define QUEUE_DECLARE_OK_FIELDS(F)                                                                 \
    F(shortstr, queue)                                                                             \
    F(u32, message_count)                                                                          \
    F(u32, consumer_count)

#define QUEUE_BIND_FIELDS(F)                                                                       \
    F(u16, ticket)                                                                                 \
    F(shortstr, queue)                                                                             \
    F(shortstr, exchange)                                                                          \
    F(shortstr, routing_key)                                                                       \
    F(bit, no_wait)                                                                                \
    F(table, arguments)

#define QUEUE_PURGE_FIELDS(F)                                                                      \
    F(u16, ticket)                                                                                 \
    F(shortstr, queue)                                                                             \
    F(bit, no_wait)

#define QUEUE_PURGE_OK_FIELDS(F) F(u32, message_count)

#define QUEUE_DELETE_FIELDS(F)                                                                     \
    F(u16, ticket)                                                                                 \
    F(shortstr, queue)                                                                             \
    F(bit, if_unused)                                                                              \
    F(bit, if_empty)                                                                               \
    F(bit, no_wait)

#define QUEUE_DELETE_OK_FIELDS(F) F(u32, message_count)

#define QUEUE_UNBIND_FIELDS(F)                                                                     \
    F(u16, ticket)                                                                                 \
    F(shortstr, queue)                                                                             \
    F(shortstr, exchange)                                                                          \
    F(shortstr, routing_key)                                                                       \
    F(table, arguments)

#define BASIC_QOS_FIELDS(F)                                                                        \
    F(u32, prefetch_size)                                                                          \
    F(u16, prefetch_count)                                                                         \
    F(bit, global)

#define BASIC_CONSUME_FIELDS(F)                                                                    \
    F(u16, ticket)                                                                                 \
    F(shortstr, queue)                                                                             \
    F(shortstr, consumer_tag)                                                                      \
    F(bit, no_local)                                                                               \
    F(bit, no_ack)                                                                                 \
    F(bit, exclusive)                                                                              \
    F(bit, no_wait)                                                                                \
    F(table, arguments)

#define BASIC_CONSUME_OK_FIELDS(F) F(shortstr, consumer_tag)

#define BASIC_CANCEL_FIELDS(F)                                                                     \
    F(shortstr, consumer_tag)                                                                      \
    F(bit, no_wait)

#define BASIC_CANCEL_OK_FIELDS(F) F(shortstr, consumer_tag)

#define BASIC_PUBLISH_FIELDS(F)                                                                    \
    F(u16, ticket)                                                                                 \
    F(shortstr, exchange)                                                                          \
    F(shortstr, routing_key)                                                                       \
    F(bit, mandatory)                                                                              \
    F(bit, immediate)

#define BASIC_RETURN_FIELDS(F)                                                                     \
    F(u16, reply_code)                                                                             \
    F(shortstr, reply_text)                                                                        \
    F(shortstr, exchange)                                                                          \
    F(shortstr, routing_key)

#define BASIC_DELIVER_FIELDS(F)                                                                    \
    F(shortstr, consumer_tag)                                                                      \
    F(u64, delivery_tag)                                                                           \
    F(bit, redelivered)                                                                            \
    F(shortstr, exchange)                                                                          \
    F(shortstr, routing_key)

#define BASIC_GET_FIELDS(F)                                                                        \
    F(u16, ticket)                                                                                 \
    F(shortstr, queue)                                                                             \
    F(bit, no_ack)

#define BASIC_GET_OK_FIELDS(F)                                                                     \
    F(u64, delivery_tag)                                                                           \
    F(bit, redelivered)                                                                            \
    F(shortstr, exchange)                                                                          \
    F(shortstr, routing_key)                                                                       \
    F(u32, message_count)

#define BASIC_GET_EMPTY_FIELDS(F) F(shortstr, cluster_id)

#define BASIC_ACK_FIELDS(F)                                                                        \
    F(u64, delivery_tag)                                                                           \
    F(bit, multiple)

#define BASIC_REJECT_FIELDS(F)                                                                     \
    F(u64, delivery_tag)                                                                           \
    F(bit, requeue)

#define BASIC_RECOVER_ASYNC_FIELDS(F) F(bit, requeue)

#define BASIC_RECOVER_FIELDS(F) F(bit, requeue)

#define BASIC_NACK_FIELDS(F)                                                                       \
    F(u64, delivery_tag)                                                                           \
    F(bit, multiple)                                                                               \
    F(bit, requeue)

#define CONFIRM_SELECT_FIELDS(F) F(bit, no_wait)

#define AMQP_METHODS(M)                                                                            \
    M(10, 10, connection_start, CONNECTION_START_FIELDS, false)                                    \
    M(10, 11, connection_start_ok, CONNECTION_START_OK_FIELDS, false)                              \
    M(10, 20, connection_secure, CONNECTION_SECURE_FIELDS, false)                                  \
    M(10, 21, connection_secure_ok, CONNECTION_SECURE_OK_FIELDS, false)                            \
    M(10, 30, connection_tune, CONNECTION_TUNE_FIELDS, false)                                      \
    M(10, 31, connection_tune_ok, CONNECTION_TUNE_OK_FIELDS, false)                                \
    M(10, 40, connection_open, CONNECTION_OPEN_FIELDS, false)                                      \
    M(10, 41, connection_open_ok, CONNECTION_OPEN_OK_FIELDS, false)                                \
    M(10, 50, connection_close, CONNECTION_CLOSE_FIELDS, false)                                    \
    M(10, 51, connection_close_ok, NO_FIELDS, false)                                               \
    M(10, 60, connection_blocked, CONNECTION_BLOCKED_FIELDS, false)                                \
    M(10, 61, connection_unblocked, NO_FIELDS, false)                                              \
    M(10, 70, connection_update_secret, CONNECTION_UPDATE_SECRET_FIELDS, false)                    \
    M(10, 71, connection_update_secret_ok, NO_FIELDS, false)                                       \
    M(20, 10, channel_open, CHANNEL_OPEN_FIELDS, false)                                            \
    M(20, 11, channel_open_ok, CHANNEL_OPEN_OK_FIELDS, false)                                      \
    M(20, 20, channel_flow, CHANNEL_FLOW_FIELDS, false)                                            \
    M(20, 21, channel_flow_ok, CHANNEL_FLOW_OK_FIELDS, false)                                      \
    M(20, 40, channel_close, CHANNEL_CLOSE_FIELDS, false)                                          \
    M(20, 41, channel_close_ok, NO_FIELDS, false)                                                  \
    M(30, 10, access_request, ACCESS_REQUEST_FIELDS, false)                                        \
    M(30, 11, access_request_ok, ACCESS_REQUEST_OK_FIELDS, false)                                  \
    M(40, 10, exchange_declare, EXCHANGE_DECLARE_FIELDS, false)                                    \
    M(40, 11, exchange_declare_ok, NO_FIELDS, false)                                               \
    M(40, 20, exchange_delete, EXCHANGE_DELETE_FIELDS, false)                                      \
    M(40, 21, exchange_delete_ok, NO_FIELDS, false)                                                \
    M(40, 30, exchange_bind, EXCHANGE_BIND_FIELDS, false)                                          \
    M(40, 31, exchange_bind_ok, NO_FIELDS, false)                                                  \
    M(40, 40, exchange_unbind, EXCHANGE_UNBIND_FIELDS, false)                                      \
    M(40, 51, exchange_unbind_ok, NO_FIELDS, false)                                                \
    M(50, 10, queue_declare, QUEUE_DECLARE_FIELDS, false)                                          \
    M(50, 11, queue_declare_ok, QUEUE_DECLARE_OK_FIELDS, false)                                    \
    M(50, 20, queue_bind, QUEUE_BIND_FIELDS, false)                                                \
    M(50, 21, queue_bind_ok, NO_FIELDS, false)                                                     \
    M(50, 30, queue_purge, QUEUE_PURGE_FIELDS, false)                                              \
    M(50, 31, queue_purge_ok, QUEUE_PURGE_OK_FIELDS, false)                                        \
    M(50, 40, queue_delete, QUEUE_DELETE_FIELDS, false)                                            \
    M(50, 41, queue_delete_ok, QUEUE_DELETE_OK_FIELDS, false)                                      \
    M(50, 50, queue_unbind, QUEUE_UNBIND_FIELDS, false)                                            \
    M(50, 51, queue_unbind_ok, NO_FIELDS, false)                                                   \
    M(60, 10, basic_qos, BASIC_QOS_FIELDS, false)                                                  \
    M(60, 11, basic_qos_ok, NO_FIELDS, false)                                                      \
    M(60, 20, basic_consume, BASIC_CONSUME_FIELDS, false)                                          \
    M(60, 21, basic_consume_ok, BASIC_CONSUME_OK_FIELDS, false)                                    \
    M(60, 30, basic_cancel, BASIC_CANCEL_FIELDS, false)                                            \
    M(60, 31, basic_cancel_ok, BASIC_CANCEL_OK_FIELDS, false)                                      \
    M(60, 40, basic_publish, BASIC_PUBLISH_FIELDS, true)                                           \
    M(60, 50, basic_return, BASIC_RETURN_FIELDS, true)                                             \
    M(60, 60, basic_deliver, BASIC_DELIVER_FIELDS, true)                                           \
    M(60, 70, basic_get, BASIC_GET_FIELDS, false)                                                  \
    M(60, 71, basic_get_ok, BASIC_GET_OK_FIELDS, true)                                             \
    M(60, 72, basic_get_empty, BASIC_GET_EMPTY_FIELDS, false)                                      \
    M(60, 80, basic_ack, BASIC_ACK_FIELDS, false)                                                  \
    M(60, 90, basic_reject, BASIC_REJECT_FIELDS, false)                                            \
    M(60, 100, basic_recover_async, BASIC_RECOVER_ASYNC_FIELDS, false)                             \
    M(60, 110, basic_recover, BASIC_RECOVER_FIELDS, false)                                         \
    M(60, 111, basic_recover_ok, NO_FIELDS, false)                                                 \
    M(60, 120, basic_nack, BASIC_NACK_FIELDS, false)                                               \
    M(85, 10, confirm_select, CONFIRM_SELECT_FIELDS, false)                                        \
    M(85, 11, confirm_select_ok, NO_FIELDS, false)                                                 \
    M(90, 10, tx_select, NO_FIELDS, false)                                                         \
    M(90, 11, tx_select_ok, NO_FIELDS, false)                                                      \
    M(90, 20, tx_commit, NO_FIELDS, false)                                                         \
    M(90, 21, tx_commit_ok, NO_FIELDS, false)                                                      \
    M(90, 30, tx_rollback, NO_FIELDS, false)                                                       \
    M(90, 31, tx_rollback_ok, NO_FIELDS, false)

/* Reply codes (section 1.1, constants). A soft error closes the channel, a hard one the
 * connection. */
#define AMQP_REPLIES(R)                                                                            \
    R(311, CONTENT_TOO_LARGE, soft)                                                                \
    R(312, NO_ROUTE, soft)                                                                         \
    R(313, NO_CONSUMERS, soft)                                                                     \
    R(403, ACCESS_REFUSED, soft)                                                                   \
    R(404, NOT_FOUND, soft)                                                                        \
    R(405, RESOURCE_LOCKED, soft)                                                                  \
    R(406, PRECONDITION_FAILED, soft)                                                              \
    R(320, CONNECTION_FORCED, hard)                                                                \
    R(402, INVALID_PATH, hard)                                                                     \
    R(501, FRAME_ERROR, hard)                                                                      \
    R(502, SYNTAX_ERROR, hard)                                                                     \
    R(503, COMMAND_INVALID, hard)                                                                  \
    R(504, CHANNEL_ERROR, hard)                                                                    \
    R(505, UNEXPECTED_FRAME, hard)                                                                 \
    R(506, RESOURCE_ERROR, hard)                                                                   \
    R(530, NOT_ALLOWED, hard)                                                                      \
    R(540, NOT_IMPLEMENTED, hard)                                                                  \
    R(541, INTERNAL_ERROR, hard)

/* The properties of class basic in the order of their flags, highest bit first: P(wire type,
 * name). */
#define AMQP_BASIC_PROPERTIES(P)                                                                   \
    P(shortstr, content_type)                                                                      \
    P(shortstr, content_encoding)                                                                  \
    P(table, headers)                                                                              \
    P(u8, delivery_mode)                                                                           \
    P(u8, priority)                                                                                \
    P(shortstr, correlation_id)                                                                    \
    P(shortstr, reply_to)                                                                          \
    P(shortstr, expiration)                                                                        \
    P(shortstr, message_id)                                                                        \
    P(u64, timestamp)                                                                              \
    P(shortstr, type)                                                                              \
    P(shortstr, user_id)                                                                           \
    P(shortstr, app_id)                                                                            \
    P(shortstr, cluster_id)

#endif
