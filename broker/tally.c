#include "broker/tally.h"

struct message_counts tally_channel(const struct channel *channel)
{
    struct message_counts counts = channel->counts;
    counts.in.received_confirm = channel->publish_count;
    return counts;
}

void tally_end_channel(const struct channel *channel)
{
    struct message_counts counts = tally_channel(channel);
    message_counts_add(&channel->session->vhost->ended_counts, &counts);
}

void tally_end_queue(struct broker_queue *queue)
{
    queue_counts_add(&queue->vhost->broker->ended_queues[queue->kind], &queue->counts);
    queue->counts = (struct queue_counts){0};
}

void tally_end_vhost(const struct vhost *vhost)
{
    message_counts_add(&vhost->broker->ended_counts, &vhost->ended_counts);
}
