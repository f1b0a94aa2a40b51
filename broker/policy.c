#include "broker/policy.h"

#include "broker/broker_internal.h"
#include "broker/dead_letter.h"
#include "broker/policy_internal.h"

/* Everything that a policy may hold for. Queues may go in the course of it (x-expires does not act
 * before the next tick, so none does). */
static void renew_all(struct vhost *vhost, struct effects *fx)
{
    for (struct exchange *exchange = exchanges_first(vhost->exchanges); exchange;
         exchange = exchanges_next(vhost->exchanges, exchange)) {
        policy_renew_exchange(vhost, exchange);
    }
    list_each(node, &vhost->queues) {
        policy_renew_queue(container_of(node, struct broker_queue, link), fx);
    }
    forget_routes(vhost->broker); // alternate exchanges
    dead_letters_send(vhost->broker, fx);
}

enum amqp_reply broker_put_policy(struct vhost *vhost, enum policy_kind kind,
                                  const struct policy_options *options, struct effects *fx)
{
    struct text why;
    text_clear(&why);
    if (!policies_put(&vhost->policies[kind], options, &why)) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED, "%s", text_slice(&why));
    }
    renew_all(vhost, fx);
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
    policies_remove(&vhost->policies[kind], policy);
    renew_all(vhost, fx);
    return AMQP_OK;
}

const struct policies *broker_policies(const struct vhost *vhost, enum policy_kind kind)
{
    return &vhost->policies[kind];
}
