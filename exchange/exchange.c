#include "exchange/exchange.h"

#include <stdlib.h>

#include "amqp/table.h"
#include "base/blob.h"
#include "base/cursor.h"
#include "base/memory.h"
#include "exchange/exchange_internal.h"

const struct exchange_type *exchange_type_find(struct slice name)
{
    static const struct exchange_type *const types[] = {
        &exchange_type_direct,       &exchange_type_fanout,          &exchange_type_topic,
        &exchange_type_headers,      &exchange_type_consistent_hash, &exchange_type_local_random,
        &exchange_type_modulus_hash, &exchange_type_random,          &exchange_type_recent_history,
        &exchange_type_delayed,
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (slice_eq(name, types[i]->name)) {
            return types[i];
        }
    }
    return NULL;
}

static struct slice find_alternate(struct slice arguments)
{
    struct field_value value;
    bool found = table_get(arguments, SLICE("alternate-exchange"), &value);
    return found && value.type == 'S' ? value.bytes : (struct slice){0};
}

/* Copies a text to where *at is, and moves that behind it. */
static struct slice keep_text(uint8_t **at, struct slice text)
{
    struct slice copy = {*at, text.len};
    slice_copy(*at, text);
    *at += text.len;
    return copy;
}

struct exchange *exchange_new(const struct exchange_options *options,
                              const struct exchange_type *type, struct hash_key key)
{
    size_t texts = options->name.len + options->arguments.len + options->user.len;
    struct exchange *exchange = memory_new(sizeof *exchange + texts);
    destination_init(&exchange->destination, DESTINATION_EXCHANGE, &exchange->name);
    exchange->type = exchange_type_behind(type, options->arguments);
    exchange->delays = exchange->type != type;
    CHECK(exchange->type);
    list_init(&exchange->bindings);
    list_init(&exchange->cursors);
    map_init(&exchange->by_identity, key);
    exchange->durable = options->durable;
    exchange->auto_delete = options->auto_delete;
    exchange->internal = options->internal;
    uint8_t *at = (uint8_t *)(exchange + 1);
    exchange->name = keep_text(&at, options->name);
    exchange->arguments = keep_text(&at, options->arguments);
    exchange->user = keep_text(&at, options->user);
    exchange->alternate = find_alternate(exchange->arguments);
    type = exchange->type;
    exchange->state = type->state_new ? type->state_new(exchange, key) : NULL;
    return exchange;
}

void exchange_free(struct exchange *exchange)
{
    if (!exchange) {
        return;
    }
    struct list_node *node;
    while ((node = list_first(&exchange->bindings))) {
        binding_remove(container_of(node, struct binding, out_link));
    }
    while ((node = list_first(&exchange->destination.bindings_in))) {
        binding_remove(container_of(node, struct binding, in_link));
    }
    if (exchange->type->state_free) {
        exchange->type->state_free(exchange->state);
    }
    cursors_finish(&exchange->cursors);
    map_finish(&exchange->by_identity);
    blob_unref(exchange->policy_alternate);
    free(exchange);
}

enum amqp_reply exchange_type_check(const struct exchange_type *type, struct slice arguments,
                                    struct text *error)
{
    return type->check ? type->check(arguments, error) : AMQP_OK;
}

enum amqp_reply exchange_check_binding(const struct exchange *source,
                                       const struct binding_identity *wanted, struct text *error)
{
    return source->type->check_binding ? source->type->check_binding(wanted, error) : AMQP_OK;
}

uint64_t exchange_serial(const struct exchange *exchange)
{
    return exchange->serial;
}

struct exchange_counts *exchange_counts(struct exchange *exchange)
{
    return &exchange->counts;
}

struct exchange_pairs **exchange_pairs(struct exchange *exchange)
{
    return &exchange->pairs;
}

struct slice exchange_name(const struct exchange *exchange)
{
    return exchange->name;
}

struct slice exchange_type_name(const struct exchange *exchange)
{
    return exchange->delays ? exchange_type_delayed.name : exchange->type->name;
}

bool exchange_delays(const struct exchange *exchange)
{
    return exchange->delays;
}

struct destination *exchange_store(const struct exchange *exchange)
{
    return exchange->store;
}

void exchange_set_store(struct exchange *exchange, struct destination *store)
{
    CHECK(exchange->delays);
    exchange->store = store;
}

struct slice exchange_arguments(const struct exchange *exchange)
{
    return exchange->arguments;
}

struct slice exchange_user(const struct exchange *exchange)
{
    return exchange->user;
}

bool exchange_durable(const struct exchange *exchange)
{
    return exchange->durable;
}

bool exchange_auto_delete(const struct exchange *exchange)
{
    return exchange->auto_delete;
}

bool exchange_internal(const struct exchange *exchange)
{
    return exchange->internal;
}

struct slice exchange_alternate(const struct exchange *exchange)
{
    bool by_policy = !exchange->alternate.ptr && exchange->policy_alternate;
    return by_policy ? blob_slice(exchange->policy_alternate) : exchange->alternate;
}

void exchange_set_policy_alternate(struct exchange *exchange, struct slice name)
{
    blob_unref(exchange->policy_alternate);
    exchange->policy_alternate = name.ptr ? blob_new(name) : NULL;
}

const struct list *exchange_bindings(const struct exchange *exchange)
{
    return &exchange->bindings;
}

size_t exchange_binding_count(const struct exchange *exchange)
{
    return exchange->by_identity.count;
}

struct destination *exchange_destination(struct exchange *exchange)
{
    return &exchange->destination;
}

struct exchange *exchange_of(struct destination *destination)
{
    CHECK(destination->kind == DESTINATION_EXCHANGE);
    return container_of(destination, struct exchange, destination);
}

void exchange_begin(struct exchange *exchange, struct cursor *cursor)
{
    cursor_begin(cursor, &exchange->cursors, &exchange->bindings);
}
