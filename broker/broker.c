#include "broker/broker.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/cursor.h"
#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/delay.h"
#include "broker/parameter_internal.h"
#include "broker/post.h"
#include "broker/user_internal.h"
#include "broker/vhost_internal.h"

struct broker *broker_new(const struct broker_options *options)
{
    struct broker *broker = memory_new(sizeof *broker);
    broker->options = *options;
    broker->route_version = 1;
    broker->rights_version = 1;
    map_init(&broker->vhosts_by_name, options->secret);
    map_init(&broker->users_by_name, options->secret);
    map_init(&broker->reply_channels, options->secret);
    map_init(&broker->queues_by_id, options->secret);
    residency_init(&broker->residency, &broker->ledger);
    list_init(&broker->vhosts);
    list_init(&broker->users);
    list_init(&broker->parameters);
    list_init(&broker->sessions);
    list_init(&broker->channels);
    list_init(&broker->channel_cursors);
    list_init(&broker->consumers);
    list_init(&broker->consumer_cursors);
    list_init(&broker->pairs);
    list_init(&broker->pair_cursors);
    list_init(&broker->posts);
    list_init(&broker->unfetched);
    list_init(&broker->due_messages);
    return broker;
}

void broker_free(struct broker *broker)
{
    if (!broker) {
        return;
    }
    CHECK(list_empty(&broker->sessions));
    cursors_finish(&broker->channel_cursors);
    cursors_finish(&broker->consumer_cursors);
    cursors_finish(&broker->pair_cursors);
    broker->event_exchange = NULL;
    posts_drop(broker, NULL);
    delay_drop(broker, NULL);
    struct effects fx = {0};
    while (!list_empty(&broker->vhosts)) {
        vhost_free(container_of(list_first(&broker->vhosts), struct vhost, link), &fx);
    }
    effects_free(&fx);
    users_free(broker);
    parameters_finish(&broker->parameters);
    map_finish(&broker->vhosts_by_name);
    map_finish(&broker->users_by_name);
    map_finish(&broker->reply_channels);
    map_finish(&broker->queues_by_id);
    route_set_free(&broker->routes);
    msg_pool_finish(&broker->messages);
    bytes_finish(&broker->actor);
    ledger_finish(&broker->ledger);
    deadlines_finish(&broker->head_deadlines);
    deadlines_finish(&broker->unused_deadlines);
    deadlines_finish(&broker->delay_deadlines);
    deadlines_finish(&broker->retry_deadlines);
    deadlines_finish(&broker->ack_deadlines);
    free(broker);
}

void broker_release_effect(struct broker *broker, struct effect *effect)
{
    msg_pool_give(&broker->messages, effect->msg);
    effect->msg = NULL;
    effect_release(effect);
}

const struct broker_counters *broker_counters(const struct broker *broker)
{
    return &broker->counters;
}
