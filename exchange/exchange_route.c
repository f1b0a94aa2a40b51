#include "exchange/delay_header.h"
#include "exchange/exchange_internal.h"
#include "exchange/exchanges.h"

/* Appends exchange to those that the route has to visit, unless it is or was among them: so cycles
 * of bindings and of alternate exchanges end. */
static void visit_later(struct route *route, struct exchange *exchange)
{
    if (exchange->destination.routed != route->queues->number) {
        exchange->destination.routed = route->queues->number;
        exchange->route_next = NULL;
        route->last->route_next = exchange;
        route->last = exchange;
    }
}

void route_reach(struct route *route, struct destination *destination)
{
    route->found = true;
    if (destination->kind == DESTINATION_QUEUE) {
        route_set_add(route->queues, destination);
    } else {
        visit_later(route, exchange_of(destination));
    }
}

static void follow_alternate(const struct exchanges *all, const struct exchange *from,
                             struct route *route)
{
    struct slice name = exchange_alternate(from);
    struct exchange *alternate = name.ptr ? exchanges_find(all, name) : NULL;
    if (alternate) {
        visit_later(route, alternate);
    }
}

/* Takes the message out of circulation for now, if that is what it asks for. */
static bool hold_back(const struct exchange *exchange, const struct routing *routing,
                      struct route *route)
{
    if (!exchange->delays || delay_asked(routing->properties) == 0) {
        return false;
    }
    route->found = true;
    if (exchange->store) {
        route_reach(route, exchange->store);
    }
    return true;
}

bool exchange_route(const struct exchanges *all, struct exchange *first,
                    const struct routing *routing, struct route_set *out)
{
    struct route route = {.queues = out, .last = first};
    first->destination.routed = out->number;
    first->route_next = NULL;
    for (struct exchange *at = first; at; at = at->route_next) {
        route.found = false;
        if (!hold_back(at, routing, &route)) {
            at->type->route(at, routing, &route);
        }
        if (!route.found) {
            follow_alternate(all, at, &route);
        }
    }
    return !route.varies;
}
