#include "tests/sim/model_internal.h"
#include "tests/sim/model_wait.h"

/* Queues that are served: at the end of an operation, in the order in which it touched them. */
void model_explain_queue(struct model *model, struct model_queue *queue)
{
    struct model_queue *before = model->serving;
    model->serving = queue;
    model_explain(model);
    model->serving = before;
}

void model_touch(struct model *model, struct model_queue *queue)
{
    if (!queue->touched && !queue->deleted) {
        queue->touched = true;
        list_push(&model->touched, &queue->touched_link);
    }
}

static bool has_letters(const struct model *model)
{
    struct list_node *node = list_first(&model->letters);
    return node && !container_of(node, struct model_letter, link)->absent;
}

static void serve(struct model *model, struct model_queue *queue)
{
    model_trim(model, queue);
    model_explain_queue(model, queue);
    if (!list_empty(&queue->ready)) {
        model_wait(queue, NULL);
    }
}

void model_serve_touched(struct model *model)
{
    struct list_node *node;
    while ((node = list_first(&model->touched))) {
        struct model_queue *queue = container_of(node, struct model_queue, touched_link);
        list_unlink(node);
        queue->touched = false;
        if (!queue->deleted) {
            serve(model, queue);
        }
    }
}

void model_serve(struct model *model)
{
    do {
        model_serve_touched(model);
        model_send_letters(model);
        model_explain(model);
    } while ((has_letters(model) || !list_empty(&model->touched)) && !model->verdict->failed);
}

void model_finish(struct model *model)
{
    do {
        model_serve(model);
    } while (model_fetched(model));
}
