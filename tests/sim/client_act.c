#include "tests/sim/client_internal.h"

static void select_confirms(struct client *client, struct client_channel *channel)
{
    if (channel->mode == CLIENT_TX && !client_errs(client)) {
        return;
    }
    struct amqp_args args = {.method = METHOD_confirm_select,
                             .confirm_select = {.no_wait = client_chance(client, 20)}};
    client_send(client, channel->number, &args);
    channel->mode = CLIENT_CONFIRM;
}

static void transact(struct client *client, struct client_channel *channel)
{
    enum amqp_method method = METHOD_tx_select;
    if (channel->mode == CLIENT_TX || client_errs(client)) {
        method = client_chance(client, 70) ? METHOD_tx_commit : METHOD_tx_rollback;
    } else if (channel->mode == CLIENT_CONFIRM || client_chance(client, 70)) {
        return;
    }
    channel->mode = CLIENT_TX;
    client_send(client, channel->number, &(struct amqp_args){.method = method});
}

static void close_channel(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_channel_close, .channel_close = {.reply_code = 200}};
    client_send(client, channel->number, &args);
    channel->state = CLIENT_CLOSING;
}

static void ask_access(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_access_request,
                             .access_request = {.realm = SLICE("/data"), .read = true}};
    if (client_chance(client, 50)) {
        args = (struct amqp_args){.method = METHOD_channel_flow,
                                  .channel_flow = {.active = !client_errs(client)}};
    }
    client_send(client, channel->number, &args);
}

static void update_secret(struct client *client, struct client_channel *channel)
{
    (void)channel;
    struct amqp_args args = {.method = METHOD_connection_update_secret,
                             .connection_update_secret = {.new_secret = SLICE("secret")}};
    client_send(client, 0, &args);
}

static client_action *choose(struct prng *prng)
{
    static const struct {
        client_action *act;
        uint32_t weight;
    } acts[] = {
        {client_publish, 300},
        {client_ack, 180},
        {client_consume, 70},
        {client_declare_queue, 70},
        {client_get, 50},
        {client_nack, 40},
        {client_bind_queue, 40},
        {client_declare_exchange, 30},
        {client_reject, 25},
        {client_qos, 25},
        {transact, 40},
        {select_confirms, 15},
        {client_cancel, 20},
        {client_recover, 15},
        {client_bind_exchange, 12},
        {client_unbind_queue, 10},
        {client_purge_queue, 6},
        {client_unbind_exchange, 5},
        {client_delete_queue, 5},
        {client_delete_exchange, 4},
        {close_channel, 8},
        {ask_access, 4},
        {update_secret, 2},
    };
    uint32_t sum = 0, at = 0;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        sum += acts[i].weight;
    }
    uint32_t chosen = prng_below(prng, sum);
    while (chosen >= acts[at].weight) {
        chosen -= acts[at++].weight;
    }
    return acts[at].act;
}

/* Mostly one that is open, if the first look finds none. */
static struct client_channel *choose_channel(struct client *client)
{
    struct client_channel *channel = NULL;
    for (int tries = 0; tries < 4 && (!channel || channel->state != CLIENT_OPEN); tries++) {
        channel = &client->channels[prng_below(client->prng, CLIENT_CHANNELS)];
    }
    return channel;
}

void client_act(struct client *client)
{
    if (client->phase != CLIENT_RUNNING || client->deaf) {
        return;
    }
    struct client_channel *channel = choose_channel(client);
    if (prng_chance(client->prng, client->manners->hostile) && client_chance(client, 10)) {
        client_misbehave(client, channel);
        return;
    }
    if (channel->state == CLIENT_SHUT && client_chance(client, 20)) {
        client_open_channel(client, channel);
    } else if (channel->state == CLIENT_OPEN && client_chance(client, client->manners->gets)) {
        client_get(client, channel);
    } else if (channel->state == CLIENT_OPEN && client_chance(client, client->manners->transacts)) {
        transact(client, channel);
    } else if (channel->state == CLIENT_OPEN && client->manners->publishes > 0 &&
               client_chance(client, client->manners->publishes)) {
        client_publish(client, channel);
    } else if (channel->state == CLIENT_OPEN) {
        choose(client->prng)(client, channel);
    }
}
