#include "broker/tally.h"
#include "broker/view.h"

static void add_queues(const struct vhost *vhost, struct totals_view *view)
{
    list_each(node, &vhost->queues) {
        const struct broker_queue *queue = container_of(node, struct broker_queue, link);
        queue_counts_add(&view->queues[queue->kind], &queue->counts);
    }
}

static void add_channels(const struct session *session, struct totals_view *view)
{
    list_each(node, &session->channels) {
        struct message_counts counts = tally_channel(container_of(node, struct channel, link));
        message_counts_add(&view->messages, &counts);
        view->publishers += counts.in.publish > 0;
    }
}

struct totals_view view_totals(const struct broker *broker)
{
    struct totals_view view = {
        .messages = broker->ended_counts, .churn = broker->churn, .sizes = broker->sizes};
    for (int i = 0; i < QUEUE_KINDS; i++) {
        view.queues[i] = broker->ended_queues[i];
    }
    list_each(node, &broker->vhosts) {
        const struct vhost *vhost = container_of(node, struct vhost, link);
        message_counts_add(&view.messages, &vhost->ended_counts);
        add_queues(vhost, &view);
    }
    list_each(it, &broker->sessions) {
        add_channels(container_of(it, struct session, link), &view);
    }
    return view;
}
