#include "tests/sim/model_internal.h"
#include "tests/sim/model_retry.h"

void model_due_set(struct model *model, struct model_due *due, uint64_t at)
{
    *due = (struct model_due){.at = at, .order = ++model->dues_set, .set = true};
}

/* A queue that nobody consumes from, declares or gets from goes after a while. */
void model_touch_unused(struct model *model, struct model_queue *queue)
{
    if (queue->terms.expires_ms == TERMS_NONE) {
        return;
    }
    if (list_empty(&queue->consumers)) {
        model_due_set(model, &queue->unused_due, model->now_ms + queue->terms.expires_ms);
    } else {
        queue->unused_due.set = false;
    }
}

typedef struct model_due *due_of(struct model_queue *queue);

static struct model_due *head_due_of(struct model_queue *queue)
{
    return &queue->head_due;
}

static struct model_due *retry_due_of(struct model_queue *queue)
{
    return &queue->retry_due;
}

static struct model_due *unused_due_of(struct model_queue *queue)
{
    return &queue->unused_due;
}

static bool comes_before(const struct model_due *due, const struct model_due *other)
{
    return due->at < other->at || (due->at == other->at && due->order < other->order);
}

/* The queue for which something is due first, and by now. */
static struct model_queue *first_due(struct model *model, due_of *of)
{
    struct model_queue *first = NULL;
    for (int i = 0; i < MODEL_VHOSTS; i++) {
        list_each(node, &model->vhosts[i].queues) {
            struct model_queue *queue = container_of(node, struct model_queue, link);
            const struct model_due *due = of(queue);
            if (!queue->deleted && due->set && due->at <= model->now_ms &&
                (!first || comes_before(due, of(first)))) {
                first = queue;
            }
        }
    }
    return first;
}

static void end_retries(struct model *model)
{
    struct model_queue *queue = first_due(model, retry_due_of);
    if (!queue) {
        return;
    }
    for (; queue; queue = first_due(model, retry_due_of)) {
        model_retry_end(model, queue);
    }
    model_serve_touched(model);
}

void model_tick_now(struct model *model)
{
    struct model_queue *queue;
    while ((queue = first_due(model, head_due_of))) {
        queue->head_due.set = false;
        model_expire(model, queue);
    }
    model_release(model);
    end_retries(model);
    model_send_letters(model);
    while ((queue = first_due(model, unused_due_of))) {
        model_queue_remove(model, queue);
    }
}
