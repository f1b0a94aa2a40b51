#include "tests/sim/model_internal.h"

/* What a dead letter, a message that is due or a commit changes is one group in the journal, if it
 * is more than one record. Settlements in a group are not written at the end of the instant, as
 * others are, but right there. */
void model_group_begin(struct model *model)
{
    model->group_open = true;
    model->group_from = model->facts.count;
    model->group_stores = 0;
    list_init(&model->grouped);
}

void model_group_end(struct model *model, bool awaited)
{
    struct list_node *node;
    uint32_t settled = model_length(&model->grouped);
    bool alone = model->group_stores + settled == 1 && (model->group_stores == 1 || !awaited);
    model->group_open = false;
    while ((node = list_first(&model->grouped))) {
        list_unlink(node);
        if (!alone) {
            container_of(node, struct model_entry, group_link)->settled_at = 0;
        }
    }
    if (!alone) {
        model_facts_join(&model->facts, model->group_from);
    }
}
