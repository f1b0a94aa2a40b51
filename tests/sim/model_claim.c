#include "tests/sim/model_internal.h"

struct model_claim *model_claim(struct model *model, struct list *claims, uint64_t fact)
{
    if (fact == 0) {
        return NULL;
    }
    struct model_claim *claim = arena_new(model->arena, sizeof *claim);
    claim->fact = fact;
    list_push(claims, &claim->link);
    return claim;
}

void model_claim_entry(struct model *model, struct list *claims, const struct model_entry *entry)
{
    struct model_claim *claim = model_claim(model, claims, entry->life.from);
    if (claim) {
        claim->entry = entry;
    }
}

void model_claims_heard(struct model_conn *conn, struct list *claims, const struct heard *heard)
{
    list_each(node, claims) {
        struct model_claim *claim = container_of(node, struct model_claim, link);
        claim->conn = conn;
        claim->by = amqp_method_name(heard->args.method);
        claim->said = heard->said;
    }
    model_take_over(claims, &conn->model->claims);
}

/* Whoever gets a message without acknowledgement at once leaves nothing to be stored. Others may
 * have had it for a while; they are not worth telling apart. */
static void check(struct model *model, const struct model_claim *claim)
{
    bool stored = !claim->entry || !claim->entry->passed;
    uint64_t instant = model_facts_instant(&model->facts, claim->fact);
    if (!stored) {
        return;
    }
    if (model->durable && instant > claim->said.durable) {
        verdict_fail(model->verdict, "connection %u: %s before the disk has it", claim->conn->id,
                     claim->by);
    }
    if (!claim->said.unheard && claim->fact > model->facts.answered) {
        model->facts.answered = claim->fact;
    }
}

void model_check_claims(struct model *model)
{
    struct list_node *node;
    while ((node = list_first(&model->claims))) {
        list_unlink(node);
        check(model, container_of(node, struct model_claim, link));
    }
}
