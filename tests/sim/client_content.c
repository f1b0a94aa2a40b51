#include "tests/sim/client_internal.h"

#include <stdio.h>

#include "amqp/properties.h"
#include "amqp/table.h"
#include "base/wire.h"

enum { BODIES_MAX = 12000000 }; // octets of all bodies of a history

static const char *const words[] = {"a", "b", "c", "#", "*"};

/* "a.b", "c" and the like, for binding and publishing alike; sometimes with wildcards, sometimes
 * the name of a queue. */
struct slice client_key(struct client *client)
{
    struct prng *prng = client->prng;
    char text[20];
    size_t len = 0;
    if (client->manners->scheme.parts && !client->manners->fans_out &&
        prng_chance(prng, 40)) { // so that more of it meets
        return prng_chance(prng, 50) ? SLICE("a") : SLICE("b");
    }
    uint32_t count = prng_below(prng, 4);
    if (prng_chance(prng, client->manners->fans_out ? 80 : 30)) {
        return client_name(client, "q", 4);
    }
    for (uint32_t i = 0; i < count; i++) {
        const char *word = words[prng_below(prng, prng_chance(prng, 30) ? 5 : 3)];
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i > 0 ? "." : "", word);
    }
    return arena_copy(client->arena, (struct slice){(uint8_t *)text, len});
}

static void add_integer(struct bytes *table, struct slice name, uint32_t value)
{
    uint8_t raw[5] = {'I'};
    wire_store_u32(raw + 1, value);
    table_add_raw(table, name, (struct slice){raw, sizeof raw});
}

/* Some of the headers that bindings ask for; in the order of their names, as brokers keep them. */
static void add_fields(struct client *client, struct bytes *table, bool binding)
{
    struct prng *prng = client->prng;
    if (prng_chance(prng, 40)) {
        add_integer(table, SLICE("color"), prng_below(prng, 2));
    }
    if (prng_chance(prng, 40)) {
        table_add_string(table, SLICE("size"), prng_chance(prng, 50) ? SLICE("S") : SLICE("XL"));
    }
    if (binding && prng_chance(prng, 20)) {
        table_add_raw(table, SLICE("weight"), SLICE("V"));
    } else if (prng_chance(prng, 30)) {
        add_integer(table, SLICE("weight"), 7);
    }
}

struct slice client_match(struct client *client)
{
    static const char *const matches[] = {"all", "any"};
    struct bytes table = {0};
    const char *match = matches[prng_below(client->prng, 2)];
    if (client_errs(client)) {
        match = "some";
    }
    add_fields(client, &table, true);
    if (prng_chance(client->prng, 70)) {
        table_add_string(&table, SLICE("x-match"),
                         (struct slice){(const uint8_t *)match, strlen(match)});
    }
    struct slice copy = arena_copy(client->arena, bytes_slice(&table));
    bytes_finish(&table);
    return copy;
}

/* CC or BCC: one or two routing keys more. */
static void add_copies(struct client *client, struct bytes *table, struct slice name)
{
    struct bytes value = {0};
    struct bytes keys = {0};
    if (client_errs(client)) {
        table_add_string(table, name, SLICE("no array"));
        return;
    }
    for (uint32_t i = prng_between(client->prng, 1, 2); i > 0; i--) {
        struct slice key = client_key(client);
        bytes_add_u8(&keys, 'S');
        bytes_add_u32(&keys, (uint32_t)key.len);
        bytes_add(&keys, key);
    }
    bytes_add_u8(&value, 'A');
    bytes_add_u32(&value, (uint32_t)keys.len);
    bytes_add(&value, bytes_slice(&keys));
    table_add_raw(table, name, bytes_slice(&value));
    bytes_finish(&keys);
    bytes_finish(&value);
}

/* What exchanges that hold messages back look at. Not all of it makes them do that. */
static void add_delay(struct client *client, struct bytes *table)
{
    static const uint32_t delays[] = {1, 50, 500, 4000, 40000, 0, (uint32_t)-100};
    if (client->manners->scheme.parts & SCHEME_DELAYS && prng_chance(client->prng, 75)) {
        add_integer(table, SLICE("x-delay"), delays[prng_below(client->prng, 7)]);
    }
}

static struct slice headers(struct client *client)
{
    struct bytes table = {0};
    add_fields(client, &table, false);
    if (prng_chance(client->prng, client->manners->fans_out ? 70 : 20)) {
        add_copies(client, &table, SLICE("CC"));
    }
    if (prng_chance(client->prng, 20)) {
        add_copies(client, &table, SLICE("BCC"));
    }
    add_delay(client, &table);
    struct slice copy = arena_copy(client->arena, bytes_slice(&table));
    bytes_finish(&table);
    return copy;
}

/* Those that the broker looks at. */
static void add_checked(struct client *client, struct amqp_properties *properties)
{
    struct prng *prng = client->prng;
    if (prng_chance(prng, 3)) {
        properties->flags |= PROPERTY_expiration;
        properties->expiration = client_errs(client) ? SLICE("soon") : SLICE("900000000");
    }
    if (client->manners->scheme.parts & SCHEME_TIMES && prng_chance(prng, 15)) {
        static const char *const times[] = {"0", "1", "100", "700", "5000"};
        const char *time = times[prng_below(prng, 5)];
        properties->flags |= PROPERTY_expiration;
        properties->expiration = (struct slice){(const uint8_t *)time, strlen(time)};
    }
    if (prng_chance(prng, 3)) {
        properties->flags |= PROPERTY_user_id;
        properties->user_id = SLICE("guest");
    }
    if (prng_chance(prng, client->manners->persistent ? 80 : 20)) {
        properties->flags |= PROPERTY_delivery_mode;
        properties->delivery_mode = 2;
    }
}

struct slice client_properties(struct client *client)
{
    struct prng *prng = client->prng;
    struct amqp_properties properties = {0};
    uint8_t room[1000];
    bool more = client->manners->scheme.parts & SCHEME_DELAYS || client->manners->fans_out;
    if (prng_chance(prng, more ? 50 : 25)) {
        properties.flags |= PROPERTY_headers;
        properties.headers = headers(client);
    }
    if (prng_chance(prng, 30)) {
        properties.flags |= PROPERTY_content_type | PROPERTY_app_id;
        properties.content_type = SLICE("text/plain");
        properties.app_id = SLICE("sim");
    }
    if (prng_chance(prng, 30)) {
        properties.flags |= PROPERTY_timestamp | PROPERTY_priority;
        properties.timestamp = prng_next(prng);
        properties.priority = (uint8_t)prng_below(prng, 10);
    }
    add_checked(client, &properties);
    size_t len = properties_encode(&properties, room, sizeof room);
    return arena_copy(client->arena, (struct slice){room, len});
}

static uint32_t body_size(struct client *client)
{
    struct prng *prng = client->prng;
    uint32_t largest = *client->bodies < BODIES_MAX ? client->manners->body_max : 20;
    if (client->manners->durable ||
        client->manners->scheme.parts) { // at least what makes it different from all others
        enum { LEAST = 8 };
        return LEAST +
               prng_below(prng, prng_chance(prng, client->manners->large + 10) ? largest : 100);
    }
    if (prng_chance(prng, client->manners->large + 10)) {
        return prng_below(prng, largest + 1);
    }
    return prng_chance(prng, 5) ? 0 : prng_below(prng, largest < 100 ? largest : 100);
}

static struct slice body_of(struct client *client, uint32_t size)
{
    uint8_t *body = arena_new(client->arena, size + 8);
    for (uint32_t at = 0; at < size; at += 8) {
        wire_store_u64(body + at, prng_next(client->prng));
    }
    *client->bodies += size;
    return (struct slice){body, size};
}

static struct op message_for(struct client *client, struct client_channel *channel)
{
    struct prng *prng = client->prng;
    struct op op = {.channel = channel->number};
    op.args.method = METHOD_basic_publish;
    op.args.basic_publish = (struct amqp_basic_publish){
        .exchange = prng_chance(prng, 45) ? SLICE("") : client_exchange(client, channel),
        .routing_key = client_key(client),
        .mandatory = prng_chance(prng, 30),
        .immediate = client_errs(client) && client_errs(client),
    };
    if (op.args.basic_publish.exchange.len == 0 && prng_chance(prng, 80)) {
        op.args.basic_publish.routing_key = client_queue(client, channel);
    }
    op.properties = client_properties(client);
    op.body = body_of(client, body_size(client));
    trace_line(client->trace, "client %u channel %u: publishes to %.*s with %.*s, %zu octets",
               client->id, channel->number, (int)op.args.basic_publish.exchange.len,
               (const char *)op.args.basic_publish.exchange.ptr,
               (int)op.args.basic_publish.routing_key.len,
               (const char *)op.args.basic_publish.routing_key.ptr, op.body.len);
    return op;
}

/* Up to what the frames of a body have. Not so little that there are very many. */
static uint32_t piece_for(struct client *client, size_t body_len)
{
    enum { FRAMES_MAX = 50 };
    uint32_t largest = client->frame_max - 8;
    uint32_t piece = prng_between(client->prng, 1, largest);
    return prng_chance(client->prng, 50) || body_len / piece > FRAMES_MAX ? largest : piece;
}

static bool too_large(const struct client *client, const struct op *op)
{
    return op->body.len > client->manners->message_max;
}

static void send(struct client *client, struct op *op)
{
    uint32_t piece = piece_for(client, op->body.len);
    if (too_large(client, op)) {
        stream_publish_refused(&client->out, op, piece);
    } else {
        stream_publish(&client->out, op, piece);
    }
}

void client_publish(struct client *client, struct client_channel *channel)
{
    struct op op = message_for(client, channel);
    send(client, &op);
}

void client_publish_two(struct client *client, struct client_channel *channel)
{
    struct client_channel *other = &client->channels[prng_below(client->prng, CLIENT_CHANNELS)];
    if (client->manners->hostile > 0 || other == channel || other->state != CLIENT_OPEN) {
        client_publish(client, channel);
        return;
    }
    struct op ops[2] = {message_for(client, channel), message_for(client, other)};
    if (too_large(client, &ops[0]) || too_large(client, &ops[1])) {
        send(client, &ops[0]); // what is refused is so at its header, not at its end
        send(client, &ops[1]);
        return;
    }
    stream_publish_two(&client->out, ops, piece_for(client, ops[0].body.len + ops[1].body.len));
}
