#include "broker/policy.h"

#include "broker/ack_timeout.h"
#include "broker/broker_internal.h"
#include "broker/outcome_internal.h"
#include "broker/policy_internal.h"
#include "broker/post.h"

/* Everything that a policy may hold for. No queue goes in the course of it: x-expires does not act
 * before the next tick. */
static void renew_all(struct vhost *vhost, struct effects *fx)
{
    for (struct exchange *exchange = exchanges_first(vhost->exchanges); exchange;
         exchange = exchanges_next(vhost->exchanges, exchange)) {
        policy_renew_exchange(vhost, exchange);
    }
    list_each(node, &vhost->queues) {
        policy_renew_queue(container_of(node, struct broker_queue, link), fx);
    }
    ack_timeouts_renew(vhost->broker);
    forget_routes(vhost->broker); // alternate exchanges
    posts_send(vhost->broker, fx);
}

static void renew_or_wait(struct vhost *vhost, struct effects *fx)
{
    if (vhost->broker->policies_held) {
        vhost->policies_changed = true;
    } else {
        renew_all(vhost, fx);
    }
}

void broker_hold_policies(struct broker *broker)
{
    broker->policies_held = true;
}

void broker_renew_policies(struct broker *broker, struct effects *fx)
{
    broker->policies_held = false;
    list_each(node, &broker->vhosts) {
        struct vhost *vhost = container_of(node, struct vhost, link);
        if (vhost->policies_changed) {
            vhost->policies_changed = false;
            renew_all(vhost, fx);
        }
    }
}

struct topology_policy_put policy_entry(const struct vhost *vhost, enum policy_kind kind,
                                        const struct policy *policy)
{
    return (struct topology_policy_put){
        .vhost = vhost->name,
        .by_operator = kind == POLICY_OF_OPERATORS,
        .name = policy->name,
        .pattern = policy->source,
        .apply = (uint64_t)policy->apply,
        .priority = outcome_zigzag(0, (uint64_t)policy->priority),
        .definition = policy->definition,
    };
}

/* `before`: how many there were of this kind. */
static void count_mirrors(struct vhost *vhost, enum policy_kind kind, uint32_t before)
{
    vhost->broker->counters.mirror_policies += vhost->policies[kind].mirror_count;
    vhost->broker->counters.mirror_policies -= before;
}

enum amqp_reply broker_put_policy(struct vhost *vhost, enum policy_kind kind,
                                  const struct policy_options *options, struct effects *fx)
{
    struct text why;
    text_clear(&why);
    uint32_t mirrors = vhost->policies[kind].mirror_count;
    if (!policies_put(&vhost->policies[kind], options, &why)) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED, "%s", text_slice(&why));
    }
    count_mirrors(vhost, kind, mirrors);
    struct topology topology = {
        .kind = TOPOLOGY_policy_put,
        .policy_put =
            policy_entry(vhost, kind, policies_find(&vhost->policies[kind], options->name)),
    };
    outcome_topology(vhost->broker, &topology, fx);
    renew_or_wait(vhost, fx);
    return AMQP_OK;
}

enum amqp_reply broker_delete_policy(struct vhost *vhost, enum policy_kind kind, struct slice name,
                                     struct effects *fx)
{
    struct policy *policy = policies_find(&vhost->policies[kind], name);
    if (!policy) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no policy '%s' in vhost '%s'", name,
                              vhost->name);
    }
    struct topology topology = {.kind = TOPOLOGY_policy_delete,
                                .policy_delete = {.vhost = vhost->name,
                                                  .by_operator = kind == POLICY_OF_OPERATORS,
                                                  .name = policy->name}};
    outcome_topology(vhost->broker, &topology, fx);
    uint32_t mirrors = vhost->policies[kind].mirror_count;
    policies_remove(&vhost->policies[kind], policy);
    count_mirrors(vhost, kind, mirrors);
    renew_or_wait(vhost, fx);
    return AMQP_OK;
}

const struct policies *broker_policies(const struct vhost *vhost, enum policy_kind kind)
{
    return &vhost->policies[kind];
}
