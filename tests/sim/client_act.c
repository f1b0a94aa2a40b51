#include "amqp/table.h"
#include "base/wire.h"
#include "tests/sim/client_internal.h"

typedef void act(struct client *client, struct client_channel *channel);

static bool bit(struct client *client, uint32_t percent)
{
    return prng_chance(client->prng, percent);
}

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
static bool is_single_active(const struct client *client, struct slice queue)
{
    int number = scheme_number(queue);
    return number >= 0 && client->manners->scheme.single_active[number];
}

static struct amqp_queue_declare queue_named(const struct client *client, struct slice name)
{
    uint8_t number = name.ptr[1];
    return (struct amqp_queue_declare){.queue = name,
                                       .durable = number < (client->manners->durable ? '4' : '2'),
                                       .exclusive = name.ptr[0] == 'x',
                                       .auto_delete = number == '2',
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
        declare.no_wait = bit(client, 50);
        send_declare(client, channel, &declare);
        client->queues_known |= 1U << number;
    }
    return name;
}

static void declare_queue(struct client *client, struct client_channel *channel)
{
    struct slice name = client_name(client, bit(client, 85) ? "q" : "x", 4);
    struct amqp_queue_declare declare = queue_named(client, name);
    declare.passive = client_errs(client);
    declare.no_wait = bit(client, 20);
    if (client_errs(client)) {
        declare.durable = !declare.durable;
    }
    if (bit(client, 25)) {
        declare.queue = SLICE("");
        declare.passive = declare.no_wait = false;
        declare.exclusive = bit(client, 50);
        declare.auto_delete = bit(client, 30);
        if (is_single_active(client, name)) { // nobody would know
            declare.arguments = SLICE("");
        }
    } else if (client_errs(client) && bit(client, 10)) {
        declare.queue = SLICE("amq.mine");
    }
    send_declare(client, channel, &declare);
}

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
        type = bit(client, 30) ? "magic" : "topic";
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
                             .no_wait = bit(client, 20),
                             .arguments = bytes_slice(&arguments)}};
    client_send(client, channel->number, &args);
    bytes_finish(&arguments);
}

struct slice client_exchange(struct client *client, struct client_channel *channel)
{
    static const char *const known[] = {"amq.direct", "amq.fanout", "amq.topic", "amq.headers"};
    if (bit(client, 40)) {
        uint32_t number = prng_below(client->prng, 4);
        const char *name = known[number == 2 && client->manners->scheme.parts ? 0 : number];
        return (struct slice){(const uint8_t *)name, strlen(name)};
    }
    struct slice name = client_name(client, "e", 4);
    if (client->manners->scheme.parts & SCHEME_DELAYS && bit(client, 50)) {
        name = SLICE("e4");
    }
    uint32_t number = (uint32_t)(name.ptr[1] - '0');
    if (!client->limited && !(client->exchanges_known >> number & 1) && !client_errs(client)) {
        declare_named(client, channel, name, false);
        client->exchanges_known |= 1U << number;
    }
    return name;
}

static void declare_exchange(struct client *client, struct client_channel *channel)
{
    bool delays = client->manners->scheme.parts & SCHEME_DELAYS;
    declare_named(client, channel, client_name(client, "e", delays ? 5 : 4), true);
}

static void delete_queue(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_queue_delete,
                             .queue_delete = {.queue = client_queue(client, channel),
                                              .if_unused = client_errs(client),
                                              .if_empty = client_errs(client),
                                              .no_wait = bit(client, 20)}};
    client_send(client, channel->number, &args);
}

static void purge_queue(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {
        .method = METHOD_queue_purge,
        .queue_purge = {.queue = client_queue(client, channel), .no_wait = bit(client, 20)}};
    client_send(client, channel->number, &args);
}

static bool is_headers(struct slice exchange)
{
    return slice_eq(exchange, SLICE("amq.headers")) || slice_eq(exchange, SLICE("e3"));
}

static void bind_queue(struct client *client, struct client_channel *channel)
{
    struct slice exchange = client_exchange(client, channel);
    struct amqp_args args = {.method = METHOD_queue_bind,
                             .queue_bind = {.queue = client_queue(client, channel),
                                            .exchange = exchange,
                                            .routing_key = client_key(client),
                                            .no_wait = bit(client, 20)}};
    if (is_headers(exchange)) {
        args.queue_bind.arguments = client_match(client);
    }
    client_send(client, channel->number, &args);
}

static void unbind_queue(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_queue_unbind,
                             .queue_unbind = {.queue = client_name(client, "q", 4),
                                              .exchange = client_exchange(client, channel),
                                              .routing_key = client_key(client)}};
    client_send(client, channel->number, &args);
}

static void delete_exchange(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_exchange_delete,
                             .exchange_delete = {.exchange = client_errs(client)
                                                                 ? client_exchange(client, channel)
                                                                 : client_name(client, "e", 4),
                                                 .if_unused = client_errs(client),
                                                 .no_wait = bit(client, 20)}};
    client_send(client, channel->number, &args);
}

static void bind_exchange(struct client *client, struct client_channel *channel)
{
    struct slice source = client_exchange(client, channel);
    struct amqp_args args = {.method = METHOD_exchange_bind,
                             .exchange_bind = {.destination = client_exchange(client, channel),
                                               .source = source,
                                               .routing_key = client_key(client),
                                               .no_wait = bit(client, 20)}};
    if (is_headers(source)) {
        args.exchange_bind.arguments = client_match(client);
    }
    client_send(client, channel->number, &args);
}

static void unbind_exchange(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_exchange_unbind,
                             .exchange_unbind = {.destination = client_exchange(client, channel),
                                                 .source = client_exchange(client, channel),
                                                 .routing_key = client_key(client)}};
    client_send(client, channel->number, &args);
}

static void consume(struct client *client, struct client_channel *channel)
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
                          .no_ack = bit(client, 30),
                          .exclusive = client->manners->alone || client_errs(client),
                          .no_wait = bit(client, 20)}};
    args.basic_consume.exclusive &= !is_single_active(client, queue);
    if (bit(client, 15)) {
        wire_store_u32(priority + 1, prng_below(client->prng, 3));
        table_add_raw(&arguments, SLICE("x-priority"), (struct slice){priority, 5});
    }
    args.basic_consume.arguments = bytes_slice(&arguments);
    if (bit(client, 20)) { // the broker chooses the tag
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

static void cancel(struct client *client, struct client_channel *channel)
{
    uint32_t number = prng_below(client->prng, 10);
    uint8_t tag[2] = {'c', (uint8_t)('0' + number)};
    struct amqp_args args = {
        .method = METHOD_basic_cancel,
        .basic_cancel = {.consumer_tag = {tag, sizeof tag}, .no_wait = bit(client, 20)}};
    client_send(client, channel->number, &args);
    channel->consumers &= ~(1U << number);
    channel->no_ack &= ~(1U << number);
}

static void get(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {
        .method = METHOD_basic_get,
        .basic_get = {.queue = client_queue(client, channel), .no_ack = client->gets_no_ack}};
    client_send(client, channel->number, &args);
}

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
    if (client->manners->hoards && bit(client, 70)) {
        return false;
    }
    if (multiple && bit(client, 20)) {
        *tag = 0;
        return true;
    }
    if (channel->tag_count == 0) {
        return false;
    }
    *tag = channel->tags[bit(client, 70) ? 0 : prng_below(client->prng, channel->tag_count)];
    if (client->manners->clings) {
        *tag = channel->tags[channel->tag_count - 1];
    }
    return true;
}

static bool settles_many(struct client *client)
{
    return bit(client, 25) && !client->manners->clings;
}

static bool dies_often(struct client *client)
{
    return client->manners->scheme.parts & SCHEME_LETTERS && bit(client, 60);
}

static void reject(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_basic_reject,
                             .basic_reject = {.requeue = bit(client, 60) && !dies_often(client)}};
    if (choose_tag(client, channel, false, &args.basic_reject.delivery_tag)) {
        client_send(client, channel->number, &args);
        forget_tag(channel, args.basic_reject.delivery_tag, false);
    }
}

/* Where there are dead letters, they are to make more than one trip. */
static void ack(struct client *client, struct client_channel *channel)
{
    if (client->manners->scheme.parts & SCHEME_LETTERS && bit(client, 40)) {
        reject(client, channel);
        return;
    }
    struct amqp_args args = {.method = METHOD_basic_ack,
                             .basic_ack = {.multiple = settles_many(client)}};
    if (choose_tag(client, channel, args.basic_ack.multiple, &args.basic_ack.delivery_tag)) {
        client_send(client, channel->number, &args);
        forget_tag(channel, args.basic_ack.delivery_tag, args.basic_ack.multiple);
    }
}

static void nack(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {
        .method = METHOD_basic_nack,
        .basic_nack = {.multiple = settles_many(client), .requeue = bit(client, 60)}};
    if (choose_tag(client, channel, args.basic_nack.multiple, &args.basic_nack.delivery_tag)) {
        client_send(client, channel->number, &args);
        forget_tag(channel, args.basic_nack.delivery_tag, args.basic_nack.multiple);
    }
}

static void recover(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {.method = METHOD_basic_recover, .basic_recover = {.requeue = true}};
    if (bit(client, 30)) {
        args = (struct amqp_args){.method = METHOD_basic_recover_async,
                                  .basic_recover_async = {.requeue = true}};
    } else if (client_errs(client)) {
        args.basic_recover.requeue = bit(client, 80);
    }
    client_send(client, channel->number, &args);
    channel->tag_count = 0;
}

static void qos(struct client *client, struct client_channel *channel)
{
    struct amqp_args args = {
        .method = METHOD_basic_qos,
        .basic_qos = {.prefetch_count = (uint16_t)prng_below(client->prng, 6),
                      .prefetch_size = client_errs(client) && bit(client, 20) ? 100 : 0,
                      .global = bit(client, 25)}};
    client_send(client, channel->number, &args);
}

static void select_confirms(struct client *client, struct client_channel *channel)
{
    if (channel->mode == CLIENT_TX && !client_errs(client)) {
        return;
    }
    struct amqp_args args = {.method = METHOD_confirm_select,
                             .confirm_select = {.no_wait = bit(client, 20)}};
    client_send(client, channel->number, &args);
    channel->mode = CLIENT_CONFIRM;
}

static void transact(struct client *client, struct client_channel *channel)
{
    enum amqp_method method = METHOD_tx_select;
    if (channel->mode == CLIENT_TX || client_errs(client)) {
        method = bit(client, 70) ? METHOD_tx_commit : METHOD_tx_rollback;
    } else if (channel->mode == CLIENT_CONFIRM || bit(client, 70)) {
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
    if (bit(client, 50)) {
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

static act *choose(struct prng *prng)
{
    static const struct {
        act *act;
        uint32_t weight;
    } acts[] = {
        {client_publish, 300},
        {ack, 180},
        {consume, 70},
        {declare_queue, 70},
        {get, 50},
        {nack, 40},
        {bind_queue, 40},
        {declare_exchange, 30},
        {reject, 25},
        {qos, 25},
        {transact, 40},
        {select_confirms, 15},
        {cancel, 20},
        {recover, 15},
        {bind_exchange, 12},
        {unbind_queue, 10},
        {purge_queue, 6},
        {unbind_exchange, 5},
        {delete_queue, 5},
        {delete_exchange, 4},
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
    if (prng_chance(client->prng, client->manners->hostile) && bit(client, 10)) {
        client_misbehave(client, channel);
        return;
    }
    if (channel->state == CLIENT_SHUT && bit(client, 20)) {
        client_open_channel(client, channel);
    } else if (channel->state == CLIENT_OPEN && bit(client, client->manners->gets)) {
        get(client, channel);
    } else if (channel->state == CLIENT_OPEN && bit(client, client->manners->transacts)) {
        transact(client, channel);
    } else if (channel->state == CLIENT_OPEN && client->manners->publishes > 0 &&
               bit(client, client->manners->publishes)) {
        client_publish(client, channel);
    } else if (channel->state == CLIENT_OPEN) {
        choose(client->prng)(client, channel);
    }
}
