#include "broker/recovery.h"

#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/delay.h"
#include "broker/enqueue.h"
#include "broker/expiry.h"
#include "broker/post.h"
#include "broker/retry.h"
#include "broker/topology.h"

enum { LEVEL_STEP = 256 }; // between positions of one level of priority

/* Records of one queue come in runs. */
static struct broker_queue *find_queue(struct broker *broker, uint64_t id)
{
    struct broker_queue *last = broker->restored_last;
    if (!last || last->id != id) {
        broker->restored_last = broker_queue_by_id(broker, id);
    }
    return broker->restored_last;
}

static uint64_t time_of(const struct broker *broker, uint64_t wall)
{
    uint64_t offset = broker->options.wall_offset_ms;
    return wall == QUEUE_NEVER ? QUEUE_NEVER : wall > offset ? wall - offset : 0;
}

/* What the journal has of a queue is persistent, unless it keeps all of it. */
static void count_lasting(struct broker_queue *queue, int64_t messages, int64_t bytes)
{
    if (queue->kind != QUEUE_QUORUM) {
        queue->ready_lasting.messages += (uint64_t)messages;
        queue->ready_lasting.bytes += (uint64_t)bytes;
    }
}

static bool restore(struct broker_queue *queue, const struct stored *stored)
{
    enum queue_restored restored = queue_restore(queue->messages, stored);
    if (restored == QUEUE_RESTORE_ADDED) {
        broker_queue_count(queue, 1, stored->body_len);
        count_lasting(queue, 1, stored->body_len);
    }
    return restored != QUEUE_RESTORE_REFUSED;
}

static bool apply_enqueue(struct broker *broker, const struct outcome *outcome)
{
    struct outcome_enqueue enqueue;
    if (!outcome_read_enqueue(outcome->payload, &enqueue)) {
        return false;
    }
    struct stored stored = {
        .at = outcome->at,
        .body_len = enqueue.body_len,
        .rest_len = enqueue.properties_len + enqueue.route_len,
        .persistent = enqueue.persistent,
        .has_expiration = enqueue.has_expiration,
    };
    if (enqueue.count > 1) {
        ledger_share(&broker->ledger, stored.at);
    }
    struct wire_reader r = wire_reader_of(enqueue.places);
    for (uint32_t i = 0; i < enqueue.count; i++) {
        struct outcome_place place = outcome_get_place(&r);
        struct broker_queue *queue = find_queue(broker, place.queue);
        stored.position = place.position;
        stored.expires = time_of(broker, place.expires);
        if (queue && !(restore(queue, &stored) &&
                       (!place.passed || queue_mark(queue->messages, place.position)))) {
            return false;
        }
    }
    return true;
}

static bool apply_settle(struct broker *broker, const struct outcome *outcome)
{
    struct wire_reader r = wire_reader_of(outcome->payload);
    while (wire_left(&r) > 0) {
        struct outcome_run run = outcome_get_run(&r);
        struct broker_queue *queue = r.bad ? NULL : find_queue(broker, run.queue);
        uint64_t bytes = 0;
        if (queue) {
            uint64_t count = queue_forget(queue->messages, &run.run, &bytes);
            broker_queue_count(queue, -(int64_t)count, -(int64_t)bytes);
            count_lasting(queue, -(int64_t)count, -(int64_t)bytes);
            attempts_drop_run(&queue->attempts, &run.run,
                              queue->limits.priority_max > 0 ? LEVEL_STEP : 1);
        }
    }
    return !r.bad;
}

static bool apply_attempts(struct broker *broker, const struct outcome *outcome)
{
    struct wire_reader r = wire_reader_of(outcome->payload);
    while (wire_left(&r) > 0) {
        struct outcome_attempt read = outcome_get_attempt(&r);
        struct broker_queue *queue = r.bad ? NULL : find_queue(broker, read.queue);
        if (queue) {
            struct attempt *attempt = attempts_obtain(&queue->attempts, read.position);
            attempt->failed = read.failed;
            attempt->journaled = true;
        }
    }
    return !r.bad;
}

static bool apply_retry(struct broker *broker, const struct outcome *outcome)
{
    struct wire_reader r = wire_reader_of(outcome->payload);
    while (wire_left(&r) > 0) {
        struct outcome_wait wait = outcome_get_wait(&r);
        struct broker_queue *queue = r.bad ? NULL : find_queue(broker, wait.queue);
        if (queue && queue->kind != QUEUE_DELAYED) {
            retry_restore(queue, wait.position, time_of(broker, wait.until));
        }
    }
    return !r.bad;
}

static bool apply_mark(struct broker *broker, const struct outcome *outcome)
{
    struct wire_reader r = wire_reader_of(outcome->payload);
    bool possible = true;
    while (wire_left(&r) > 0) {
        uint64_t id = wire_get_varint(&r);
        uint64_t position = wire_get_varint(&r);
        struct broker_queue *queue = r.bad ? NULL : find_queue(broker, id);
        possible = possible && (!queue || queue_mark(queue->messages, position));
    }
    return possible && !r.bad;
}

static bool apply_topology(struct broker *broker, const struct outcome *outcome)
{
    struct wire_reader r = wire_reader_of(outcome->payload);
    struct topology topology;
    while (wire_left(&r) > 0) {
        if (!topology_decode(&r, &topology) || !topology_apply(broker, &topology)) {
            return false;
        }
    }
    return true;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static bool apply_counters(struct broker *broker, const struct outcome *outcome)
{
    struct wire_reader r = wire_reader_of(outcome->payload);
    bool possible = true;
    uint64_t queues_made = wire_get_varint(&r);
    uint64_t names_made = wire_get_varint(&r);
    if (r.bad || queues_made >= INT64_MAX || names_made >= INT64_MAX) {
        return false;
    }
    broker->queues_made = larger(broker->queues_made, queues_made);
    broker->names_made = larger(broker->names_made, names_made);
    while (wire_left(&r) > 0) {
        uint64_t id = wire_get_varint(&r);
        struct queue_level level = {.level = wire_get_u8(&r)};
        level.position_next = wire_get_varint(&r);
        level.mark = wire_get_varint(&r);
        struct broker_queue *queue = r.bad ? NULL : find_queue(broker, id);
        possible = possible && (!queue || queue_restore_level(queue->messages, &level));
    }
    return possible && !r.bad;
}

/* Returns the flags. */
static uint8_t read_indexed(struct wire_reader *r, struct stored *stored)
{
    stored->position = outcome_unzigzag(stored->position, wire_get_varint(r));
    stored->at =
        outcome_unzigzag(stored->at / STORED_ALIGN, wire_get_varint(r)) * (uint64_t)STORED_ALIGN;
    uint64_t body_len = wire_get_varint(r);
    uint64_t rest_len = wire_get_varint(r);
    uint8_t flags = wire_get_u8(r);
    r->bad |= body_len > UINT32_MAX || rest_len > UINT32_MAX || (flags & ~INDEX_FLAGS);
    stored->body_len = (uint32_t)body_len;
    stored->rest_len = (uint32_t)rest_len;
    stored->persistent = flags & INDEX_PERSISTENT;
    stored->has_expiration = flags & INDEX_EXPIRATION;
    stored->expires = flags & INDEX_EXPIRES ? wire_get_u64(r) : QUEUE_NEVER;
    return flags;
}

static bool apply_index(struct broker *broker, const struct outcome *outcome)
{
    struct wire_reader r = wire_reader_of(outcome->payload);
    struct broker_queue *queue = find_queue(broker, wire_get_varint(&r));
    struct stored stored = {0};
    while (wire_left(&r) > 0) {
        uint8_t flags = read_indexed(&r, &stored);
        if (!r.bad && flags & INDEX_SHARED) {
            ledger_share(&broker->ledger, stored.at);
        }
        struct stored placed = stored;
        placed.expires = time_of(broker, stored.expires);
        if (r.bad || (queue && !restore(queue, &placed))) {
            return false;
        }
    }
    return !r.bad;
}

static bool apply_group_end(struct broker *broker, const struct outcome *outcome)
{
    (void)broker;
    return outcome->payload.len == 0;
}

static bool apply_spill(struct broker *broker, const struct outcome *outcome)
{
    (void)broker, (void)outcome;
    return true;
}

bool broker_apply(struct broker *broker, const struct outcome *outcome)
{
    bool possible = false;
    broker->restoring = true;
    switch ((int)outcome->type) {
#define O(code, NAME, name)                                                                        \
    case code:                                                                                     \
        possible = apply_##name(broker, outcome);                                                  \
        break;
        OUTCOMES(O)
#undef O
    default:
        break;
    }
    broker->restoring = false;
    return possible;
}

void broker_restored_unchanged(struct broker *broker, struct effects *fx)
{
    broker->restored_last = NULL;
    ledger_restored(&broker->ledger);
    list_each(vhost_node, &broker->vhosts) {
        struct vhost *vhost = container_of(vhost_node, struct vhost, link);
        list_each(node, &vhost->queues) {
            struct broker_queue *queue = container_of(node, struct broker_queue, link);
            queue_restored(queue->messages);
            retries_restored(queue);
            expiry_touch(queue);
        }
        delay_restored(vhost, fx);
    }
}

void broker_restored(struct broker *broker, struct effects *fx)
{
    broker_restored_unchanged(broker, fx);
    list_each(vhost_node, &broker->vhosts) {
        const struct vhost *vhost = container_of(vhost_node, struct vhost, link);
        list_each(node, &vhost->queues) {
            enqueue_trim(container_of(node, struct broker_queue, link), fx);
        }
    }
    posts_send(broker, fx);
}
