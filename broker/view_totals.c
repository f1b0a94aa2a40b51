#include "broker/broker_internal.h"
#include "broker/view.h"

struct totals_view view_totals(const struct broker *broker)
{
    struct sums sums = broker->former;
    list_each(node, &broker->vhosts) {
        sums_add(&sums, &container_of(node, struct vhost, link)->sums);
    }
    struct totals_view view = {.messages = sums_of_messages(&sums),
                               .churn = broker->churn,
                               .sizes = sums.sizes,
                               .publishers = sums.publishers};
    memcpy(view.queues, sums.queues, sizeof view.queues);
    return view;
}
