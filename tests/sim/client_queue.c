#include "tests/sim/client_internal.h"

/* A queue's properties belong to its name, so that declaring it again mostly fits. */
static struct slice arguments_of(const struct client *client, struct slice name)
{
    const struct scheme *scheme = &client->manners->scheme;
    int number = scheme_number(name);
    if (scheme->parts) {
        return number < 0 ? SLICE("") : scheme->arguments[number];
    }
    bool prioritised = client->manners->durable && name.ptr[1] == '3';
    return prioritised ? SLICE("\x0ex-max-priorityI\0\0\0\3") : SLICE("");
}

/* Only one may consume, who need not say so. */
bool client_queue_is_single_active(const struct client *client, struct slice queue)
{
    int number = scheme_number(queue);
    return number >= 0 && client->manners->scheme.single_active[number];
}

bool client_queue_is_quorum(const struct client *client, struct slice queue)
{
    int number = scheme_number(queue);
    return number >= 0 && client->manners->scheme.quorum[number];
}

static struct amqp_queue_declare queue_named(const struct client *client, struct slice name)
{
    uint8_t number = name.ptr[1], transient = client->manners->durable ? '4' : '2';
    bool quorum = client_queue_is_quorum(client, name);
    return (struct amqp_queue_declare){.queue = name,
                                       .durable = quorum || number < transient,
                                       .exclusive = name.ptr[0] == 'x',
                                       .auto_delete = !quorum && number == '2',
                                       .arguments = arguments_of(client, name)};
}

static void send_declare(struct client *client, struct client_channel *channel,
                         const struct amqp_queue_declare *declare)
{
    client_send(client, channel->number,
                &(struct amqp_args){.method = METHOD_queue_declare, .queue_declare = *declare});
}

/* Usually one of the queues that all clients share; else the client's own. */
struct slice client_queue(struct client *client, struct client_channel *channel)
{
    uint32_t kind = prng_below(client->prng, 100);
    if (kind < 15 && client->queue.len > 0) {
        return client->queue;
    }
    if (kind < 17) {
        return client_name(client, "x", 4);
    }
    struct slice name = client_name(client, "q", 4);
    uint32_t number = (uint32_t)(name.ptr[1] - '0');
    if (!client->limited && !(client->queues_known >> number & 1) && !client_errs(client)) {
        struct amqp_queue_declare declare = queue_named(client, name);
        declare.no_wait = client_chance(client, 50);
        send_declare(client, channel, &declare);
        client->queues_known |= 1U << number;
    }
    return name;
}

void client_declare_queue(struct client *client, struct client_channel *channel)
{
    struct slice name = client_name(client, client_chance(client, 85) ? "q" : "x", 4);
    struct amqp_queue_declare declare = queue_named(client, name);
    declare.passive = client_errs(client);
    declare.no_wait = client_chance(client, 20);
    if (client_errs(client)) {
        declare.durable = !declare.durable;
    }
    if (client_chance(client, 25)) {
        declare.queue = SLICE("");
        declare.passive = declare.no_wait = false;
        declare.exclusive = client_chance(client, 50);
        declare.auto_delete = client_chance(client, 30);
        bool refused = client_queue_is_quorum(client, name) && !client_errs(client);
        if (refused || client_queue_is_single_active(client, name)) { // nobody would know
            declare.arguments = SLICE("");
        }
    } else if (client_errs(client) && client_chance(client, 10)) {
        declare.queue = SLICE("amq.mine");
    }
    send_declare(client, channel, &declare);
}

void client_delete_queue(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_queue_delete,
                             .queue_delete = {.queue = client_queue(client, channel),
                                              .if_unused = client_errs(client),
                                              .if_empty = client_errs(client),
                                              .no_wait = client_chance(client, 20)}};
    client_send(client, channel->number, &args);
}

void client_purge_queue(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_queue_purge,
                             .queue_purge = {.queue = client_queue(client, channel),
                                             .no_wait = client_chance(client, 20)}};
    client_send(client, channel->number, &args);
}
