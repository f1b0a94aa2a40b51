#include "broker/rehearsal.h"

#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/session.h"
#include "broker/user_internal.h"

struct broker *rehearsal_new(const struct broker *broker)
{
    struct broker_options options = broker->options;
    options.durable = false;
    return broker_new(&options);
}

void rehearsal_free(struct broker *rehearsal)
{
    struct effects fx = {0};
    while (!list_empty(&rehearsal->sessions)) {
        struct list_node *first = list_first(&rehearsal->sessions);
        session_close(container_of(first, struct session, link), &fx);
    }
    effects_free(&fx);
    broker_free(rehearsal);
}

void rehearsal_add_vhost(struct broker *rehearsal, const struct broker *from, struct slice name)
{
    struct effects fx = {0};
    const struct vhost *original = broker_find_vhost(from, name);
    if (original && !broker_find_vhost(rehearsal, name)) {
        struct vhost_metadata metadata = vhost_metadata_of(original);
        broker_add_vhost(rehearsal, name, &fx);
        broker_set_vhost_metadata(rehearsal, name, &metadata, &fx);
        struct vhost *vhost = broker_find_vhost(rehearsal, name);
        memcpy(vhost->limits, original->limits, sizeof vhost->limits);
        vhost->tracing = original->tracing;
        rehearsal->tracing_count += vhost->tracing;
        vhost->queues_elsewhere = original->queues_by_name.count;
    }
    effects_free(&fx);
}

void rehearsal_add_user(struct broker *rehearsal, const struct broker *from, struct slice name)
{
    struct user user;
    struct effects fx = {0};
    if (broker_find_user(from, name, &user) && !account_find(rehearsal, name)) {
        broker_put_user(rehearsal, &user, &fx);
    }
    effects_free(&fx);
}

void rehearsal_add_exchange(struct broker *rehearsal, const struct broker *from, struct slice vhost,
                            struct slice name)
{
    const struct vhost *there = broker_find_vhost(from, vhost);
    const struct vhost *here = broker_find_vhost(rehearsal, vhost);
    struct exchange *exchange = there ? exchanges_find(there->exchanges, name) : NULL;
    if (!exchange || !here || exchanges_find(here->exchanges, name)) {
        return;
    }
    struct exchange_options options = {.name = name,
                                       .arguments = exchange_arguments(exchange),
                                       .durable = exchange_durable(exchange),
                                       .auto_delete = exchange_auto_delete(exchange),
                                       .internal = exchange_internal(exchange)};
    const struct exchange_type *type = exchange_type_find(exchange_type_name(exchange));
    exchanges_add(here->exchanges, exchange_new(&options, type, rehearsal->options.secret));
    rehearsal->counters.exchanges++;
}

/* Whose queues nobody else may use. */
static struct session *stranger(struct vhost *vhost, struct effects *fx)
{
    struct session *session = NULL;
    struct session_options options = {
        .vhost = vhost->name, .passing = true, .trusted = true, .name = SLICE("rehearsal")};
    broker_open_session(vhost->broker, &options, &session, fx);
    return session;
}

void rehearsal_add_queue(struct broker *rehearsal, const struct broker *from, struct slice vhost,
                         struct slice name)
{
    struct effects fx = {0};
    const struct vhost *there = broker_find_vhost(from, vhost);
    struct vhost *here = broker_find_vhost(rehearsal, vhost);
    const struct broker_queue *queue = there ? broker_queue_find(there, name) : NULL;
    if (queue && here && !broker_queue_find(here, name)) {
        struct broker_queue_options options = {.name = name,
                                               .arguments = queue->arguments,
                                               .owner = queue->owner ? stranger(here, &fx) : NULL,
                                               .kind = queue->kind,
                                               .durable = queue->durable,
                                               .auto_delete = queue->auto_delete};
        broker_queue_add(here, &options);
        here->queues_elsewhere--;
    }
    effects_free(&fx);
}
