#include "broker/taken.h"

#include "broker/broker_internal.h"
#include "broker/dead_letter.h"
#include "broker/delay.h"
#include "broker/retry.h"
#include "broker/transaction.h"

void taken_item(const struct unsettled_item *item, taken_visitor visit, void *context)
{
    struct delivery delivery = {
        .msg = item->msg, .expires = item->expires, .position = unsettled_position(item)};
    visit(context, item->queue, &delivery);
}

static void visit_channel(struct channel *channel, taken_visitor visit, void *context)
{
    const struct unsettled_item *item;
    uint64_t tag = 0;
    for (uint64_t from = 0; (item = unsettled_next(&channel->unsettled, from, &tag));
         from = tag + 1) {
        taken_item(item, visit, context);
    }
    transaction_each(channel, visit, context);
}

void taken_each(struct broker *broker, taken_visitor visit, void *context)
{
    list_each(session_node, &broker->sessions) {
        struct session *session = container_of(session_node, struct session, link);
        list_each(node, &session->channels) {
            visit_channel(container_of(node, struct channel, link), visit, context);
        }
    }
    dead_letters_each(broker, visit, context);
    delay_each(broker, visit, context);
    retries_each(broker, visit, context);
}
