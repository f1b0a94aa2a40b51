#include "tests/sim/model_internal.h"

static struct model_entry *first_of(const struct model_queue *queue)
{
    struct list_node *node = list_first(&queue->ready);
    return node ? container_of(node, struct model_entry, link) : NULL;
}

static uint64_t octets_of(const struct list *entries)
{
    uint64_t octets = 0;
    list_each(node, entries) {
        octets += container_of(node, struct model_entry, link)->message->body.len;
    }
    return octets;
}

/* With so many messages more than there are: what is held back counts. */
static bool exceeds(const struct model_queue *queue, uint64_t messages, uint64_t octets)
{
    const struct terms *terms = &queue->terms;
    messages += model_length(&queue->ready) + model_length(&queue->held);
    octets += octets_of(&queue->ready) + octets_of(&queue->held);
    return (terms->length_max != TERMS_NONE && messages > terms->length_max) ||
           (terms->bytes_max != TERMS_NONE && octets > terms->bytes_max);
}

bool model_is_full(const struct model_queue *queue, const struct model_message *message)
{
    return queue->terms.overflow != OVERFLOW_DROP && exceeds(queue, 1, message->body.len);
}

static void drop_first(struct model *model, struct model_queue *queue, enum model_reason reason)
{
    struct model_entry *entry = model_take(queue);
    model_die(model, queue, entry->message, entry, reason);
}

/* Only the first is looked at: what is too old behind one that is not stays. */
void model_expire(struct model *model, struct model_queue *queue)
{
    const struct model_entry *first;
    while ((first = first_of(queue)) && first->expires <= model->now_ms) {
        drop_first(model, queue, REASON_EXPIRED);
    }
    struct model_due *due = &queue->head_due;
    if (first && first->expires != TERMS_NONE && !(due->set && due->at <= first->expires)) {
        model_due_set(model, due, first->expires);
    }
}

void model_trim(struct model *model, struct model_queue *queue)
{
    while (queue->terms.overflow == OVERFLOW_DROP && !list_empty(&queue->ready) &&
           exceeds(queue, 0, 0)) {
        drop_first(model, queue, REASON_MAXLEN);
    }
    model_expire(model, queue);
}
