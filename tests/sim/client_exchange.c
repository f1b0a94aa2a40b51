#include "amqp/table.h"
#include "tests/sim/client_internal.h"

/* The order in which a message reaches queues means nothing until some of them drop or dead-letter
 * what they have; then it must be known, and that of topics is not. */
static const char *type_of(const struct client *client, uint32_t number)
{
    static const char *const types[] = {"direct", "fanout", "topic", "headers"};
    if (number == 4 && client->manners->scheme.parts & SCHEME_DELAYS) {
        return "x-delayed-message";
    }
    return number % 4 == 2 && client->manners->scheme.parts ? "direct" : types[number % 4];
}

/* e0 direct, e1 fanout, e2 topic, e3 headers; e2 goes with its last binding, and what e0 cannot
 * route goes to e1. e4 holds messages back in some histories. */
static void declare_named(struct client *client, struct client_channel *channel, struct slice name,
                          bool careless)
{
    uint32_t number = (uint32_t)(name.ptr[1] - '0');
    const char *type = type_of(client, number);
    struct bytes arguments = {0};
    if (type[0] == 'x') {
        table_add_string(&arguments, SLICE("x-delayed-type"), SLICE("direct"));
    }
    if (careless && client_errs(client)) {
        type = client_chance(client, 30) ? "magic" : "topic";
    }
    if (number == 0) {
        table_add_string(&arguments, SLICE("alternate-exchange"), SLICE("e1"));
    }
    struct amqp_args args = {
        .method = METHOD_exchange_declare,
        .exchange_declare = {.exchange = name,
                             .type = {(const uint8_t *)type, strlen(type)},
                             .passive = careless && client_errs(client),
                             .durable = number == 1 || (client->manners->durable && number < 3) ||
                                        (client->manners->durable && type[0] == 'x'),
                             .auto_delete = number == 2,
                             .internal = careless && number == 3 && client_errs(client),
                             .no_wait = client_chance(client, 20),
                             .arguments = bytes_slice(&arguments)}};
    client_send(client, channel->number, &args);
    bytes_finish(&arguments);
}

struct slice client_exchange(struct client *client, struct client_channel *channel)
{
    static const char *const known[] = {"amq.direct", "amq.fanout", "amq.topic", "amq.headers"};
    if (client_chance(client, 40)) {
        uint32_t number = prng_below(client->prng, 4);
        const char *name = known[number == 2 && client->manners->scheme.parts ? 0 : number];
        return (struct slice){(const uint8_t *)name, strlen(name)};
    }
    struct slice name = client_name(client, "e", 4);
    if (client->manners->scheme.parts & SCHEME_DELAYS && client_chance(client, 50)) {
        name = SLICE("e4");
    }
    uint32_t number = (uint32_t)(name.ptr[1] - '0');
    if (!client->limited && !(client->exchanges_known >> number & 1) && !client_errs(client)) {
        declare_named(client, channel, name, false);
        client->exchanges_known |= 1U << number;
    }
    return name;
}

void client_declare_exchange(struct client *client, struct client_channel *channel)
{
    bool delays = client->manners->scheme.parts & SCHEME_DELAYS;
    declare_named(client, channel, client_name(client, "e", delays ? 5 : 4), true);
}

void client_delete_exchange(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_exchange_delete,
                             .exchange_delete = {.exchange = client_errs(client)
                                                                 ? client_exchange(client, channel)
                                                                 : client_name(client, "e", 4),
                                                 .if_unused = client_errs(client),
                                                 .no_wait = client_chance(client, 20)}};
    client_send(client, channel->number, &args);
}
