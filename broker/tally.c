#include "broker/tally.h"

struct message_counts tally_channel(const struct channel *channel)
{
    struct message_counts counts = channel->counts;
    list_each(node, &channel->pairs.list) {
        const struct pair *pair = container_of(node, struct pair, own_link);
        if (pair->kind == PAIR_CHANNEL_EXCHANGE) {
            publish_counts_add(&counts.in, &pair->in);
        } else {
            delivery_counts_add(&counts.out, &pair->out);
        }
    }
    counts.in.received_confirm = channel->publish_count;
    return counts;
}

void tally_publisher(struct channel *channel)
{
    channel->session->vhost->sums.publishers += !channel->publishes;
    channel->publishes = true;
}

void tally_end_channel(const struct channel *channel)
{
    channel->session->vhost->sums.publishers -= channel->publishes;
}

void tally_end_vhost(const struct vhost *vhost)
{
    sums_add(&vhost->broker->former, &vhost->sums);
}
