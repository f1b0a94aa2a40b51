#include "broker/broker_queue.h"

#include <stdlib.h>

#include "base/blob.h"
#include "base/check.h"
#include "base/memory.h"
#include "broker/binding.h"
#include "broker/broker_internal.h"
#include "broker/consumer.h"
#include "broker/dead_letter.h"
#include "broker/expiry.h"
#include "broker/journal.h"
#include "broker/names.h"

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
    queue->id = ++vhost->broker->queues_made;
    queue->kind = options->kind;
    queue->durable = options->durable;
    queue->auto_delete = options->auto_delete;
    queue->exclusive = options->owner != NULL;
    queue->owner = options->owner;
    queue->limits = queue_limits_read(queue->arguments);
    struct queue_options store = {.priority_max = queue->limits.priority_max};
    queue->messages = queue_new(store.priority_max > 0 ? &queue_priority : &queue_classic, &store);
    queue->bounded = queue->limits.ttl_ms != UINT64_MAX || queue->limits.length_max != UINT64_MAX ||
                     queue->limits.bytes_max != UINT64_MAX;
    rotation_init(&queue->rotation);
    list_init(&queue->consumers);
    if (queue->owner) {
        list_push(&queue->owner->exclusive_queues, &queue->owner_link);
    }
    map_put(&vhost->queues_by_name, &queue->by_name, queue->name);
    list_push(&vhost->queues, &queue->link);
    vhost->broker->counters.queues++;
    forget_routes(vhost->broker);
    expiry_touch(queue);
    return queue;
}

struct broker_queue *broker_queue_find(const struct vhost *vhost, struct slice name)
{
    struct map_node *node = map_get(&vhost->queues_by_name, name);
    return node ? container_of(node, struct broker_queue, by_name) : NULL;
}

/* So many ready messages more, with so many octets in their bodies. */
static void count_ready(struct broker_queue *queue, int64_t messages, int64_t bytes)
{
    struct broker_counters *counters = &queue->vhost->broker->counters;
    counters->messages_ready += (uint64_t)messages;
    counters->message_bytes += (uint64_t)bytes;
    queue->ready_bytes += (uint64_t)bytes;
}

uint64_t broker_queue_put(struct broker_queue *queue, struct msg *msg, uint64_t expires)
{
    count_ready(queue, 1, msg->body_len);
    return queue_push_until(queue->messages, msg, expires);
}

bool broker_queue_take(struct broker_queue *queue, struct delivery *out)
{
    if (!queue_take(queue->messages, out)) {
        return false;
    }
    count_ready(queue, -1, -(int64_t)out->msg->body_len);
    return true;
}

void broker_queue_put_back(struct broker_queue *queue, const struct delivery *delivery)
{
    count_ready(queue, 1, delivery->msg->body_len);
    queue_requeue(queue->messages, delivery);
}

uint64_t broker_queue_drop_all(struct broker_queue *queue)
{
    uint64_t count = queue_purge(queue->messages, NULL);
    count_ready(queue, -(int64_t)count, -(int64_t)queue->ready_bytes);
    return count;
}

void broker_queue_drop_head(struct broker_queue *queue, enum death_reason reason,
                            struct effects *fx)
{
    struct delivery delivery;
    bool taken = broker_queue_take(queue, &delivery);
    CHECK(taken);
    dead_letter(queue, delivery.msg, reason);
    journal_settle(queue, delivery.msg, delivery.position, fx);
    msg_unref(delivery.msg);
}

/* Takes it out of everything that can find it. */
static void unlink_queue(struct broker_queue *queue)
{
    map_remove(&queue->vhost->queues_by_name, &queue->by_name);
    list_unlink(&queue->link);
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
    while (!list_empty(&queue->destination.bindings_in)) {
        struct list_node *first = list_first(&queue->destination.bindings_in);
        binding_drop(queue->vhost, container_of(first, struct binding, in_link));
    }
    while (!list_empty(&queue->consumers)) {
        struct list_node *first = list_first(&queue->consumers);
        struct consumer *consumer = container_of(first, struct consumer, queue_link);
        consumer_notify_cancel(consumer, fx);
        consumer_remove(consumer);
    }
    broker_queue_drop_all(queue);
    expiry_forget(queue);
    broker->counters.queues--;
    forget_routes(broker);
    broker_queue_release(queue);
}

void broker_queue_release(struct broker_queue *queue)
{
    if (queue->deleted && queue->unsettled_count == 0 && queue->holds == 0) {
        queue_free(queue->messages);
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
