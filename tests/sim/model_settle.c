#include "tests/sim/model_internal.h"
#include "tests/sim/model_retry.h"
#include "tests/sim/model_wait.h"

uint8_t model_level(const struct model_entry *entry)
{
    const struct terms *terms = &entry->queue->terms;
    const struct model_message *message = entry->message;
    uint8_t level = message->prioritised ? message->priority : terms->priority_default;
    return level < terms->priority_max ? level : terms->priority_max;
}

static bool comes_before(const struct model_entry *entry, const struct model_entry *other)
{
    uint8_t level = model_level(entry), level_of_other = model_level(other);
    return level > level_of_other || (level == level_of_other && entry->position < other->position);
}

/* Where it belongs in queue.ready. What is held back comes by due times. */
void model_entry_put(struct model_entry *entry)
{
    struct list_node *at = entry->queue->ready.head.prev;
    while (at != &entry->queue->ready.head) {
        const struct model_entry *other = container_of(at, struct model_entry, link);
        if (entry->queue->exchange ? other->expires <= entry->expires
                                   : comes_before(other, entry)) {
            break;
        }
        at = at->prev;
    }
    list_insert_before(at->next, &entry->link);
}

/* Where it belongs in queue.entries. */
static void put_on_record(struct model_entry *entry)
{
    struct list_node *at = entry->queue->entries.head.prev;
    while (at != &entry->queue->entries.head &&
           comes_before(entry, container_of(at, struct model_entry, queue_link))) {
        at = at->prev;
    }
    list_insert_before(at->next, &entry->queue_link);
}

struct model_entry *model_entry_add(struct model *model, struct model_queue *queue,
                                    struct model_message *message, uint64_t expires)
{
    struct model_entry *entry = arena_new(model->arena, sizeof *entry);
    entry->queue = queue;
    entry->message = message;
    entry->position = ++queue->position_last;
    entry->expires = expires;
    entry->survives = (message->persistent || queue->terms.quorum) && queue->durable;
    entry->life.from = entry->survives ? model_facts_add(&model->facts) : 0;
    list_init(&entry->attempts);
    put_on_record(entry);
    return entry;
}

static uint64_t expiry_of(const struct model *model, const struct model_queue *queue,
                          const struct model_message *message)
{
    uint64_t ttl = queue->terms.ttl_ms < message->ttl_ms ? queue->terms.ttl_ms : message->ttl_ms;
    return ttl == TERMS_NONE ? TERMS_NONE : model->now_ms + ttl;
}

/* It was never there: nobody waited for it, and it lives for no time at all. */
static void forget(struct model_entry *entry)
{
    list_unlink(&entry->link);
    entry->survives = false;
    entry->passed = true;
}

/* Who waits for messages gets it at once; whatever a queue does with those it has comes later. */
static void place(struct model *model, struct model_queue *queue, struct model_message *message,
                  struct list *claims)
{
    bool alone = list_empty(&queue->ready);
    struct model_entry *entry =
        model_entry_add(model, queue, message, expiry_of(model, queue, message));
    entry->came_at = model->happened;
    model_entry_put(entry);
    if (claims) {
        model_claim_entry(model, claims, entry);
    }
    if (alone) {
        model_explain_queue(model, queue);
    }
    bool taken = alone && list_empty(&queue->ready);
    if (alone && !taken) {
        model_wait(queue, NULL);
    }
    if (!taken && queue->terms.ttl_ms == 0 && !queue->terms.dead_letters && !queue->terms.quorum) {
        forget(entry);
        return;
    }
    model->group_stores += entry->survives && !entry->passed;
    if (!taken && (terms_bound(&queue->terms) || entry->expires != TERMS_NONE)) {
        model_trim(model, queue);
    }
}

bool model_enqueue(struct model *model, struct model_queue *queue, struct model_message *message,
                   struct list *claims)
{
    if (queue->exchange) {
        model_hold(model, queue, message, claims);
        return true;
    }
    if (terms_bound(&queue->terms)) {
        model_expire(model, queue);
    }
    if (model_is_full(queue, message)) {
        if (queue->terms.overflow == OVERFLOW_REFUSE_AND_DIE) {
            model_die(model, queue, message, NULL, REASON_MAXLEN);
        }
        return false;
    }
    place(model, queue, message, claims);
    return true;
}

struct model_entry *model_take(struct model_queue *queue)
{
    struct list_node *node = list_first(&queue->ready);
    if (!node) {
        return NULL;
    }
    list_unlink(node);
    return container_of(node, struct model_entry, link);
}

static void settle_at(struct model *model, struct model_entry *entry, uint64_t instant)
{
    model->settled++;
    if (entry->survives) {
        entry->life.until = model_facts_add(&model->facts);
        entry->settled_at = instant;
    }
}

void model_count_settled(struct model *model, struct model_entry *entry)
{
    settle_at(model, entry, model->facts.instant);
    if (entry->survives && model->group_open) {
        list_push(&model->grouped, &entry->group_link);
    }
}

void model_hand_over(struct model_channel *channel, struct model_entry *entry, bool no_ack,
                     uint64_t instant)
{
    struct model *model = channel->conn->model;
    entry->tag = ++channel->tag_last;
    entry->channel = channel;
    model->delivered++;
    if (no_ack) {
        settle_at(model, entry, instant);
        entry->passed = true;
    } else {
        list_push(&channel->unsettled, &entry->link);
    }
}

/* Back to where it was, at once or after a while. */
static void put_back(struct model *model, struct model_entry *entry, enum model_outcome outcome)
{
    entry->consumer = NULL;
    entry->counted = false;
    entry->pending = OUTCOME_NONE;
    entry->redelivered = true;
    if (!model_retry(model, entry, outcome)) {
        model_entry_put(entry);
        model_touch(model, entry->queue);
    }
}

void model_note_attempt(struct model *model, struct model_entry *entry)
{
    if (entry->survives) {
        struct model_attempt *attempt = arena_new(model->arena, sizeof *attempt);
        attempt->failed = entry->failed;
        attempt->until = entry->until;
        attempt->fact = model_facts_add(&model->facts);
        model->group_stores++;
        list_push(&entry->attempts, &attempt->link);
    }
}

/* It comes back; false: once too often. */
static bool count_attempt(struct model *model, struct model_entry *entry)
{
    const struct terms *terms = &entry->queue->terms;
    if (!terms->counts) {
        return true;
    }
    if (++entry->failed > terms->delivery_limit) {
        return false;
    }
    model_note_attempt(model, entry);
    return true;
}

void model_settle_entry(struct model *model, struct model_entry *entry, enum model_outcome outcome)
{
    struct model_queue *queue = entry->queue;
    bool back = outcome == OUTCOME_REQUEUE || outcome == OUTCOME_FAIL;
    model_note_credit(entry);
    list_unlink(&entry->link);
    if (back && !queue->deleted && count_attempt(model, entry)) {
        put_back(model, entry, outcome);
    } else if (outcome != OUTCOME_ACK && !queue->deleted) {
        model_die(model, queue, entry->message, entry,
                  outcome == OUTCOME_REJECT ? REASON_REJECTED : REASON_DELIVERY_LIMIT);
    } else {
        model_count_settled(model, entry);
    }
}

static struct model_entry *find(const struct model_channel *channel, uint64_t tag)
{
    list_each(node, &channel->unsettled) {
        struct model_entry *entry = container_of(node, struct model_entry, link);
        if (entry->tag == tag && !entry->pending) {
            return entry;
        }
    }
    return NULL;
}

static void settle_one(struct model_channel *channel, struct model_entry *entry,
                       enum model_outcome outcome)
{
    if (entry->pending) {
        return;
    }
    if (channel->mode == MODE_TX) {
        entry->pending = outcome;
        list_push(&channel->settling, &entry->pending_link);
    } else {
        model_settle_entry(channel->conn->model, entry, outcome);
    }
}

static enum amqp_reply settle(struct model_channel *channel, uint64_t tag, bool multiple,
                              enum model_outcome outcome)
{
    bool all = multiple && tag == 0;
    struct model_entry *one = find(channel, tag);
    if (!all && !one) {
        return AMQP_PRECONDITION_FAILED;
    }
    if (!multiple) {
        settle_one(channel, one, outcome);
        return AMQP_OK;
    }
    list_each(node, &channel->unsettled) {
        struct model_entry *entry = container_of(node, struct model_entry, link);
        if (all || entry->tag <= tag) {
            settle_one(channel, entry, outcome);
        }
    }
    return AMQP_OK;
}

enum amqp_reply model_basic_ack(struct model_channel *channel, const struct op *op)
{
    const struct amqp_basic_ack *args = &op->args.basic_ack;
    return settle(channel, args->delivery_tag, args->multiple, OUTCOME_ACK);
}

enum amqp_reply model_basic_nack(struct model_channel *channel, const struct op *op)
{
    const struct amqp_basic_nack *args = &op->args.basic_nack;
    return settle(channel, args->delivery_tag, args->multiple,
                  args->requeue ? OUTCOME_REQUEUE : OUTCOME_REJECT);
}

enum amqp_reply model_basic_reject(struct model_channel *channel, const struct op *op)
{
    const struct amqp_basic_reject *args = &op->args.basic_reject;
    return settle(channel, args->delivery_tag, false,
                  args->requeue ? OUTCOME_FAIL : OUTCOME_REJECT);
}

static enum amqp_reply recover(struct model_channel *channel, bool requeue)
{
    if (!requeue) {
        return AMQP_NOT_IMPLEMENTED;
    }
    list_each(node, &channel->unsettled) {
        struct model_entry *entry = container_of(node, struct model_entry, link);
        if (!entry->pending) {
            model_settle_entry(channel->conn->model, entry, OUTCOME_REQUEUE);
        }
    }
    return AMQP_OK;
}

enum amqp_reply model_basic_recover(struct model_channel *channel, const struct op *op)
{
    enum amqp_reply code = recover(channel, op->args.basic_recover.requeue);
    if (!code) {
        model_owe_ok(channel, METHOD_basic_recover_ok);
    }
    return code;
}

enum amqp_reply model_basic_recover_async(struct model_channel *channel, const struct op *op)
{
    return recover(channel, op->args.basic_recover_async.requeue);
}
