#include "exchange/exchange_internal.h"

#include "amqp/table.h"

/* x-delayed-message, and what it is besides: the type that its argument x-delayed-type names is
 * that of the exchange, once messages are no longer held back (exchange_new, exchange_route). */
static const struct exchange_type *find_inner(struct slice arguments)
{
    struct field_value value;
    bool named = table_get(arguments, SLICE("x-delayed-type"), &value) && value.type == 'S';
    return named ? exchange_type_find(value.bytes) : NULL;
}

static enum amqp_reply delayed_check(struct slice arguments, struct text *error)
{
    struct field_value value;
    bool named = table_get(arguments, SLICE("x-delayed-type"), &value) && value.type == 'S';
    const struct exchange_type *inner = find_inner(arguments);
    if (!named || inner == &exchange_type_delayed) {
        text_add(error,
                 SLICE("Invalid argument, 'x-delayed-type' must be an existing exchange type"));
        return AMQP_PRECONDITION_FAILED;
    }
    if (!inner) {
        const char *text =
            value.bytes.len > 0 ? "unknown exchange type '%s'" : "invalid exchange type '%s'";
        text_format(error, text, value.bytes);
        return AMQP_PRECONDITION_FAILED;
    }
    return exchange_type_check(inner, arguments, error);
}

const struct exchange_type *exchange_type_behind(const struct exchange_type *type,
                                                 struct slice arguments)
{
    return type == &exchange_type_delayed ? find_inner(arguments) : type;
}

const struct exchange_type exchange_type_delayed = {
    .name = {(const uint8_t *)"x-delayed-message", sizeof "x-delayed-message" - 1},
    .check = delayed_check,
};
