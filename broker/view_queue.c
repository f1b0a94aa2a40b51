#include "broker/view_internal.h"

#include "amqp/properties.h"
#include "base/blob.h"
#include "base/wire.h"
#include "broker/broker_internal.h"
#include "broker/retry.h"

static struct slice tag_of(const struct consumer *consumer, struct arena *arena)
{
    return consumer ? arena_copy(arena, blob_slice(consumer->tag)) : (struct slice){NULL, 0};
}

static struct slice name_of(const struct policy *policy, struct arena *arena)
{
    return policy ? arena_copy(arena, policy->name) : (struct slice){NULL, 0};
}

/* In seconds. Most messages have none, which their flags tell. */
static uint64_t timestamp_of(const struct msg *head)
{
    struct amqp_properties properties;
    struct slice encoded = head ? msg_properties(head) : (struct slice){NULL, 0};
    bool given = encoded.len >= 2 && wire_load_u16(encoded.ptr) & PROPERTY_timestamp;
    return given && properties_decode(encoded, &properties) ? properties.timestamp
                                                            : VIEW_NO_TIMESTAMP;
}

/* Each message in memory is taken to have as much besides its body as the one that is next. One
 * that is in several queues counts in all of them. */
static uint64_t octets_of(const struct queue_view *view, const struct broker_queue *queue,
                          const struct queue_extent *extent)
{
    uint64_t messages = view->ready + view->unsettled - view->ready_paged - view->unsettled_paged;
    uint64_t bodies = view->ready_bytes + view->unsettled_bytes - view->ready_paged_bytes -
                      view->unsettled_paged_bytes;
    const struct msg *head = extent->head;
    uint64_t each = sizeof(struct msg) + (head ? head->route_len + head->properties_len : 0);
    return sizeof *queue + queue->name.len + queue->arguments.len + queue->definition.len +
           extent->octets + messages * each + bodies;
}

/* What is found by looking at its messages. */
static void survey(struct queue_view *view, const struct broker_queue *queue, struct arena *arena)
{
    struct queue_extent extent = {.paged = 0};
    if (queue->limits.priority_max > 0) {
        extent.levels = arena_array(arena, queue->limits.priority_max + 1u, sizeof *extent.levels);
    }
    queue_survey(queue->messages, &extent);
    view->levels = extent.levels;
    view->ready_paged = extent.paged;
    view->ready_paged_bytes = extent.paged_bytes;
    view->returned = extent.returned;
    view->made = extent.made;
    view->head_timestamp = timestamp_of(extent.head);
    view->octets = octets_of(view, queue, &extent);
}

/* As RabbitMQ counts it: all that is in a quorum queue is persistent, and nothing in a queue that
 * is not durable. */
static void look_at_persistent(struct queue_view *view, const struct broker_queue *queue)
{
    const struct share *ready = &queue->ready_lasting, *unsettled = &queue->unsettled_lasting;
    if (queue->kind == QUEUE_QUORUM) {
        view->persistent = view->ready + view->unsettled + view->delayed;
        view->persistent_bytes = view->ready_bytes + view->unsettled_bytes + view->delayed_bytes;
    } else if (queue->durable) {
        view->persistent = ready->messages + unsettled->messages;
        view->persistent_bytes = ready->bytes + unsettled->bytes;
    }
}

struct queue_view view_of_queue(const struct broker_queue *queue, struct slice vhost,
                                struct arena *arena)
{
    struct queue_view view = {
        .vhost = vhost,
        .name = arena_copy(arena, queue->name),
        .arguments = arena_copy(arena, queue->arguments),
        .exclusive_tag = tag_of(queue->exclusive_consumer, arena),
        .active_tag = tag_of(queue->active_consumer, arena),
        .policy = name_of(queue->policy, arena),
        .operator_policy = name_of(queue->operator_policy, arena),
        .definition = arena_copy(arena, bytes_slice(&queue->definition)),
        .id = queue->id,
        .ready = queue_ready_count(queue->messages),
        .unsettled = queue->unsettled_count,
        .ready_bytes = queue->ready_bytes,
        .unsettled_bytes = queue->unsettled_bytes,
        .unsettled_paged = queue->unsettled_paged.messages,
        .unsettled_paged_bytes = queue->unsettled_paged.bytes,
        .delayed = retry_count(queue),
        .delayed_bytes = retry_bytes(queue),
        .active_ms = queue->active_ms,
        .capacity = queue->capacity,
        .counts = queue->counts,
        .owner = queue->owner ? queue->owner->conn : 0,
        .consumers = queue->consumer_count,
        .kind = queue->kind,
        .priority_max = queue->limits.priority_max,
        .delivery_limit = queue->limits.delivery_limit,
        .durable = queue->durable,
        .auto_delete = queue->auto_delete,
        .exclusive = queue->exclusive,
    };
    survey(&view, queue, arena);
    look_at_persistent(&view, queue);
    return view;
}
