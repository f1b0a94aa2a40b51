#include "tests/sim/model_retry.h"
#include "tests/sim/model_internal.h"

/* Delayed retry: what comes back to a queue is held back for a while, the longer the more often it
 * came back, and then takes its old place again. */
static bool is_delayed(const struct terms *terms, enum model_outcome outcome)
{
    switch (terms->retry) {
    case RETRY_NONE:
        return false;
    case RETRY_ALL:
        return true;
    case RETRY_FAILED:
        return outcome == OUTCOME_FAIL;
    case RETRY_RETURNED:
        return outcome == OUTCOME_REQUEUE;
    }
    return false;
}

static bool is_before(const struct model_entry *entry, const struct model_entry *other)
{
    return entry->until < other->until ||
           (entry->until == other->until && entry->position < other->position);
}

static void schedule(struct model *model, struct model_queue *queue)
{
    struct list_node *node = list_first(&queue->held);
    const struct model_entry *first = node ? container_of(node, struct model_entry, link) : NULL;
    if (!first) {
        queue->retry_due.set = false;
    } else if (!queue->retry_due.set || queue->retry_due.at != first->until) {
        model_due_set(model, &queue->retry_due, first->until);
    }
}

static void hold(struct model *model, struct model_entry *entry)
{
    struct model_queue *queue = entry->queue;
    struct list_node *at = queue->held.head.next;
    while (at != &queue->held.head &&
           !is_before(entry, container_of(at, struct model_entry, link))) {
        at = at->next;
    }
    list_insert_before(at, &entry->link);
    schedule(model, queue);
}

bool model_retry(struct model *model, struct model_entry *entry, enum model_outcome outcome)
{
    const struct terms *terms = &entry->queue->terms;
    if (!is_delayed(terms, outcome)) {
        return false;
    }
    uint64_t delay = terms->retry_min_ms * entry->failed;
    entry->until = model->now_ms + (delay < terms->retry_max_ms ? delay : terms->retry_max_ms);
    hold(model, entry);
    model_note_attempt(model, entry);
    return true;
}

void model_retry_end(struct model *model, struct model_queue *queue)
{
    struct list_node *node = list_first(&queue->held);
    list_unlink(node);
    model_entry_put(container_of(node, struct model_entry, link));
    model_touch(model, queue);
    schedule(model, queue);
}

/* What goes with its queue needs no record. */
uint32_t model_retries_drop(struct model *model, struct model_queue *queue)
{
    struct list_node *node;
    uint32_t count = 0;
    while ((node = list_first(&queue->held))) {
        list_unlink(node);
        count++;
        if (queue->deleted) {
            model->settled++;
        } else {
            model_count_settled(model, container_of(node, struct model_entry, link));
        }
    }
    schedule(model, queue);
    return count;
}

void model_retries_resume(struct model *model, struct model_queue *queue)
{
    list_each(node, &queue->ready) {
        struct model_entry *entry = container_of(node, struct model_entry, link);
        if (entry->until > model->now_ms) {
            list_unlink(node);
            hold(model, entry);
        }
    }
}
