#include "amqp/frame.h"
#include "base/wire.h"
#include "tests/sim/client_internal.h"

/* What no client should send. Each says what it leads to. */
typedef void wrong(struct client *client, struct client_channel *channel);

static void send_broken(struct client *client, const struct op *op, struct bytes *octets)
{
    trace_line(client->trace, "client %u channel %u: sends what is broken (%d)", client->id,
               op->channel, (int)op->code);
    stream_broken(&client->out, op, bytes_slice(octets));
    client->deaf = op->deaf;
    bytes_finish(octets);
}

static void close_twice(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_channel_close};
    if (channel->state == CLIENT_OPEN) {
        client_send(client, channel->number, &args);
        client_send(client, channel->number, &args);
        channel->state = CLIENT_CLOSING;
    }
}

static void open_twice(struct client *client, struct client_channel *channel)
{
    client_send(client, channel->number, &(struct amqp_args){.method = METHOD_channel_open});
}

static void use_unopened(struct client *client, struct client_channel *channel)
{
    if (channel->state == CLIENT_SHUT) {
        client_send(client, channel->number, &(struct amqp_args){.method = METHOD_basic_recover});
    }
}

static void close_ok_unasked(struct client *client, struct client_channel *channel)
{
    client_send(client, channel->number, &(struct amqp_args){.method = METHOD_channel_close_ok});
}

static void connection_close_ok_unasked(struct client *client, struct client_channel *channel)
{
    (void)channel;
    client_send(client, 0, &(struct amqp_args){.method = METHOD_connection_close_ok});
}

static void connection_method_on_channel(struct client *client, struct client_channel *channel)
{
    client_send(client, channel->number, &(struct amqp_args){.method = METHOD_connection_close_ok});
}

static void channel_method_on_zero(struct client *client, struct client_channel *channel)
{
    (void)channel;
    client_send(client, 0, &(struct amqp_args){.method = METHOD_basic_recover});
}

static void keep_talking_after_close(struct client *client, struct client_channel *channel)
{
    (void)channel;
    client_leave(client);
    for (int i = 0; i < 3; i++) {
        client_send(client, 1, &(struct amqp_args){.method = METHOD_basic_recover});
    }
    stream_heartbeat(&client->out);
}

static void bad_end(struct client *client, struct client_channel *channel)
{
    struct bytes octets = {0};
    stream_frame(&octets, FRAME_METHOD, channel->number, SLICE("\0\x3c\0\x6e\x01"));
    octets.ptr[octets.len - 1] = 0;
    struct op op = {.code = AMQP_FRAME_ERROR, .deaf = true, .anywhere = true};
    send_broken(client, &op, &octets);
}

static void too_large(struct client *client, struct client_channel *channel)
{
    struct bytes octets = {0};
    frame_put_head(bytes_reserve(&octets, FRAME_HEAD_SIZE), FRAME_METHOD, channel->number,
                   client->frame_max + 1 + prng_below(client->prng, 1000000));
    octets.len += FRAME_HEAD_SIZE;
    struct op op = {.code = AMQP_FRAME_ERROR, .deaf = true, .anywhere = true};
    send_broken(client, &op, &octets);
}

static void unknown_frame(struct client *client, struct client_channel *channel)
{
    struct bytes octets = {0};
    stream_frame(&octets, 9, channel->number, SLICE("nothing"));
    struct op op = {.code = AMQP_FRAME_ERROR, .anywhere = true};
    send_broken(client, &op, &octets);
}

static void unknown_method(struct client *client, struct client_channel *channel)
{
    struct bytes octets = {0};
    stream_frame(&octets, FRAME_METHOD, channel->number, SLICE("\0\x3c\x7f\x7f"));
    struct op op = {.code = AMQP_COMMAND_INVALID, .channel = channel->number};
    send_broken(client, &op, &octets);
}

static void malformed_method(struct client *client, struct client_channel *channel)
{
    struct bytes octets = {0};
    stream_frame(&octets, FRAME_METHOD, channel->number, SLICE("\0\x3c\0\x50\0\0"));
    struct op op = {.code = AMQP_FRAME_ERROR, .channel = channel->number};
    send_broken(client, &op, &octets);
}

static void body_alone(struct client *client, struct client_channel *channel)
{
    struct bytes octets = {0};
    stream_frame(&octets, FRAME_BODY, channel->number, SLICE("body"));
    struct op op = {.code = AMQP_UNEXPECTED_FRAME, .channel = channel->number};
    send_broken(client, &op, &octets);
}

/* basic.publish to the default exchange without names. */
static void add_publish(struct bytes *octets, uint16_t channel)
{
    stream_frame(octets, FRAME_METHOD, channel, SLICE("\0\x3c\0\x28\0\0\0\0\0"));
}

static struct op broken_content(const struct client_channel *channel)
{
    return (struct op){.code = AMQP_UNEXPECTED_FRAME,
                       .channel = channel->number,
                       .publishes = true,
                       .args = {.method = METHOD_basic_publish}};
}

static void method_in_content(struct client *client, struct client_channel *channel)
{
    struct bytes octets = {0};
    if (channel->state != CLIENT_OPEN) {
        return;
    }
    add_publish(&octets, channel->number);
    stream_frame(&octets, FRAME_METHOD, channel->number, SLICE("\0\x3c\0\x6e\x01"));
    struct op op = broken_content(channel);
    send_broken(client, &op, &octets);
}

static void body_too_long(struct client *client, struct client_channel *channel)
{
    struct bytes octets = {0};
    if (channel->state != CLIENT_OPEN) {
        return;
    }
    add_publish(&octets, channel->number);
    stream_frame(&octets, FRAME_HEADER, channel->number, SLICE("\0\x3c\0\0\0\0\0\0\0\0\0\x02\0\0"));
    stream_frame(&octets, FRAME_BODY, channel->number, SLICE("three"));
    struct op op = broken_content(channel);
    send_broken(client, &op, &octets);
}

/* No frame begins with such an octet, so that none of it can mean anything. */
static void garbage(struct client *client, struct client_channel *channel)
{
    struct bytes octets = {0};
    (void)channel;
    bytes_add_u8(&octets, 0xf0);
    for (uint32_t i = prng_below(client->prng, 300); i > 0; i--) {
        bytes_add_u8(&octets, (uint8_t)prng_below(client->prng, 256));
    }
    struct op op = {.deaf = true, .anywhere = true};
    send_broken(client, &op, &octets);
}

void client_misbehave(struct client *client, struct client_channel *channel)
{
    static wrong *const wrongs[] = {
        close_twice,
        open_twice,
        use_unopened,
        close_ok_unasked,
        connection_close_ok_unasked,
        connection_method_on_channel,
        channel_method_on_zero,
        keep_talking_after_close,
        bad_end,
        too_large,
        unknown_frame,
        unknown_method,
        malformed_method,
        body_alone,
        method_in_content,
        body_too_long,
        garbage,
    };
    wrongs[prng_below(client->prng, sizeof wrongs / sizeof wrongs[0])](client, channel);
}
