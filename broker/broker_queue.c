#include "broker/broker_queue.h"
#include "broker/event.h"

#include <stdlib.h>

#include "base/blob.h"
#include "base/check.h"
#include "base/cursor.h"
#include "base/memory.h"
#include "broker/access.h"
#include "broker/binding.h"
#include "broker/broker_internal.h"
#include "broker/consumer.h"
#include "broker/dead_letter.h"
#include "broker/deduplication.h"
#include "broker/expiry.h"
#include "broker/names.h"
#include "broker/outcome_internal.h"
#include "broker/policy_internal.h"
#include "broker/redelivery.h"
#include "broker/retry.h"
#include "broker/stock.h"
#include "broker/tally.h"
#include "broker/topology.h"
#include "queue/purged.h"

/* Ids as keys of a map. */
static struct slice key_of(const uint64_t *id)
{
    return (struct slice){(const uint8_t *)id, sizeof *id};
}

static struct queue *store_new(const struct broker_queue *queue)
{
    struct broker *broker = queue->vhost->broker;
    struct queue_options options = {.priority_max = queue->limits.priority_max,
                                    .priority_default = queue->limits.priority_default};
    if (broker->options.durable) {
        options.residency = &broker->residency;
        options.keeps = !queue->durable               ? QUEUE_KEEPS_NONE
                        : queue->kind == QUEUE_QUORUM ? QUEUE_KEEPS_ALL
                                                      : QUEUE_KEEPS_PERSISTENT;
    }
    const struct queue_type *type = queue->kind == QUEUE_DELAYED ? &queue_delayed
                                    : options.priority_max > 0   ? &queue_priority
                                                                 : &queue_classic;
    return queue_new(type, &options);
}

static bool is_transient(const struct broker_queue *queue)
{
    return !queue->durable && !queue->exclusive;
}

struct broker_queue *broker_queue_add(struct vhost *vhost,
                                      const struct broker_queue_options *options)
{
    struct broker_queue *queue =
        memory_new(sizeof *queue + options->name.len + options->arguments.len);
    uint8_t *copy = (uint8_t *)(queue + 1);
    slice_copy(copy, options->name);
    slice_copy(copy + options->name.len, options->arguments);
    destination_init(&queue->destination, DESTINATION_QUEUE, &queue->name);
    queue->name = (struct slice){copy, options->name.len};
    queue->arguments = (struct slice){copy + options->name.len, options->arguments.len};
    queue->vhost = vhost;
    queue->id = options->id > 0 ? options->id : vhost->broker->queues_made + 1;
    if (vhost->broker->queues_made < queue->id) {
        vhost->broker->queues_made = queue->id;
    }
    queue->kind = options->kind;
    queue->sum = &vhost->sums.queues[queue->kind];
    queue->durable = options->durable;
    queue->auto_delete = options->auto_delete;
    queue->exclusive = options->owner != NULL;
    queue->owner = options->owner;
    queue->seen = deduplication_of(queue->arguments, vhost->broker->options.secret);
    policy_find_limits(queue);
    queue->messages = store_new(queue);
    rotation_init(&queue->rotation);
    capacity_begin(&queue->capacity, vhost->broker->now_ms);
    list_init(&queue->consumers);
    pair_set_init(&queue->pairs);
    if (queue->owner) {
        list_push(&queue->owner->exclusive_queues, &queue->owner_link);
    }
    if (queue->durable) {
        map_put(&vhost->broker->queues_by_id, &queue->by_id, key_of(&queue->id));
    }
    if (queue->kind == QUEUE_DELAYED) {
        queue->bounded = true;
        list_push(&vhost->stores, &queue->link);
        return queue;
    }
    map_put(&vhost->queues_by_name, &queue->by_name, queue->name);
    list_push(&vhost->queues, &queue->link);
    vhost->broker->counters.queues++;
    vhost->broker->counters.transient_queues += is_transient(queue);
    forget_routes(vhost->broker);
    expiry_touch(queue);
    return queue;
}

struct broker_queue *broker_queue_find(const struct vhost *vhost, struct slice name)
{
    struct map_node *node = map_get(&vhost->queues_by_name, name);
    return node ? container_of(node, struct broker_queue, by_name) : NULL;
}

struct broker_queue *broker_queue_by_id(const struct broker *broker, uint64_t id)
{
    struct map_node *node = map_get(&broker->queues_by_id, key_of(&id));
    return node ? container_of(node, struct broker_queue, by_id) : NULL;
}

struct topology_queue_put broker_queue_entry(const struct broker_queue *queue)
{
    return (struct topology_queue_put){
        .id = queue->id,
        .vhost = queue->vhost->name,
        .name = queue->name,
        .kind = queue->kind,
        .auto_delete = queue->auto_delete,
        .arguments = queue->arguments,
    };
}

void broker_queue_count(struct broker_queue *queue, int64_t messages, int64_t bytes)
{
    struct broker_counters *counters = &queue->vhost->broker->counters;
    if (queue->kind == QUEUE_DELAYED) {
        counters->messages_delayed += (uint64_t)messages;
    } else {
        counters->messages_ready += (uint64_t)messages;
        queue->vhost->sums.ready += (uint64_t)messages;
    }
    counters->message_bytes += (uint64_t)bytes;
    queue->ready_bytes += (uint64_t)bytes;
    stock_use(queue, queue->vhost->broker);
}

uint64_t broker_queue_put(struct broker_queue *queue, struct msg *msg, uint64_t expires)
{
    broker_queue_count(queue, 1, msg->body_len);
    stock_ready(queue, msg, 1);
    return queue_push_until(queue->messages, msg, expires);
}

static void taken(struct broker_queue *queue, struct delivery *out)
{
    broker_queue_count(queue, -1, -(int64_t)out->msg->body_len);
    stock_ready(queue, out->msg, -1);
    out->failed = queue->attempts.count > 0 ? redelivery_taken(queue, out) : 0;
}

bool broker_queue_take(struct broker_queue *queue, struct delivery *out)
{
    if (!queue_take(queue->messages, out)) {
        return false;
    }
    taken(queue, out);
    return true;
}

bool broker_queue_pick(struct broker_queue *queue, uint64_t position, struct delivery *out)
{
    if (!queue_pick(queue->messages, position, out)) {
        return false;
    }
    taken(queue, out);
    return true;
}

void broker_queue_put_back(struct broker_queue *queue, const struct delivery *delivery)
{
    broker_queue_count(queue, 1, delivery->msg->body_len);
    stock_ready(queue, delivery->msg, 1);
    queue_requeue(queue->messages, delivery);
    if (queue->attempts.count > 0) {
        redelivery_put_back(queue, delivery);
    }
}

uint64_t broker_queue_drop_all(struct broker_queue *queue, struct effects *fx)
{
    struct purged purged = {0};
    uint64_t count = queue_purge(queue->messages, &purged);
    broker_queue_count(queue, -(int64_t)count, -(int64_t)queue->ready_bytes);
    queue->ready_lasting = (struct share){0};
    attempts_drop_ready(&queue->attempts);
    outcome_purge(queue, &purged, fx);
    purged_finish(&purged);
    return count + retries_drop(queue, fx);
}

void broker_queue_drop_head(struct broker_queue *queue, enum death_reason reason,
                            struct effects *fx)
{
    struct delivery delivery;
    bool taken = broker_queue_take(queue, &delivery);
    CHECK(taken);
    dead_letter(queue, &delivery, reason, fx);
    msg_unref(delivery.msg);
}

static void unlink_store(struct broker_queue *queue)
{
    struct exchange *exchange = exchanges_find(queue->vhost->exchanges, queue->name);
    CHECK(exchange && exchange_store(exchange) == &queue->destination);
    exchange_set_store(exchange, NULL);
}

/* Takes it out of everything that can find it. */
static void unlink_queue(struct broker_queue *queue)
{
    if (queue->kind == QUEUE_DELAYED) {
        unlink_store(queue);
    } else {
        map_remove(&queue->vhost->queues_by_name, &queue->by_name);
        queue->vhost->broker->counters.queues--;
        queue->vhost->broker->counters.transient_queues -= is_transient(queue);
        queue->vhost->broker->churn.queue_deleted += !queue->vhost->broker->restoring;
    }
    cursors_leave(&queue->vhost->queue_cursors, &queue->link);
    list_unlink(&queue->link);
    if (queue->durable) {
        map_remove(&queue->vhost->broker->queues_by_id, &queue->by_id);
    }
    if (queue->owner) {
        list_unlink(&queue->owner_link);
    }
    if (list_linked(&queue->touched_link)) {
        list_unlink(&queue->touched_link);
    }
}

void broker_queue_remove(struct broker_queue *queue, struct effects *fx)
{
    struct broker *broker = queue->vhost->broker;
    CHECK(!queue->deleted);
    queue->deleted = true;
    unlink_queue(queue);
    if (queue->durable) {
        struct topology topology = {.kind = TOPOLOGY_queue_delete,
                                    .queue_delete = {.id = queue->id}};
        outcome_topology(broker, &topology, fx);
    }
    while (!list_empty(&queue->destination.bindings_in)) {
        struct list_node *first = list_first(&queue->destination.bindings_in);
        binding_drop(queue->vhost, container_of(first, struct binding, in_link), fx);
    }
    while (!list_empty(&queue->consumers)) {
        struct list_node *first = list_first(&queue->consumers);
        struct consumer *consumer = container_of(first, struct consumer, queue_link);
        consumer_notify_cancel(consumer, fx);
        consumer_remove(consumer);
    }
    pairs_end_queue(queue);
    broker_queue_drop_all(queue, fx);
    event_queue(queue, false);
    expiry_forget(queue);
    forget_routes(broker);
    broker_queue_release(queue);
}

void broker_queue_release(struct broker_queue *queue)
{
    if (queue->deleted && queue->unsettled_count == 0 && queue->holds == 0) {
        queue_free(queue->messages);
        deduplication_free(queue->seen);
        attempts_finish(&queue->attempts);
        retries_free(queue);
        bytes_finish(&queue->definition);
        free(queue);
    }
}

enum amqp_reply broker_queue_refuse_locked(struct channel *channel,
                                           const struct broker_queue *queue, struct effects *fx)
{
    return effects_refuse(
        fx, AMQP_RESOURCE_LOCKED,
        "cannot obtain exclusive access to locked queue '%s' in vhost '%s'. It could be originally "
        "declared on another connection or the exclusive property value does not match that of the "
        "original declaration.",
        queue->name, vhost_name_of(channel));
}

enum amqp_reply broker_queue_check_owner(struct channel *channel, const struct broker_queue *queue,
                                         struct effects *fx)
{
    bool mine = !queue->owner || queue->owner == channel->session;
    return mine ? AMQP_OK : broker_queue_refuse_locked(channel, queue, fx);
}

enum amqp_reply broker_queue_name(const struct channel *channel, struct slice name,
                                  struct text *buffer, struct slice *out, struct effects *fx)
{
    *out = names_strip(name, buffer);
    if (name.len > 0) {
        return AMQP_OK;
    }
    if (!channel->last_queue) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no previously declared queue");
    }
    text_clear(buffer);
    text_add(buffer, blob_slice(channel->last_queue));
    *out = text_slice(buffer);
    return AMQP_OK;
}

enum amqp_reply broker_queue_lookup(struct channel *channel, struct slice name,
                                    struct broker_queue **out, struct effects *fx)
{
    *out = broker_queue_find(channel->session->vhost, name);
    if (!*out) {
        return effects_refuse(fx, AMQP_NOT_FOUND, "no queue '%s' in vhost '%s'", name,
                              vhost_name_of(channel));
    }
    return broker_queue_check_owner(channel, *out, fx);
}

enum amqp_reply broker_queue_to_read(struct channel *channel, struct slice name,
                                     struct broker_queue **out, struct effects *fx)
{
    struct text buffer;
    struct slice whole;
    enum amqp_reply reply = broker_queue_name(channel, name, &buffer, &whole, fx);
    if (!reply) {
        reply = access_check(channel, ACCESS_READ, RESOURCE_QUEUE, whole, fx);
    }
    return reply ? reply : broker_queue_lookup(channel, whole, out, fx);
}
