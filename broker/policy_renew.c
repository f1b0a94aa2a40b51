#include "broker/policy_internal.h"

#include "amqp/table.h"
#include "broker/broker_internal.h"
#include "broker/enqueue.h"
#include "broker/expiry.h"
#include "broker/policy.h"
#include "broker/policy_definition.h"

static struct slice definition_of(const struct policy *policy)
{
    return policy ? policy->definition : (struct slice){0};
}

static enum policy_target target_of(const struct broker_queue *queue)
{
    static const enum policy_target targets[] = {
        [QUEUE_CLASSIC] = POLICY_CLASSIC_QUEUES,
        [QUEUE_QUORUM] = POLICY_QUORUM_QUEUES,
        [QUEUE_STREAM] = POLICY_STREAMS,
    };
    return targets[queue->kind];
}

/* The two that count for the queue, and what they amount to. */
static void find_definition(struct broker_queue *queue)
{
    const struct vhost *vhost = queue->vhost;
    enum policy_target target = target_of(queue);
    queue->policy = policies_match(&vhost->policies[POLICY_OF_USERS], target, queue->name);
    queue->operator_policy =
        policies_match(&vhost->policies[POLICY_OF_OPERATORS], target, queue->name);
    queue->definition.len = 0;
    policy_definition_merge(definition_of(queue->policy), definition_of(queue->operator_policy),
                            &queue->definition);
}

void policy_find_limits(struct broker_queue *queue)
{
    if (queue->kind != QUEUE_DELAYED) {
        find_definition(queue);
    }
    queue->limits =
        queue_limits_read(queue->arguments, bytes_slice(&queue->definition), queue->kind);
    queue->bounded = queue->limits.ttl_ms != UINT64_MAX || queue->limits.length_max != UINT64_MAX ||
                     queue->limits.bytes_max != UINT64_MAX || queue->seen;
}

void policy_renew_queue(struct broker_queue *queue, struct effects *fx)
{
    uint64_t expires_ms = queue->limits.expires_ms;
    policy_find_limits(queue);
    if (queue->vhost->broker->restoring) { // what comes next may lift it again
        return;
    }
    if (queue->limits.expires_ms != expires_ms) {
        expiry_touch(queue);
    }
    enqueue_trim(queue, fx);
}

void policy_renew_exchange(const struct vhost *vhost, struct exchange *exchange)
{
    struct field_value value;
    const struct policy *policy = policies_match(&vhost->policies[POLICY_OF_USERS],
                                                 POLICY_EXCHANGES, exchange_name(exchange));
    bool given = table_get(definition_of(policy), SLICE("alternate-exchange"), &value);
    exchange_set_policy_alternate(exchange, given ? value.bytes : (struct slice){0});
}
