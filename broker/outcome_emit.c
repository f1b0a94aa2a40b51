#include "broker/event.h"
#include "broker/outcome_internal.h"

#include "broker/broker_internal.h"
#include "broker/tally.h"
#include "broker/topology.h"
#include "queue/purged.h"

/* Puts a RECORD among the effects whose octets are those of fx->records from `begin` on. Returns
 * its number. */
static uint64_t record(struct broker *broker, enum outcome_type type, size_t begin,
                       struct effects *fx)
{
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_RECORD,
        .channel = (uint16_t)type,
        .conn = (uint32_t)begin,
        .number = fx->records.len - begin,
        .after = ++broker->record_last,
    };
    return broker->record_last;
}

static uint64_t wall_time(const struct broker *broker, uint64_t time)
{
    return time == QUEUE_NEVER ? QUEUE_NEVER : time + broker->options.wall_offset_ms;
}

void outcome_store_lasting(struct broker_queue *queue, const struct delivery *delivery, bool passed,
                           struct effects *fx)
{
    struct broker *broker = queue->vhost->broker;
    size_t begin = fx->records.len;
    struct outcome_place place = {.queue = queue->id,
                                  .position = delivery->position,
                                  .expires = wall_time(broker, delivery->expires),
                                  .passed = passed};
    outcome_add_place(&fx->records, &place);
    tally_write(queue);
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_STORE,
        .conn = (uint32_t)begin,
        .channel = (uint16_t)(fx->records.len - begin),
        .number = delivery->position,
        .after = ++broker->record_last,
        .msg = msg_ref(delivery->msg),
        .queue = queue->id,
    };
}

static void settle_journaled(struct broker_queue *queue, struct msg *msg, uint64_t position,
                             struct effects *fx)
{
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_SETTLE,
        .flags = queue->limits.priority_max > 0 ? EFFECT_LEVELS : 0,
        .number = position,
        .msg = msg_ref(msg),
        .queue = queue->id,
    };
}

/* The end of a queue that was deleted is on record, and its messages need no records of their own;
 * but what is still on its way to the journal is to be counted there before it is dropped. */
void outcome_settle_stored(struct broker_queue *queue, struct msg *msg, uint64_t position,
                           struct effects *fx)
{
    struct broker *broker = queue->vhost->broker;
    bool journaled = queue_journals(queue->messages, msg);
    if (journaled && !(queue->deleted && msg->stored_at != 0)) {
        settle_journaled(queue, msg, position, fx);
    } else {
        ledger_drop(&broker->ledger, msg->stored_at, msg_stored_octets(msg));
    }
}

void outcome_purge(struct broker_queue *queue, const struct purged *purged, struct effects *fx)
{
    for (size_t i = 0; i < purged->unstored_count; i++) {
        settle_journaled(queue, purged->unstored[i].msg, purged->unstored[i].position, fx);
    }
    if (queue->deleted || purged->unstored_count + purged->run_count == 0) {
        return;
    }
    size_t begin = fx->records.len;
    for (size_t i = 0; i < purged->run_count; i++) {
        struct outcome_run run = {queue->id, purged->runs[i]};
        outcome_add_run(&fx->records, &run);
    }
    struct broker *broker = queue->vhost->broker;
    broker->lasting_last = record(broker, OUTCOME_SETTLE, begin, fx);
}

uint64_t outcome_mark(struct broker_queue *queue, uint64_t position, struct effects *fx)
{
    size_t begin = fx->records.len;
    bytes_add_varint(&fx->records, queue->id);
    bytes_add_varint(&fx->records, position);
    return record(queue->vhost->broker, OUTCOME_MARK, begin, fx);
}

/* The same for what nobody waits for: it has no number. */
static void note(enum outcome_type type, size_t begin, struct effects *fx)
{
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_RECORD,
        .channel = (uint16_t)type,
        .conn = (uint32_t)begin,
        .number = fx->records.len - begin,
    };
}

void outcome_attempts(struct broker_queue *queue, uint64_t position, uint32_t failed,
                      struct effects *fx)
{
    size_t begin = fx->records.len;
    struct outcome_attempt attempt = {queue->id, position, failed};
    outcome_add_attempt(&fx->records, &attempt);
    note(OUTCOME_ATTEMPTS, begin, fx);
}

void outcome_retry(struct broker_queue *queue, uint64_t position, uint64_t at, struct effects *fx)
{
    size_t begin = fx->records.len;
    struct outcome_wait wait = {queue->id, position, wall_time(queue->vhost->broker, at)};
    outcome_add_wait(&fx->records, &wait);
    note(OUTCOME_RETRY, begin, fx);
}

/* Whether clients make and remove it, and are told that they did. */
static bool is_declared(const struct topology *topology)
{
    return topology->kind == TOPOLOGY_exchange_declared ||
           (topology->kind >= TOPOLOGY_exchange_put && topology->kind <= TOPOLOGY_binding_delete);
}

void outcome_topology(struct broker *broker, const struct topology *topology, struct effects *fx)
{
    event_topology(broker, topology);
    if (!broker->options.durable || broker->restoring) {
        return;
    }
    size_t begin = fx->records.len;
    topology_encode(topology, &fx->records);
    uint64_t number = record(broker, OUTCOME_TOPOLOGY, begin, fx);
    if (is_declared(topology)) {
        broker->lasting_last = number;
    }
}

static bool is_for_journal(const struct effect *effect)
{
    return effect->kind == EFFECT_STORE || effect->kind == EFFECT_SETTLE ||
           effect->kind == EFFECT_RECORD;
}

/* Whether the journal makes one record of both. */
static bool is_same_record(const struct effect *one, const struct effect *next)
{
    return one && one->kind == EFFECT_STORE && next->kind == EFFECT_STORE && one->msg == next->msg;
}

void outcome_group(struct broker *broker, uint32_t begin, bool awaited, struct effects *fx)
{
    const struct effect *last = NULL;
    uint32_t records = 0;
    for (uint32_t i = begin; i < fx->count; i++) {
        const struct effect *effect = &fx->items[i];
        if (is_for_journal(effect)) {
            records += !is_same_record(last, effect);
            last = effect;
        }
    }
    bool alone = records == 1 && (last->after > 0 || !awaited);
    if (records == 0 || alone) {
        return;
    }
    for (uint32_t i = begin; i < fx->count; i++) {
        fx->items[i].flags |= is_for_journal(&fx->items[i]) ? EFFECT_MORE : 0;
    }
    record(broker, OUTCOME_GROUP_END, fx->records.len, fx);
}
