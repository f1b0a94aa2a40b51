#include "amqp/table.h"
#include "base/wire.h"
#include "tests/sim/client_internal.h"

/* What quorum queues do not have ends the channel or the whole connection. */
static bool would_be_refused(const struct client *client, struct slice queue, bool refused)
{
    return refused && client_queue_is_quorum(client, queue);
}

void client_consume(struct client *client, struct client_channel *channel)
{
    uint32_t number = prng_below(client->prng, 10);
    uint8_t tag[2] = {'c', (uint8_t)('0' + number)};
    uint8_t priority[5] = {'I'};
    struct bytes arguments = {0};
    bool taken = channel->consumers >> number & 1;
    struct slice queue = client_queue(client, channel);
    struct amqp_args args = {
        .method = METHOD_basic_consume,
        .basic_consume = {.queue = queue,
                          .consumer_tag = {tag, sizeof tag},
                          .no_ack = client_chance(client, 30),
                          .exclusive = client->manners->alone || client_errs(client),
                          .no_wait = client_chance(client, 20)}};
    if (would_be_refused(client, queue, channel->limited) && !client_errs(client)) {
        return;
    }
    args.basic_consume.exclusive &= !client_queue_is_single_active(client, queue);
    if (client_chance(client, 15)) {
        wire_store_u32(priority + 1, prng_below(client->prng, 3));
        table_add_raw(&arguments, SLICE("x-priority"), (struct slice){priority, 5});
    }
    args.basic_consume.arguments = bytes_slice(&arguments);
    if (client_chance(client, 20)) { // the broker chooses the tag
        args.basic_consume.consumer_tag = SLICE("");
        args.basic_consume.no_ack = args.basic_consume.no_wait = false;
    } else if (!taken) {
        channel->consumers |= 1U << number;
        channel->no_ack |= (uint32_t)args.basic_consume.no_ack << number;
    }
    if (!taken || args.basic_consume.consumer_tag.len == 0 || client_errs(client)) {
        client_send(client, channel->number, &args);
    }
    bytes_finish(&arguments);
}

void client_cancel(struct client *client, struct client_channel *channel)
{
    uint32_t number = prng_below(client->prng, 10);
    uint8_t tag[2] = {'c', (uint8_t)('0' + number)};
    struct amqp_args args = {
        .method = METHOD_basic_cancel,
        .basic_cancel = {.consumer_tag = {tag, sizeof tag}, .no_wait = client_chance(client, 20)}};
    client_send(client, channel->number, &args);
    channel->consumers &= ~(1U << number);
    channel->no_ack &= ~(1U << number);
}

void client_get(struct client *client, struct client_channel *channel)
{
    struct slice queue = client_queue(client, channel);
    struct amqp_args args = {.method = METHOD_basic_get,
                             .basic_get = {.queue = queue, .no_ack = client->gets_no_ack}};
    if (would_be_refused(client, queue, client_queue_is_single_active(client, queue)) &&
        !client_errs(client)) {
        return;
    }
    client_send(client, channel->number, &args);
}

void client_qos(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {
        .method = METHOD_basic_qos,
        .basic_qos = {.prefetch_count = (uint16_t)prng_below(client->prng, 6),
                      .prefetch_size = client_errs(client) && client_chance(client, 20) ? 100 : 0,
                      .global = client_chance(client, 25)}};
    channel->limited = args.basic_qos.global && args.basic_qos.prefetch_count > 0;
    client_send(client, channel->number, &args);
}
