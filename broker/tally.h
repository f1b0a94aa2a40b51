#ifndef BROKER_TALLY_H
#define BROKER_TALLY_H

#include "broker/broker_internal.h"

/* Counting what happens to messages (broker/counts.h), for the files of broker/: a few additions
 * for an event, and nothing else, for the fastest path there is goes through here. */

/* A message was published there. */
static inline void tally_publish(struct channel *channel, struct exchange_counts *exchange)
{
    channel->counts.in.publish++;
    exchange->publish_in++;
}

/* It goes to this queue. */
static inline void tally_route(struct exchange_counts *exchange, struct broker_queue *queue)
{
    exchange->publish_out++;
    queue->counts.publish++;
}

/* It went to no queue: back to the publisher, or nowhere. */
static inline void tally_unroutable(struct channel *channel, bool returned)
{
    channel->counts.in.return_unroutable += returned;
    channel->counts.in.drop_unroutable += !returned;
}

/* A consumer or basic.get has a message of the queue: `name` as in DELIVERY_COUNTS. */
#define TALLY_OUT(channel, queue, name) ((channel)->counts.out.name++, (queue)->counts.out.name++)

/* The channel's counts with those that are kept elsewhere. */
struct message_counts tally_channel(const struct channel *channel);

/* The channel ends: its counts stay with its virtual host. */
void tally_end_channel(const struct channel *channel);

/* The queue is out of sight: what it counted stays with the broker, by kind. */
void tally_end_queue(struct broker_queue *queue);

/* The virtual host ends: the counts of its channels stay with the broker. */
void tally_end_vhost(const struct vhost *vhost);

#endif
