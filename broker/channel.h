#ifndef BROKER_CHANNEL_H
#define BROKER_CHANNEL_H

#include "amqp/method.h"
#include "broker/effect.h"

struct channel;
struct session;

/* A channel of a session, and the operations that a client asks for on it, one a method. Each
 * returns AMQP_OK, having put its -ok method among the effects (unless no-wait), or the reply code
 * to close the channel or connection with, the reason being in fx->error. The shell then closes
 * the channel (or session); nothing else of the operation has happened. Slices in arguments are
 * borrowed for the call only. */
struct channel *channel_open(struct session *session, uint16_t number);

/* The client asks something of it: it is not idle. Publishing does so by itself. */
void channel_touch(struct channel *channel);

/* Cancels its consumers, drops an open transaction, gives unsettled messages back to their queues
 * in order, and frees it. */
void channel_close(struct channel *channel, struct effects *fx);

/* O(operation): broker_<operation>(struct channel *, const struct amqp_<operation> *, struct
 * effects *). */
#define BROKER_OPERATIONS(O)                                                                       \
    O(exchange_declare)                                                                            \
    O(exchange_delete)                                                                             \
    O(exchange_bind)                                                                               \
    O(exchange_unbind)                                                                             \
    O(queue_declare)                                                                               \
    O(queue_bind)                                                                                  \
    O(queue_unbind)                                                                                \
    O(queue_purge)                                                                                 \
    O(queue_delete)                                                                                \
    O(basic_qos)                                                                                   \
    O(basic_consume)                                                                               \
    O(basic_cancel)                                                                                \
    O(basic_get)                                                                                   \
    O(basic_ack)                                                                                   \
    O(basic_nack)                                                                                  \
    O(basic_reject)                                                                                \
    O(basic_recover)                                                                               \
    O(basic_recover_async)                                                                         \
    O(confirm_select)                                                                              \
    O(tx_select)                                                                                   \
    O(tx_commit)                                                                                   \
    O(tx_rollback)

#define O(name)                                                                                    \
    enum amqp_reply broker_##name(struct channel *channel, const struct amqp_##name *args,         \
                                  struct effects *fx);
BROKER_OPERATIONS(O)
#undef O

/* Declares a queue as definitions describe it: it may have a name that the broker has made, and is
 * a classic one without x-queue-type, whatever the virtual host says. */
enum amqp_reply broker_queue_import(struct channel *channel, const struct amqp_queue_declare *args,
                                    struct effects *fx);

/* basic.publish with its content. */
struct publish {
    struct slice exchange;
    struct slice routing_key;
    struct slice properties; // flags and list, as encoded by the client
    struct slice body;       // whole
    struct msg *msg;         // taken: the message already assembled from the above; NULL if not
    bool mandatory;
    bool immediate;
};

/* Checks, routes, enqueues, delivers, confirms. The message is copied into memory only if somebody
 * keeps it (or if publish->msg has it there already). AMQP_SYNTAX_ERROR if the properties are
 * malformed. */
enum amqp_reply broker_publish(struct channel *channel, const struct publish *publish,
                               struct effects *fx);

/* What is refused before the body has come: one that is larger than the limit. If `immediate` was
 * asked for, it is refused because of that, as RabbitMQ looks at it first. */
enum amqp_reply broker_check_size(struct channel *channel, uint64_t body_len, bool immediate,
                                  struct effects *fx);

#endif
