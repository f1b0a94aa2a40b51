#include "tests/sim/client_internal.h"

static bool is_headers(struct slice exchange)
{
    return slice_eq(exchange, SLICE("amq.headers")) || slice_eq(exchange, SLICE("e3"));
}

void client_bind_queue(struct client *client, struct client_channel *channel)
{
    struct slice exchange = client_exchange(client, channel);
    struct amqp_args args = {.method = METHOD_queue_bind,
                             .queue_bind = {.queue = client_queue(client, channel),
                                            .exchange = exchange,
                                            .routing_key = client_key(client),
                                            .no_wait = client_chance(client, 20)}};
    if (is_headers(exchange)) {
        args.queue_bind.arguments = client_match(client);
    }
    client_send(client, channel->number, &args);
}

void client_unbind_queue(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_queue_unbind,
                             .queue_unbind = {.queue = client_name(client, "q", 4),
                                              .exchange = client_exchange(client, channel),
                                              .routing_key = client_key(client)}};
    client_send(client, channel->number, &args);
}

void client_bind_exchange(struct client *client, struct client_channel *channel)
{
    struct slice source = client_exchange(client, channel);
    struct amqp_args args = {.method = METHOD_exchange_bind,
                             .exchange_bind = {.destination = client_exchange(client, channel),
                                               .source = source,
                                               .routing_key = client_key(client),
                                               .no_wait = client_chance(client, 20)}};
    if (is_headers(source)) {
        args.exchange_bind.arguments = client_match(client);
    }
    client_send(client, channel->number, &args);
}

void client_unbind_exchange(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_exchange_unbind,
                             .exchange_unbind = {.destination = client_exchange(client, channel),
                                                 .source = client_exchange(client, channel),
                                                 .routing_key = client_key(client)}};
    client_send(client, channel->number, &args);
}
