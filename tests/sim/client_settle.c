#include "tests/sim/client_internal.h"

/* Forgets this tag, or all up to it. */
static void forget_tag(struct client_channel *channel, uint64_t tag, bool multiple)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < channel->tag_count; i++) {
        uint64_t one = channel->tags[i];
        if (one != tag && !(multiple && (tag == 0 || one < tag))) {
            channel->tags[kept++] = one;
        }
    }
    channel->tag_count = kept;
}

/* A tag that it may settle, or for the careless any number. */
static bool choose_tag(struct client *client, struct client_channel *channel, bool multiple,
                       uint64_t *tag)
{
    if (client_errs(client)) {
        *tag = prng_below(client->prng, (uint32_t)channel->tag_last + 3);
        return true;
    }
    if (client->manners->hoards && client_chance(client, 70)) {
        return false;
    }
    if (multiple && client_chance(client, 20)) {
        *tag = 0;
        return true;
    }
    if (channel->tag_count == 0) {
        return false;
    }
    *tag =
        channel->tags[client_chance(client, 70) ? 0 : prng_below(client->prng, channel->tag_count)];
    if (client->manners->clings) {
        *tag = channel->tags[channel->tag_count - 1];
    }
    return true;
}

static bool settles_many(struct client *client)
{
    return client_chance(client, 25) && !client->manners->clings;
}

static bool dies_often(struct client *client)
{
    return client->manners->scheme.parts & SCHEME_LETTERS && client_chance(client, 60);
}

void client_reject(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {
        .method = METHOD_basic_reject,
        .basic_reject = {.requeue = client_chance(client, 60) && !dies_often(client)}};
    if (choose_tag(client, channel, false, &args.basic_reject.delivery_tag)) {
        client_send(client, channel->number, &args);
        forget_tag(channel, args.basic_reject.delivery_tag, false);
    }
}

/* Where there are dead letters, they are to make more than one trip. */
void client_ack(struct client *client, struct client_channel *channel)
{
    if (client->manners->scheme.parts & SCHEME_LETTERS && client_chance(client, 40)) {
        client_reject(client, channel);
        return;
    }
    struct amqp_args args = {.method = METHOD_basic_ack,
                             .basic_ack = {.multiple = settles_many(client)}};
    if (choose_tag(client, channel, args.basic_ack.multiple, &args.basic_ack.delivery_tag)) {
        client_send(client, channel->number, &args);
        forget_tag(channel, args.basic_ack.delivery_tag, args.basic_ack.multiple);
    }
}

void client_nack(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {
        .method = METHOD_basic_nack,
        .basic_nack = {.multiple = settles_many(client), .requeue = client_chance(client, 60)}};
    if (choose_tag(client, channel, args.basic_nack.multiple, &args.basic_nack.delivery_tag)) {
        client_send(client, channel->number, &args);
        forget_tag(channel, args.basic_nack.delivery_tag, args.basic_nack.multiple);
    }
}

void client_recover(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_basic_recover, .basic_recover = {.requeue = true}};
    if (client_chance(client, 30)) {
        args = (struct amqp_args){.method = METHOD_basic_recover_async,
                                  .basic_recover_async = {.requeue = true}};
    } else if (client_errs(client)) {
        args.basic_recover.requeue = client_chance(client, 80);
    }
    client_send(client, channel->number, &args);
    channel->tag_count = 0;
}
