#ifndef BROKER_POLICY_INTERNAL_H
#define BROKER_POLICY_INTERNAL_H

#include "broker/effect.h"

struct broker_queue;
struct exchange;
struct vhost;

/* Finds the policies that hold for a queue, and its limits. */
void policy_find_limits(struct broker_queue *queue);

/* The same after the virtual host's policies have changed, and enforces what they set now. What is
 * dead-lettered by that is left for dead_letters_send. */
void policy_renew_queue(struct broker_queue *queue, struct effects *fx);

void policy_renew_exchange(const struct vhost *vhost, struct exchange *exchange);

#endif
