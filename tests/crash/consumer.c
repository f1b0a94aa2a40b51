#include "tests/crash/worker.h"

#include <sys/time.h>

enum { HELD_MAX = 2048 };

struct held {
    uint64_t tag;
    uint32_t number;
};

/* A consumer has a temper for each of its sessions. */
struct consumer {
    struct worker *worker;
    amqp_connection_state_t client;
    struct held held[HELD_MAX]; // by tag
    uint32_t held_count;
    uint32_t prefetch;
    uint32_t at_once; // acknowledges that many with one ack
    uint32_t return_permille;
    uint32_t reject_percent; // of QUEUE_REJECTS
    uint32_t lasts;          // deliveries until it logs in anew
};

static struct history *history_of(const struct consumer *consumer)
{
    return consumer->worker->options->history;
}

/* Removes the first `count` of those that it has. */
static void forget(struct consumer *consumer, uint32_t first, uint32_t count)
{
    for (uint32_t i = first + count; i < consumer->held_count; i++) {
        consumer->held[i - count] = consumer->held[i];
    }
    consumer->held_count -= count;
}

static bool acknowledge(struct consumer *consumer, uint32_t first, uint32_t count)
{
    struct history *history = history_of(consumer);
    enum crash_queue queue = consumer->worker->id;
    const struct held *held = consumer->held + first;
    for (uint32_t i = 0; i < count; i++) {
        history_settle(history, queue, held[i].number);
    }
    if (amqp_basic_ack(consumer->client, 1, held[count - 1].tag, count > 1) != AMQP_STATUS_OK) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        history_settled(history, queue, held[i].number);
    }
    forget(consumer, first, count);
    return true;
}

static bool give_back(struct consumer *consumer, uint32_t index)
{
    struct held held = consumer->held[index];
    history_return(history_of(consumer), consumer->worker->id, held.number);
    forget(consumer, index, 1);
    return amqp_basic_reject(consumer->client, 1, held.tag, 1) == AMQP_STATUS_OK;
}

static bool bury(struct consumer *consumer, uint32_t index)
{
    struct held held = consumer->held[index];
    history_reject(history_of(consumer), held.number);
    if (amqp_basic_reject(consumer->client, 1, held.tag, 0) != AMQP_STATUS_OK) {
        return false;
    }
    history_settled(history_of(consumer), QUEUE_REJECTS, held.number);
    forget(consumer, index, 1);
    return true;
}

/* Decides what becomes of the messages it has, now that there is one more. */
static bool act(struct consumer *consumer)
{
    struct prng *prng = &consumer->worker->prng;
    uint32_t any = prng_below(prng, consumer->held_count);
    if (prng_below(prng, 1000) < consumer->return_permille) {
        return give_back(consumer, any);
    } else if (consumer->worker->id == QUEUE_REJECTS &&
               prng_chance(prng, consumer->reject_percent)) {
        return bury(consumer, any);
    } else if (consumer->held_count >= consumer->at_once) {
        return consumer->at_once == 1 ? acknowledge(consumer, any, 1)
                                      : acknowledge(consumer, 0, consumer->held_count);
    }
    return true;
}

static bool take(struct consumer *consumer, const amqp_envelope_t *envelope)
{
    struct arrival arrival = {
        .queue = consumer->worker->id,
        .redelivered = envelope->redelivered,
        .exchange = envelope->exchange,
        .routing_key = envelope->routing_key,
        .properties = &envelope->message.properties,
        .body = envelope->message.body,
    };
    uint32_t number = content_arrived(history_of(consumer), &consumer->worker->content, &arrival);
    if (number == 0) {
        return false;
    }
    consumer->held[consumer->held_count++] = (struct held){envelope->delivery_tag, number};
    return act(consumer);
}

/* Until it has lasted long enough, which is true, or there is no more broker. */
static bool consume(struct consumer *consumer)
{
    while (!atomic_load(consumer->worker->finish) && consumer->lasts > 0) {
        struct timeval in = {.tv_usec = 20000};
        amqp_envelope_t envelope;
        amqp_maybe_release_buffers(consumer->client);
        amqp_rpc_reply_t reply = amqp_consume_message(consumer->client, &envelope, &in, 0);
        if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
            bool well = take(consumer, &envelope);
            amqp_destroy_envelope(&envelope);
            if (!well) {
                return false;
            }
            consumer->lasts--;
        } else if (reply.reply_type != AMQP_RESPONSE_LIBRARY_EXCEPTION ||
                   reply.library_error != AMQP_STATUS_TIMEOUT) {
            return false;
        }
    }
    return true;
}

static void choose_temper(struct consumer *consumer)
{
    static const uint32_t prefetches[] = {1, 10, 100, 2000};
    struct prng *prng = &consumer->worker->prng;
    bool eager = consumer->worker->options->eager;
    consumer->held_count = 0;
    consumer->prefetch = prefetches[eager ? 2 : prng_below(prng, 4)];
    consumer->at_once =
        prng_chance(prng, 40) ? 1 : prng_between(prng, 1, eager ? 10 : consumer->prefetch);
    consumer->return_permille = prng_chance(prng, 50) ? 0 : prng_below(prng, 100);
    consumer->reject_percent = prng_below(prng, 100);
    consumer->lasts = prng_chance(prng, 50) ? UINT32_MAX : prng_between(prng, 1, 5000);
}

/* False if there is no broker any more. */
static bool run_session(struct consumer *consumer)
{
    enum crash_queue queue = consumer->worker->id;
    consumer->client = session_open(consumer->worker->options->port);
    if (!consumer->client) {
        return false;
    }
    choose_temper(consumer);
    history_visit(history_of(consumer), queue);
    if (!amqp_basic_qos(consumer->client, 1, 0, (uint16_t)consumer->prefetch, 0) ||
        !amqp_basic_consume(consumer->client, 1, amqp_cstring_bytes(crash_queue_name(queue)),
                            amqp_empty_bytes, 0, 0, 0, amqp_empty_table) ||
        !consume(consumer)) {
        session_drop(consumer->client);
        return false;
    }
    if (!session_close(consumer->client)) {
        return false;
    }
    history_return_all(history_of(consumer), queue);
    history_left(history_of(consumer), queue);
    return true;
}

void consumer_run(struct worker *worker)
{
    struct consumer consumer = {.worker = worker};
    while (run_session(&consumer) && !atomic_load(worker->finish)) {
    }
}
