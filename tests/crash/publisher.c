#include "tests/crash/worker.h"

enum { WINDOW_MAX = 1024 };

struct publisher {
    struct worker *worker;
    amqp_connection_state_t client;
    uint32_t numbers[WINDOW_MAX]; // by delivery tag, of what is not confirmed
    uint64_t tag_next;
    uint64_t tag_first; // the oldest that is not confirmed
    uint32_t window;
    uint32_t largest; // octets of most messages
    uint32_t large_percent;
    uint32_t transient_percent;
};

/* Numbers that were confirmed out of order are 0. */
static bool on_ack(struct publisher *publisher, const amqp_basic_ack_t *ack)
{
    struct history *history = publisher->worker->options->history;
    uint64_t tag = ack->multiple ? publisher->tag_first : ack->delivery_tag;
    if (ack->delivery_tag >= publisher->tag_next || ack->delivery_tag < publisher->tag_first) {
        history_fail(history, "a confirm of %llu, which is not open",
                     (unsigned long long)ack->delivery_tag);
        return false;
    }
    for (; tag <= ack->delivery_tag; tag++) {
        uint32_t *number = &publisher->numbers[tag % WINDOW_MAX];
        if (*number > 0) {
            history_confirm(history, *number);
        }
        *number = 0;
    }
    while (publisher->tag_first < publisher->tag_next &&
           publisher->numbers[publisher->tag_first % WINDOW_MAX] == 0) {
        publisher->tag_first++;
    }
    return true;
}

/* connection.blocked and unblocked may come, too. False if this is the end. */
static bool on_frame(struct publisher *publisher, const amqp_frame_t *frame)
{
    if (frame->frame_type != AMQP_FRAME_METHOD) {
        return true;
    } else if (frame->payload.method.id == AMQP_BASIC_ACK_METHOD) {
        return on_ack(publisher, frame->payload.method.decoded);
    } else if (frame->payload.method.id == AMQP_BASIC_NACK_METHOD) {
        history_fail(publisher->worker->options->history, "the broker refused a message");
        return false;
    }
    return frame->channel == 0 && frame->payload.method.id != AMQP_CONNECTION_CLOSE_METHOD;
}

/* Takes the confirms that there are, and waits `ms` for the first one. */
static bool take_confirms(struct publisher *publisher, int ms)
{
    amqp_frame_t frame;
    int got = session_wait(publisher->client, ms, &frame);
    for (; got > 0; got = session_wait(publisher->client, 0, &frame)) {
        if (!on_frame(publisher, &frame)) {
            return false;
        }
    }
    amqp_maybe_release_buffers(publisher->client);
    return got == 0;
}

/* Queues that are read slowly, or not at all, shall not be all there is in the end: they get few
 * messages, and small ones. */
static bool is_slow(enum crash_route route)
{
    return route == ROUTE_TOKENS || route == ROUTE_TREE || route == ROUTE_QUIET;
}

/* One route goes on for a batch, so that a queue gets runs of messages, and not only one each. */
static bool publish_batch(struct publisher *publisher)
{
    struct worker *worker = publisher->worker;
    struct prng *prng = &worker->prng;
    struct message message = {.route = prng_below(prng, ROUTE_FREE_COUNT)};
    uint32_t count = prng_between(prng, 1, is_slow(message.route) ? 6 : 64);
    message.publisher = (uint8_t)worker->id;
    while (count-- > 0 && publisher->tag_next - publisher->tag_first < publisher->window) {
        bool large = !is_slow(message.route) && prng_chance(prng, publisher->large_percent);
        message.size = CONTENT_SIZE_MIN + prng_below(prng, large ? 400000 : publisher->largest);
        message.persistent = message.route == ROUTE_REJECTS || message.route == ROUTE_TOKENS ||
                             !prng_chance(prng, publisher->transient_percent);
        uint32_t number = worker_publish(worker, publisher->client, &message);
        if (number == 0) {
            return false;
        }
        publisher->numbers[publisher->tag_next++ % WINDOW_MAX] = number;
    }
    return true;
}

static bool publish_on(struct publisher *publisher)
{
    struct history *history = publisher->worker->options->history;
    while (!atomic_load(publisher->worker->finish)) {
        bool room = history_wait_for_room(history, 20);
        bool full = publisher->tag_next - publisher->tag_first >= publisher->window;
        if (history_verdict(history) || (room && !full && !publish_batch(publisher)) ||
            !take_confirms(publisher, full ? 20 : 0)) {
            return false;
        }
    }
    return true;
}

static bool await_confirms(struct publisher *publisher)
{
    for (int waited = 0; publisher->tag_first < publisher->tag_next; waited += 100) {
        if (!take_confirms(publisher, 100)) {
            return false;
        } else if (waited >= FINISH_MS) {
            history_fail(publisher->worker->options->history, "a confirm does not come");
            return false;
        }
    }
    return true;
}

void publisher_run(struct worker *worker)
{
    struct publisher publisher = {
        .worker = worker,
        .client = session_open(worker->options->port),
        .tag_next = 1,
        .tag_first = 1,
        .window = prng_between(&worker->prng, 1, WINDOW_MAX - 1),
        .largest = prng_chance(&worker->prng, 30) ? 8000 : 600,
        .large_percent = worker->options->bulky ? 10 : prng_below(&worker->prng, 2),
        .transient_percent = prng_below(&worker->prng, 30),
    };
    if (!publisher.client) {
        return;
    }
    if (amqp_confirm_select(publisher.client, 1) && publish_on(&publisher) &&
        await_confirms(&publisher)) {
        session_close(publisher.client);
    } else {
        session_drop(publisher.client);
    }
}
