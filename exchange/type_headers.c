#include "exchange/exchange_internal.h"

#include <stdlib.h>

#include "base/memory.h"
#include "exchange/fields.h"

/* headers: a message goes where a binding's arguments are among its headers: all of them or any of
 * them, as the argument x-match says. A void argument asks for presence. Arguments whose names
 * start with "x-" are passed over, unless x-match says -with-x. */
enum match_flag { MATCH_ANY = 1, MATCH_WITH_X = 2 }; // binding.mode; neither: all, without x-

enum { KEEP_FIELDS_MAX = 256 }; // larger scratch is given back after use

static bool parse_match(struct slice name, uint8_t *mode)
{
    static const struct {
        const char *name;
        size_t len;
        uint8_t mode;
    } matches[] = {
        {"all", 3, 0},
        {"any", 3, MATCH_ANY},
        {"all-with-x", 10, MATCH_WITH_X},
        {"any-with-x", 10, MATCH_ANY | MATCH_WITH_X},
    };
    for (size_t i = 0; i < sizeof matches / sizeof matches[0]; i++) {
        if (slice_eq(name, (struct slice){(const uint8_t *)matches[i].name, matches[i].len})) {
            *mode = matches[i].mode;
            return true;
        }
    }
    return false;
}

static enum amqp_reply headers_check(const struct binding_identity *wanted, struct text *error)
{
    struct field_value value;
    uint8_t mode;
    if (!table_get(wanted->arguments, SLICE("x-match"), &value)) {
        return AMQP_OK;
    }
    if (value.type != 'S') {
        field_text_wrong_type(error, SLICE("x-match"), &value);
        return AMQP_PRECONDITION_FAILED;
    }
    if (!parse_match(value.bytes, &mode)) {
        text_add(error, SLICE("Invalid x-match field value "));
        field_text(error, &value);
        text_add(error, SLICE("; expected all, any, all-with-x, or any-with-x"));
        return AMQP_PRECONDITION_FAILED;
    }
    return AMQP_OK;
}

static void *headers_new(const struct exchange *exchange, struct hash_key key)
{
    (void)exchange;
    (void)key;
    return memory_new(sizeof(struct fields)); // the headers of the message being routed
}

static void headers_free(void *state)
{
    fields_finish(state);
    free(state);
}

static void headers_bind(void *state, struct binding *binding)
{
    (void)state;
    struct field_value value;
    if (table_get(binding->arguments, SLICE("x-match"), &value) && value.type == 'S') {
        parse_match(value.bytes, &binding->mode);
    }
}

static bool passed_over(struct slice name, uint8_t mode)
{
    return slice_starts(name, SLICE("x-")) &&
           (!(mode & MATCH_WITH_X) || slice_eq(name, SLICE("x-match")));
}

/* Both sides are sorted by name, so one walk down each is enough. */
static bool matches(const struct binding *binding, const struct fields *headers)
{
    bool any = binding->mode & MATCH_ANY;
    struct wire_reader r = wire_reader_of(binding->arguments);
    struct field wanted;
    size_t at = 0;
    while (table_next(&r, &wanted.name, &wanted.value)) {
        if (passed_over(wanted.name, binding->mode)) {
            continue;
        }
        while (at < headers->count && slice_compare(headers->items[at].name, wanted.name) < 0) {
            at++;
        }
        bool hit = false;
        if (at < headers->count && slice_eq(headers->items[at].name, wanted.name)) {
            const struct field_value *value = &headers->items[at++].value;
            hit = wanted.value.type == 'V' || field_equal(&wanted.value, value);
        }
        if (hit == any) {
            return any;
        }
    }
    return !any;
}

static void headers_route(const struct exchange *exchange, const struct routing *routing,
                          struct route *route)
{
    struct fields *headers = exchange->state;
    fields_read(headers, routing->properties->headers);
    list_each(node, &exchange->bindings) {
        struct binding *binding = container_of(node, struct binding, out_link);
        if (matches(binding, headers)) {
            route_reach(route, binding->destination);
        }
    }
    if (headers->cap > KEEP_FIELDS_MAX) {
        fields_finish(headers);
    }
}

const struct exchange_type exchange_type_headers = {
    .name = {(const uint8_t *)"headers", sizeof "headers" - 1},
    .state_new = headers_new,
    .state_free = headers_free,
    .check_binding = headers_check,
    .bind = headers_bind,
    .route = headers_route,
};
