#ifndef BROKER_EVENT_H
#define BROKER_EVENT_H

#include "base/bytes.h"
#include "base/text.h"

struct binding;
struct broker;
struct broker_queue;
struct channel;
struct consumer;
struct exchange;
struct topology;
struct vhost;

/* What happens to things, as messages of the exchange amq.rabbitmq.event: RabbitMQ's event exchange
 * plugin. The exchange is in the virtual host that broker_options.event_vhost names. The key says
 * what happened (queue.created), the headers to what; messages are empty and persistent. While
 * nothing is bound to the exchange nothing is made. Messages go out with the next broker_tick,
 * which is due at once. */
bool broker_wants_events(const struct broker *broker);

/* Whose doing it is from now on, until the next broker_tick: a user; an empty name: the broker's
 * own. Copies. */
void broker_set_actor(struct broker *broker, struct slice user);

/* Tells of one with these headers, besides the time and the actor. Nothing happens if nobody wants
 * to know. Copies. */
void broker_tell_event(struct broker *broker, const char *key, struct slice headers);

/* Of an alarm about this source, "memory" or "disk", that was raised or is over: nobody's doing. */
void broker_tell_alarm(struct broker *broker, struct slice source, bool raised);

/* What stands for a connection (channel 0) or a channel where RabbitMQ has a process. */
void event_add_pid(struct bytes *headers, const struct broker *broker, struct slice name,
                   uint32_t conn, uint16_t channel);

/* An array with the entries of a table as RabbitMQ shows terms: {<<"key">>,longstr,<<"value">>}. */
void event_add_terms(struct bytes *headers, struct slice name, struct slice table);

/* For the core's own files; what does not matter while nobody wants to know costs one look. */
void event_queue(const struct broker_queue *queue, bool created);
void event_exchange(const struct vhost *vhost, const struct exchange *exchange, bool created);
void event_binding(const struct vhost *vhost, const struct binding *binding, bool created);
void event_by(const struct channel *channel); // its user does what comes now
void event_channel(const struct channel *channel, bool created);
void event_consumer_created(const struct consumer *consumer, struct slice arguments);
void event_consumer_deleted(const struct consumer *consumer);
void event_user(struct broker *broker, const char *key, struct slice name);
void event_user_tags(struct broker *broker, struct slice name, struct slice tags);

/* Of what operators do to virtual hosts, permissions, policies, limits and parameters it is enough
 * to know what the journal is told. */
void event_topology(struct broker *broker, const struct topology *topology);

#endif
