#include "exchange/exchange_internal.h"

#include "exchange/fields.h"
#include "exchange/history.h"

/* x-recent-history: every message goes everywhere, as in a fanout exchange, and the last ones are
 * kept for those who bind later: as many as the argument x-recent-history-length says, but for
 * those whose header x-recent-history-no-store is true. */
enum { LENGTH_DEFAULT = 20 };

static bool read_length(struct slice arguments, struct field_value *value, uint32_t *length)
{
    *length = LENGTH_DEFAULT;
    if (!table_get(arguments, SLICE("x-recent-history-length"), value)) {
        return true;
    }
    switch (value->type) {
    case 'b':
    case 's':
    case 'I':
    case 'l':
    case 'L':
        *length = value->integer > UINT32_MAX ? UINT32_MAX : (uint32_t)value->integer;
        return value->integer > 0;
    default: // unsigned ones included, as in RabbitMQ
        return false;
    }
}

static enum amqp_reply recent_history_check(struct slice arguments, struct text *error)
{
    struct field_value value;
    uint32_t length;
    if (read_length(arguments, &value, &length)) {
        return AMQP_OK;
    }
    text_add(error, SLICE("Invalid argument "));
    field_text(error, &value);
    text_add(error, SLICE(", 'x-recent-history-length' must be a positive integer"));
    return AMQP_PRECONDITION_FAILED;
}

static void *recent_history_new(const struct exchange *exchange, struct hash_key key)
{
    (void)key;
    struct field_value value;
    uint32_t length;
    bool sound = read_length(exchange->arguments, &value, &length);
    return history_new(sound ? length : LENGTH_DEFAULT);
}

static void recent_history_free(void *state)
{
    history_free(state);
}

static bool asks_not_to_be_kept(const struct amqp_properties *properties)
{
    struct field_value value;
    return table_get(properties->headers, SLICE("x-recent-history-no-store"), &value) &&
           value.type == 't' && value.integer;
}

static void recent_history_route(const struct exchange *exchange, const struct routing *routing,
                                 struct route *route)
{
    route->varies = true; // what keeps messages has to see all of them
    if (!asks_not_to_be_kept(routing->properties)) {
        route_set_keep(route->queues, exchange);
    }
    list_each(node, &exchange->bindings) {
        route_reach(route, container_of(node, struct binding, out_link)->destination);
    }
}

struct history *exchange_history(const struct exchange *exchange)
{
    return exchange->type == &exchange_type_recent_history ? exchange->state : NULL;
}

const struct exchange_type exchange_type_recent_history = {
    .name = {(const uint8_t *)"x-recent-history", sizeof "x-recent-history" - 1},
    .state_new = recent_history_new,
    .state_free = recent_history_free,
    .check = recent_history_check,
    .route = recent_history_route,
};
