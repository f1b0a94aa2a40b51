#include "tests/sim/client.h"

#include <stdio.h>

#include "amqp/table.h"
#include "tests/sim/client_internal.h"

static const uint16_t numbers[CLIENT_CHANNELS] = {1, 2, 3, 4, 2000};

void client_init(struct client *client)
{
    static const uint32_t frame_maxima[] = {4096, 8192, 131072, 131072};
    static const uint16_t heartbeats[] = {0, 0, 1, 10, 60};
    struct prng *prng = client->prng;
    stream_init(&client->out, client->arena);
    for (int i = 0; i < CLIENT_CHANNELS; i++) {
        client->channels[i].number = numbers[i];
    }
    client->frame_max = frame_maxima[prng_below(prng, 4)];
    client->heartbeat_s = heartbeats[prng_below(prng, 5)];
    client->channel_max = prng_chance(prng, 10) ? 3 : 2047;
    client->gets_no_ack = prng_chance(prng, 30);
    client->pipelines = prng_chance(prng, 30);
    client->answers_close = !prng_chance(prng, client->manners->hostile);
}

void client_finish(struct client *client)
{
    stream_finish(&client->out);
    tape_finish(&client->in);
}

void client_send(struct client *client, uint16_t channel, const struct amqp_args *args)
{
    trace_line(client->trace, "client %u channel %u: %s", client->id, channel,
               amqp_method_name(args->method));
    stream_method(&client->out, channel, args);
}

bool client_errs(struct client *client)
{
    return prng_chance(client->prng, client->manners->careless);
}

struct slice client_name(struct client *client, const char *prefix, uint32_t count)
{
    char name[20];
    uint32_t number =
        client_errs(client) ? prng_below(client->prng, 20) : prng_below(client->prng, count);
    int len = snprintf(name, sizeof name, "%s%u", prefix, number);
    return arena_copy(client->arena, (struct slice){(uint8_t *)name, (size_t)len});
}

static struct slice client_capabilities(struct client *client)
{
    struct bytes capabilities = {0}, properties = {0};
    struct prng *prng = client->prng;
    table_add_bool(&capabilities, SLICE("authentication_failure_close"), prng_chance(prng, 50));
    table_add_bool(&capabilities, SLICE("consumer_cancel_notify"), prng_chance(prng, 70));
    table_add_bool(&capabilities, SLICE("connection.blocked"), prng_chance(prng, 70));
    table_add_string(&properties, SLICE("product"), SLICE("simulated"));
    table_add_table(&properties, SLICE("capabilities"), bytes_slice(&capabilities));
    struct slice copy = arena_copy(client->arena, bytes_slice(&properties));
    bytes_finish(&capabilities);
    bytes_finish(&properties);
    return copy;
}

static void send_start_ok(struct client *client)
{
    struct slice response = SLICE("\0guest\0secret");
    struct slice mechanism = SLICE("PLAIN");
    if (client_errs(client)) {
        response = SLICE("\0guest\0wrong");
    } else if (prng_chance(client->prng, 5)) {
        response = SLICE("\0limited\0secret");
        client->limited = true;
    } else if (client_errs(client)) {
        mechanism = SLICE("MAGIC");
    } else if (client_errs(client)) {
        response = SLICE("guest secret");
    }
    struct amqp_args args = {
        .method = METHOD_connection_start_ok,
        .connection_start_ok = {.client_properties = client_capabilities(client),
                                .mechanism = mechanism,
                                .response = response,
                                .locale = SLICE("en_US")}};
    client_send(client, 0, &args);
}

static void send_tune_ok(struct client *client)
{
    if (client_errs(client)) {
        client->frame_max = prng_chance(client->prng, 50) ? 1000 : 200000;
    }
    client->in.frame_max = client->frame_max;
    struct amqp_args args = {.method = METHOD_connection_tune_ok,
                             .connection_tune_ok = {.channel_max = (uint16_t)client->channel_max,
                                                    .frame_max = client->frame_max,
                                                    .heartbeat = client->heartbeat_s}};
    client_send(client, 0, &args);
}

static void send_open(struct client *client)
{
    struct slice vhost = prng_chance(client->prng, 15) ? SLICE("other") : SLICE("/");
    if (client_errs(client)) {
        vhost = SLICE("nowhere");
    }
    struct amqp_args args = {.method = METHOD_connection_open,
                             .connection_open = {.virtual_host = vhost}};
    client_send(client, 0, &args);
}

void client_open_channel(struct client *client, struct client_channel *channel)
{
    client_send(client, channel->number, &(struct amqp_args){.method = METHOD_channel_open});
    *channel = (struct client_channel){.number = channel->number, .state = CLIENT_OPEN};
}

void client_shut_channel(struct client_channel *channel)
{
    *channel = (struct client_channel){.number = channel->number};
}

void client_greet(struct client *client)
{
    bool old = prng_chance(client->prng, 10);
    bool proper = !client_errs(client);
    struct slice header = old ? SLICE("AMQP\x01\x01\0\x09") : SLICE("AMQP\0\0\x09\x01");
    trace_line(client->trace, "client %u: greets", client->id);
    stream_greet(&client->out, proper ? header : SLICE("GET / HT"), proper);
    if (client->pipelines) {
        send_start_ok(client);
        send_tune_ok(client);
        send_open(client);
        client->phase = CLIENT_RUNNING;
        client_open_channel(client, &client->channels[0]);
    }
}

static void hear_connection(struct client *client, const struct heard *heard)
{
    switch (heard->args.method) {
    case METHOD_connection_start:
        if (!client->pipelines) {
            send_start_ok(client);
        }
        break;
    case METHOD_connection_tune:
        if (!client->pipelines) {
            send_tune_ok(client);
            send_open(client);
        }
        break;
    case METHOD_connection_open_ok:
        if (!client->pipelines) {
            client->phase = CLIENT_RUNNING;
            client_open_channel(client, &client->channels[0]);
        }
        break;
    case METHOD_connection_close:
        client->phase = CLIENT_LEAVING;
        if (client->answers_close && !client->deaf) {
            client_send(client, 0, &(struct amqp_args){.method = METHOD_connection_close_ok});
        }
        break;
    case METHOD_connection_close_ok:
        client->phase = CLIENT_DONE;
        break;
    default:
        break;
    }
}

static void hear_delivery(struct client_channel *channel, uint64_t tag)
{
    channel->tag_last = tag;
    if (channel->tag_count < CLIENT_TAGS) {
        channel->tags[channel->tag_count++] = tag;
    }
}

/* The tags that clients choose are "c0" to "c9"; others are never without acknowledgement. */
static bool is_no_ack(const struct client_channel *channel, struct slice tag)
{
    return tag.len == 2 && channel->no_ack >> (tag.ptr[1] - '0') & 1;
}

static void hear_channel(struct client *client, struct client_channel *channel,
                         const struct heard *heard)
{
    const struct amqp_args *args = &heard->args;
    switch (args->method) {
    case METHOD_channel_close:
        if (client->answers_close) {
            client_send(client, channel->number,
                        &(struct amqp_args){.method = METHOD_channel_close_ok});
            client_shut_channel(channel);
        }
        break;
    case METHOD_channel_close_ok:
        if (channel->state == CLIENT_CLOSING) {
            client_shut_channel(channel);
        }
        break;
    case METHOD_queue_declare_ok:
        if (slice_starts(args->queue_declare_ok.queue, SLICE("amq."))) {
            client->queue = args->queue_declare_ok.queue;
        }
        break;
    case METHOD_basic_deliver:
        if (!is_no_ack(channel, args->basic_deliver.consumer_tag)) {
            hear_delivery(channel, args->basic_deliver.delivery_tag);
        }
        break;
    case METHOD_basic_get_ok:
        if (!client->gets_no_ack) {
            hear_delivery(channel, args->basic_get_ok.delivery_tag);
        }
        break;
    default:
        break;
    }
}

void client_hear(struct client *client, const struct heard *heard)
{
    char text[300];
    tape_describe(heard, text, sizeof text);
    trace_line(client->trace, "client %u channel %u: hears %s", client->id, heard->channel, text);
    if (heard->channel == 0) {
        hear_connection(client, heard);
        return;
    }
    for (int i = 0; i < CLIENT_CHANNELS; i++) {
        if (client->channels[i].number == heard->channel && !client->deaf) {
            hear_channel(client, &client->channels[i], heard);
        }
    }
}

void client_leave(struct client *client)
{
    if (client->phase == CLIENT_RUNNING && !client->deaf) {
        struct amqp_args args = {
            .method = METHOD_connection_close,
            .connection_close = {.reply_code = 200, .reply_text = SLICE("goodbye")}};
        client_send(client, 0, &args);
        client->phase = CLIENT_LEAVING;
    }
}
