#ifndef BROKER_BROKER_QUEUE_H
#define BROKER_BROKER_QUEUE_H

#include "base/list.h"
#include "broker/death.h"
#include "broker/effect.h"
#include "broker/topology.h"

struct broker;
struct broker_queue;
struct channel;
struct delivery;
struct msg;
struct session;
struct vhost;

/* A queue of a virtual host: messages (queue/queue.h) with a name, consumers and an owner. */
struct broker_queue_options {
    struct slice name;
    struct slice arguments;
    struct session *owner; // the session of an exclusive queue; NULL otherwise
    uint64_t id;           // from the journal; 0: the next one
    uint8_t kind;          // enum queue_kind
    bool durable;
    bool auto_delete;
};

struct broker_queue *broker_queue_add(struct vhost *vhost,
                                      const struct broker_queue_options *options);
struct broker_queue *broker_queue_find(const struct vhost *vhost, struct slice name); // or NULL

/* Of those that are durable; NULL if there is none with this id. */
struct broker_queue *broker_queue_by_id(const struct broker *broker, uint64_t id);

/* How the journal tells of it; the slices are borrowed from the queue. */
struct topology_queue_put broker_queue_entry(const struct broker_queue *queue);

/* Its ready messages: put one behind them (takes a reference of its own; returns the position),
 * take the first (false if there is none), give one back that was taken, drop all (returns how
 * many). */
uint64_t broker_queue_put(struct broker_queue *queue, struct msg *msg, uint64_t expires);
bool broker_queue_take(struct broker_queue *queue, struct delivery *out);
/* During recovery: takes the one at this position. */
bool broker_queue_pick(struct broker_queue *queue, uint64_t position, struct delivery *out);
void broker_queue_put_back(struct broker_queue *queue, const struct delivery *delivery);
/* Counts so many ready messages more (or less) that came there in another way, with so many octets
 * in their bodies. */
void broker_queue_count(struct broker_queue *queue, int64_t messages, int64_t bytes);

uint64_t broker_queue_drop_all(struct broker_queue *queue, struct effects *fx);

/* Drops the first ready message, there being one; dead-letters it if the queue has such an
 * exchange. */
void broker_queue_drop_head(struct broker_queue *queue, enum death_reason reason,
                            struct effects *fx);

/* Deletes it: drops its messages, cancels its consumers (telling those that asked to be told),
 * removes its bindings. */
void broker_queue_remove(struct broker_queue *queue, struct effects *fx);

/* Frees what broker_queue_remove left, if nothing refers to it any more. */
void broker_queue_release(struct broker_queue *queue);

/* Finds the queue that an operation names. The empty name is the one declared last on the channel.
 * AMQP_NOT_FOUND; AMQP_RESOURCE_LOCKED if it is another connection's exclusive one. */
enum amqp_reply broker_queue_lookup(struct channel *channel, struct slice name,
                                    struct broker_queue **out, struct effects *fx);

/* The same of one whose messages the user must have the right to read. */
enum amqp_reply broker_queue_to_read(struct channel *channel, struct slice name,
                                     struct broker_queue **out, struct effects *fx);

/* AMQP_RESOURCE_LOCKED unless the channel may use the queue. */
enum amqp_reply broker_queue_check_owner(struct channel *channel, const struct broker_queue *queue,
                                         struct effects *fx);

/* AMQP_RESOURCE_LOCKED with RabbitMQ's text. */
enum amqp_reply broker_queue_refuse_locked(struct channel *channel,
                                           const struct broker_queue *queue, struct effects *fx);

/* The name that an operation means: the queue's, or that of the one declared last if it is empty.
 * AMQP_NOT_FOUND if there was none. The result may be in *buffer. */
enum amqp_reply broker_queue_name(const struct channel *channel, struct slice name,
                                  struct text *buffer, struct slice *out, struct effects *fx);

#endif
