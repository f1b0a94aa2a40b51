#ifndef BROKER_POLICY_INTERNAL_H
#define BROKER_POLICY_INTERNAL_H

#include "broker/policy.h"
#include "broker/topology.h"

struct broker_queue;
struct exchange;
struct vhost;

/* Finds the policies that hold for a queue, and its limits. */
void policy_find_limits(struct broker_queue *queue);

/* Finds them anew after policies have changed, and makes the queue keep to its limits, unless the
 * broker is being restored. A time that has not changed runs on. What is dead-lettered is left for
 * posts_send. */
void policy_renew_queue(struct broker_queue *queue, struct effects *fx);

/* What the journal is told of a policy. */
struct topology_policy_put policy_entry(const struct vhost *vhost, enum policy_kind kind,
                                        const struct policy *policy);

void policy_renew_exchange(const struct vhost *vhost, struct exchange *exchange);

#endif
