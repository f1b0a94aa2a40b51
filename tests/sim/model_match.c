#include "amqp/properties.h"
#include "amqp/table.h"
#include "base/check.h"
#include "base/wire.h"
#include "tests/sim/content.h"
#include "tests/sim/model_internal.h"

/* The properties that a client is shown of a message that came back so often. */
static struct slice shown(struct model *model, const struct model_message *message, uint32_t failed)
{
    uint8_t raw[9] = {'l'};
    wire_store_u64(raw + 1, failed);
    struct slice count = {raw, sizeof raw};
    return failed == 0
               ? message->properties
               : content_with(model->arena, message->properties, SLICE("x-delivery-count"), count);
}

bool model_message_is(struct model *model, const struct model_message *message,
                      const struct model_shown *heard)
{
    if (!slice_eq(message->exchange, heard->exchange) ||
        !slice_eq(message->routing_key, heard->routing_key) ||
        !slice_eq(message->body, heard->body)) {
        return false;
    }
    struct slice due = shown(model, message, heard->failed);
    bool loose = message->rewritten || heard->failed > 0;
    return loose ? content_same(model->arena, due, heard->properties)
                 : slice_eq(due, heard->properties);
}
