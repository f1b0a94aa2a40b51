#include "exchange/exchange_internal.h"

#include <stdlib.h>

#include "base/memory.h"
#include "exchange/fields.h"
#include "exchange/lineup.h"
#include "exchange/stable_hash.h"

/* x-consistent-hash: equal messages go to the same one of the destinations, and each destination
 * gets a share of all by the weight that is its binding's key. What makes messages equal is the
 * routing key, or the header or property that the exchange's arguments name.
 *
 * Every destination has a hash of its name, and so a hash together with each message. The message
 * goes where that is highest, with weights taken into account ("rendezvous hashing"). So a
 * destination that comes takes its share from the others and moves nothing between them, one that
 * goes leaves its share to the others; and what goes where depends neither on the order of binding
 * nor on when the broker was started.
 *
 * Of several bindings to one destination the first counts, as in RabbitMQ. */
enum { WEIGHT_MAX = 1000000 }; // keys that say more mean this much: then costs do not overflow

/* Where a message may go. */
struct place {
    uint64_t hash; // of the destination's name
    uint32_t weight;
    struct destination *destination; // borrowed
};

struct consistent_hash {
    enum property_flag property; // the argument hash-property; 0 if there is none
    struct slice header;         // the argument hash-header, borrowed; a NULL ptr if there is none
    struct place *places;        // owned array, by weight and name; NULL: not made since a change
    uint32_t place_count;
};

/* 0 for a property that cannot be hashed. */
static enum property_flag property_find(struct slice name)
{
    if (slice_eq(name, SLICE("message_id"))) {
        return PROPERTY_message_id;
    }
    if (slice_eq(name, SLICE("correlation_id"))) {
        return PROPERTY_correlation_id;
    }
    return slice_eq(name, SLICE("timestamp")) ? PROPERTY_timestamp : 0;
}

static bool is_string(struct slice name, const struct field_value *value, struct text *error)
{
    if (value->type != 'S') {
        field_text_wrong_type(error, name, value);
    }
    return value->type == 'S';
}

static enum amqp_reply consistent_hash_check(struct slice arguments, struct text *error)
{
    struct field_value header, property;
    bool has_header = table_get(arguments, SLICE("hash-header"), &header);
    bool has_property = table_get(arguments, SLICE("hash-property"), &property);
    if ((has_header && !is_string(SLICE("hash-header"), &header, error)) ||
        (has_property && !is_string(SLICE("hash-property"), &property, error))) {
        return AMQP_PRECONDITION_FAILED;
    }
    if (has_header && has_property) {
        text_add(error, SLICE("hash-header and hash-property are mutually exclusive"));
        return AMQP_PRECONDITION_FAILED;
    }
    if (has_property && !property_find(property.bytes)) {
        text_format(error, "Unsupported property: %s", property.bytes);
        return AMQP_PRECONDITION_FAILED;
    }
    return AMQP_OK;
}

/* Reads a whole number with or without a sign, as Erlang does. False if it is none; *weight is 0
 * for those below 1. */
static bool parse_weight(struct slice key, uint32_t *weight)
{
    bool sign = key.len > 0 && (key.ptr[0] == '-' || key.ptr[0] == '+');
    uint64_t number = 0;
    for (size_t i = sign; i < key.len; i++) {
        if (key.ptr[i] < '0' || key.ptr[i] > '9') {
            return false;
        }
        number = number * 10 + (key.ptr[i] - '0');
        number = number < WEIGHT_MAX ? number : WEIGHT_MAX;
    }
    *weight = sign && key.ptr[0] == '-' ? 0 : (uint32_t)number;
    return key.len > sign;
}

static enum amqp_reply consistent_hash_check_binding(const struct binding_identity *wanted,
                                                     struct text *error)
{
    uint32_t weight;
    if (!parse_weight(wanted->key, &weight)) {
        text_add(error, SLICE("The binding key must be an integer: "));
        field_text(error, &(struct field_value){.type = 'S', .bytes = wanted->key});
        return AMQP_PRECONDITION_FAILED;
    }
    if (weight == 0) {
        text_add(error, SLICE("The binding key must be greater than 0"));
        return AMQP_PRECONDITION_FAILED;
    }
    return AMQP_OK;
}

static void *consistent_hash_new(const struct exchange *exchange, struct hash_key key)
{
    (void)key;
    struct consistent_hash *state = memory_new(sizeof *state);
    struct field_value value;
    if (table_get(exchange->arguments, SLICE("hash-header"), &value) && value.type == 'S') {
        state->header = value.bytes;
    }
    if (table_get(exchange->arguments, SLICE("hash-property"), &value) && value.type == 'S') {
        state->property = property_find(value.bytes);
    }
    return state;
}

static void forget_places(struct consistent_hash *state)
{
    free(state->places);
    state->places = NULL;
    state->place_count = 0;
}

static void consistent_hash_free(void *state)
{
    forget_places(state);
    free(state);
}

static void consistent_hash_bind(void *state, struct binding *binding)
{
    parse_weight(binding->key, &binding->weight);
    forget_places(state);
}

static void consistent_hash_unbind(void *state, struct binding *binding)
{
    (void)binding;
    forget_places(state);
}

static int by_weight(const struct binding *a, const struct binding *b)
{
    return (a->weight > b->weight) - (a->weight < b->weight);
}

/* Leaves the first binding of each destination, sorted by weight and then by name. */
static void choose_bindings(struct lineup *lineup)
{
    lineup_sort(lineup, lineup_by_destination);
    uint32_t count = 1;
    for (uint32_t i = 1; i < lineup->count; i++) {
        if (lineup->items[i]->destination != lineup->items[count - 1]->destination) {
            lineup->items[count++] = lineup->items[i];
        }
    }
    lineup->count = count;
    lineup_sort(lineup, by_weight);
}

static void make_places(struct consistent_hash *state, const struct exchange *exchange)
{
    struct lineup lineup = {0};
    if (!lineup_make(&lineup, exchange)) {
        return;
    }
    choose_bindings(&lineup);
    state->places = memory_array(lineup.count, sizeof *state->places);
    state->place_count = lineup.count;
    for (uint32_t i = 0; i < lineup.count; i++) {
        struct destination *destination = lineup.items[i]->destination;
        uint64_t kind = stable_hash_mix(destination->kind);
        state->places[i] = (struct place){.hash = stable_hash(*destination->name) ^ kind,
                                          .weight = lineup.items[i]->weight,
                                          .destination = destination};
    }
    lineup_forget(&lineup);
}

static uint64_t hash_property(enum property_flag property, const struct amqp_properties *properties)
{
    uint8_t octets[8];
    if (!(properties->flags & property)) {
        return 0; // all messages without it go the same way
    }
    switch (property) {
    case PROPERTY_message_id:
        return stable_hash(properties->message_id);
    case PROPERTY_correlation_id:
        return stable_hash(properties->correlation_id);
    default:
        wire_store_u64(octets, properties->timestamp);
        return stable_hash((struct slice){octets, sizeof octets});
    }
}

static uint64_t hash_message(const struct consistent_hash *state, const struct routing *routing)
{
    struct field_value value;
    if (state->property) {
        return hash_property(state->property, routing->properties);
    }
    if (!state->header.ptr) {
        return stable_hash(routing->keys[0]); // those of CC and BCC mean nothing
    }
    return table_get(routing->properties->headers, state->header, &value) ? stable_hash(value.raw)
                                                                          : 0;
}

/* The highest of the places of one weight, which begin at *at; moves *at behind them. */
static const struct place *highest(const struct consistent_hash *state, uint32_t *at, uint64_t hash,
                                   uint64_t *height)
{
    const struct place *best = &state->places[*at];
    uint32_t weight = best->weight;
    *height = stable_hash_mix(best->hash ^ hash);
    while (++*at < state->place_count && state->places[*at].weight == weight) {
        uint64_t other = stable_hash_mix(state->places[*at].hash ^ hash);
        if (other > *height) {
            *height = other;
            best = &state->places[*at];
        }
    }
    return best;
}

static const struct place *find_place(const struct consistent_hash *state, uint64_t hash)
{
    uint64_t height;
    uint32_t at = 0;
    const struct place *best = highest(state, &at, hash, &height);
    uint64_t cost = at < state->place_count ? stable_hash_cost(height) : 0;
    while (at < state->place_count) {
        const struct place *next = highest(state, &at, hash, &height);
        uint64_t next_cost = stable_hash_cost(height);
        if (next_cost * best->weight < cost * next->weight) {
            best = next;
            cost = next_cost;
        }
    }
    return best;
}

static void consistent_hash_route(const struct exchange *exchange, const struct routing *routing,
                                  struct route *route)
{
    struct consistent_hash *state = exchange->state;
    if (!state->places) {
        make_places(state, exchange);
    }
    route->varies |= state->property != 0;
    if (state->place_count > 0) {
        route_reach(route, find_place(state, hash_message(state, routing))->destination);
    }
}

const struct exchange_type exchange_type_consistent_hash = {
    .name = {(const uint8_t *)"x-consistent-hash", sizeof "x-consistent-hash" - 1},
    .state_new = consistent_hash_new,
    .state_free = consistent_hash_free,
    .check = consistent_hash_check,
    .check_binding = consistent_hash_check_binding,
    .bind = consistent_hash_bind,
    .unbind = consistent_hash_unbind,
    .route = consistent_hash_route,
};
