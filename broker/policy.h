#ifndef BROKER_POLICY_H
#define BROKER_POLICY_H

#include "broker/effect.h"
#include "broker/policies.h"

struct broker;
struct vhost;

/* The policies of a virtual host as whoever manages the broker sees them. What is set, changed or
 * deleted holds at once for the queues and exchanges that there are: bounds are enforced, times
 * start to run. */
enum policy_kind { POLICY_OF_USERS, POLICY_OF_OPERATORS };

/* Sets a policy, or replaces the one of this name. AMQP_PRECONDITION_FAILED, with RabbitMQ's reason
 * in fx->error, if the pattern or the definition is not valid. Copies. */
enum amqp_reply broker_put_policy(struct vhost *vhost, enum policy_kind kind,
                                  const struct policy_options *options, struct effects *fx);

/* AMQP_NOT_FOUND if there is none of this name. */
enum amqp_reply broker_delete_policy(struct vhost *vhost, enum policy_kind kind, struct slice name,
                                     struct effects *fx);

/* Whoever sets many of them holds them meanwhile, and renews what they hold for once: of n policies
 * each looks at all queues and exchanges, and at all that came before. Nothing else may be done in
 * between but setting and deleting policies and parameters. */
void broker_hold_policies(struct broker *broker);
void broker_renew_policies(struct broker *broker, struct effects *fx);

/* In order of name: struct policy.link. Borrowed until the next change. */
const struct policies *broker_policies(const struct vhost *vhost, enum policy_kind kind);

#endif
