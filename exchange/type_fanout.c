#include "exchange/exchange_internal.h"

/* fanout: every message goes everywhere; keys mean nothing. */
static void fanout_route(const struct exchange *exchange, const struct routing *routing,
                         struct route *route)
{
    (void)routing;
    list_each(node, &exchange->bindings) {
        route_reach(route, container_of(node, struct binding, out_link)->destination);
    }
}

const struct exchange_type exchange_type_fanout = {
    .name = {(const uint8_t *)"fanout", sizeof "fanout" - 1},
    .route = fanout_route,
};
