#include "bench/flow.h"

enum { SECONDS_DEFAULT = 5 };

struct flow_plan flow_plan_of(const struct options *options, const struct flow_plan *defaults)
{
    struct flow_plan plan = *defaults;
    plan.producers = option_or(options->producers, plan.producers);
    plan.consumers = option_or(options->consumers, plan.consumers);
    plan.size = option_or(options->size, plan.size > 0 ? plan.size : 16);
    plan.confirm = option_or(options->confirm, plan.confirm);
    plan.ack_every = option_or(options->ack_every, plan.ack_every);
    plan.prefetch = option_or(options->prefetch, plan.prefetch);
    plan.rate = option_or(options->rate, plan.rate > 0 ? plan.rate : -1);
    plan.levels = options->levels;
    plan.expiration = options->expiration;
    plan.persistent = options->persistent;
    plan.verify = options->verify;
    if (options->messages >= 0 || options->seconds >= 0) {
        plan.messages = options->messages;
        plan.seconds = options->seconds;
    } else {
        plan.messages = plan.messages > 0 ? plan.messages : -1;
        plan.seconds = SECONDS_DEFAULT;
    }
    return plan;
}
