#ifndef BROKER_TALLY_H
#define BROKER_TALLY_H

#include "broker/broker_internal.h"

/* Counting what happens to messages (broker/counts.h), for the files of broker/: a few additions
 * for an event, and nothing else, for the fastest path there is goes through here. */

/* A message was published there. */
static inline void tally_publish(const struct route_counts *counts)
{
    counts->source->publish++;
    counts->exchange->publish_in++;
}

/* It goes to this queue, the exchange being told of all of them together: `routed` is
 * pair_routed. */
static inline void tally_route(uint64_t *routed, struct broker_queue *queue)
{
    ++*routed;
    queue->counts.publish++;
    queue->sum->publish++;
}

/* It went to no queue: back to the publisher, or nowhere. */
static inline void tally_unroutable(const struct channel *channel, struct publish_counts *source,
                                    bool returned)
{
    struct publish_counts *sum = &channel->session->vhost->sums.in;
    source->return_unroutable += returned;
    source->drop_unroutable += !returned;
    sum->return_unroutable += returned;
    sum->drop_unroutable += !returned;
}

/* In confirm mode: it is answered by an ack, if it was accepted, or a nack. */
static inline void tally_confirm(const struct channel *channel, struct publish_counts *source,
                                 bool accepted)
{
    struct publish_counts *sum = &channel->session->vhost->sums.in;
    source->confirm += accepted;
    sum->confirm += accepted;
    sum->received_confirm++;
}

/* A message has been published in a transaction, and is counted when that is committed. */
static inline void tally_put_off(struct channel *channel)
{
    channel->session->vhost->sums.in.publish--;
}

static inline void tally_commit(struct channel *channel)
{
    channel->session->vhost->sums.in.publish++;
}

/* A consumer or basic.get has a message of the queue: `name` as in DELIVERY_COUNTS, `to` is
 * pair_deliveries. */
#define TALLY_OUT(to, queue, name)                                                                 \
    ((to)->name++, (queue)->counts.out.name++, (queue)->sum->out.name++)

/* A direct reply goes out on the channel. */
static inline void tally_reply(struct channel *channel)
{
    channel->counts.out.deliver_no_ack++;
    channel->session->vhost->sums.replies.deliver_no_ack++;
}

/* A message of the queue has died: `fate` is dead_lettered or dropped. */
#define TALLY_DEATH(queue, fate, reason)                                                           \
    ((queue)->counts.fate[reason]++, (queue)->sum->fate[reason]++)

/* A message of the queue that is not in memory is read back from the journal. */
static inline void tally_read(struct broker_queue *queue, const struct msg *msg)
{
    if (msg->stub) {
        queue->counts.disk_reads++;
        queue->sum->disk_reads++;
    }
}

/* A message of the queue is given to the journal. */
static inline void tally_write(struct broker_queue *queue)
{
    queue->counts.disk_writes++;
    queue->sum->disk_writes++;
}

/* The channel's counts, with those of its pairs. */
struct message_counts tally_channel(const struct channel *channel);

/* The channel is one that publishes, until it ends. */
void tally_publisher(struct channel *channel);
void tally_end_channel(const struct channel *channel);

/* The virtual host ends: its sums stay with the broker. */
void tally_end_vhost(const struct vhost *vhost);

#endif
