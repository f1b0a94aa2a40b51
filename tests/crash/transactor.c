#include "tests/crash/worker.h"

enum { TOKENS_MAX = 3 };

/* Takes tokens, and for every few of them publishes a message to the left and one to the right, in
 * one transaction with the acks. */
struct transactor {
    struct worker *worker;
    amqp_connection_state_t client;
    uint64_t tags[TOKENS_MAX];
    uint32_t numbers[TOKENS_MAX];
    unsigned count;
};

static struct history *history_of(const struct transactor *transactor)
{
    return transactor->worker->options->history;
}

static bool take_token(struct transactor *transactor, const amqp_basic_get_ok_t *got,
                       const amqp_message_t *message)
{
    struct arrival arrival = {
        .queue = QUEUE_TOKENS,
        .redelivered = got->redelivered,
        .exchange = got->exchange,
        .routing_key = got->routing_key,
        .properties = &message->properties,
        .body = message->body,
    };
    uint32_t number =
        content_arrived(history_of(transactor), &transactor->worker->content, &arrival);
    transactor->numbers[transactor->count] = number;
    transactor->tags[transactor->count++] = got->delivery_tag;
    return number > 0;
}

/* False if the broker is gone, or sent something wrong. */
static bool get_token(struct transactor *transactor)
{
    amqp_message_t message;
    amqp_connection_state_t client = transactor->client;
    amqp_maybe_release_buffers(client);
    amqp_rpc_reply_t reply = amqp_basic_get(client, 1, amqp_cstring_bytes("tokens"), 0);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) {
        return false;
    } else if (reply.reply.id != AMQP_BASIC_GET_OK_METHOD) {
        return true;
    }
    amqp_basic_get_ok_t got = *(const amqp_basic_get_ok_t *)reply.reply.decoded;
    if (amqp_read_message(client, 1, &message, 0).reply_type != AMQP_RESPONSE_NORMAL) {
        return false;
    }
    bool well = take_token(transactor, &got, &message);
    amqp_destroy_message(&message);
    return well;
}

/* The message has a number even if it could not be sent. */
static bool publish_to(struct transactor *transactor, enum crash_route route,
                       struct deal_place *made)
{
    struct message message = {
        .route = route,
        .publisher = (uint8_t)transactor->worker->id,
        .size = CONTENT_SIZE_MIN + prng_below(&transactor->worker->prng, 40000),
        .persistent = true,
    };
    bool sent = worker_publish(transactor->worker, transactor->client, &message) > 0;
    *made = (struct deal_place){route == ROUTE_LEFT ? QUEUE_LEFT : QUEUE_RIGHT, message.number};
    return sent;
}

static bool acknowledge(struct transactor *transactor)
{
    for (unsigned i = 0; i < transactor->count; i++) {
        history_settle(history_of(transactor), QUEUE_TOKENS, transactor->numbers[i]);
        if (amqp_basic_ack(transactor->client, 1, transactor->tags[i], 0) != AMQP_STATUS_OK) {
            return false;
        }
    }
    return true;
}

static bool commit(struct transactor *transactor, uint32_t deal)
{
    if (!amqp_tx_commit(transactor->client, 1)) {
        return false;
    }
    history_keep(history_of(transactor), deal);
    for (unsigned i = 0; i < transactor->count; i++) {
        history_settled(history_of(transactor), QUEUE_TOKENS, transactor->numbers[i]);
    }
    transactor->count = 0;
    return true;
}

/* What is rolled back is tried again with the next transaction. One that was never told to commit
 * must not happen either. */
static bool deal(struct transactor *transactor)
{
    struct deal deal = {.made_count = 2, .taken_count = (uint8_t)transactor->count};
    bool sent = publish_to(transactor, ROUTE_LEFT, &deal.made[0]);
    sent = publish_to(transactor, ROUTE_RIGHT, &deal.made[1]) && sent;
    for (unsigned i = 0; i < transactor->count; i++) {
        deal.taken[i] = (struct deal_place){QUEUE_TOKENS, transactor->numbers[i]};
    }
    sent = sent && acknowledge(transactor);
    uint32_t number = history_promise(history_of(transactor), &deal);
    if (sent && !prng_chance(&transactor->worker->prng, 20)) {
        return commit(transactor, number);
    }
    history_break(history_of(transactor), number);
    return sent && amqp_tx_rollback(transactor->client, 1);
}

/* Waiting for room is what slows it down, and for tokens when there are none. */
static bool run_deals(struct transactor *transactor)
{
    while (!atomic_load(transactor->worker->finish)) {
        unsigned before = transactor->count;
        if (history_verdict(history_of(transactor)) ||
            (transactor->count < TOKENS_MAX && !get_token(transactor))) {
            return false;
        }
        bool dry = transactor->count == before;
        if (transactor->count > 0 && (dry || prng_chance(&transactor->worker->prng, 50)) &&
            !deal(transactor)) {
            return false;
        }
        if (dry) {
            history_wait_for_confirms(history_of(transactor), 1, 20);
        }
    }
    return true;
}

void transactor_run(struct worker *worker)
{
    struct transactor transactor = {
        .worker = worker,
        .client = session_open(worker->options->port),
    };
    if (!transactor.client) {
        return;
    }
    history_visit(worker->options->history, QUEUE_TOKENS);
    if (amqp_tx_select(transactor.client, 1) && run_deals(&transactor)) {
        if (session_close(transactor.client)) {
            history_return_all(worker->options->history, QUEUE_TOKENS);
        }
    } else {
        session_drop(transactor.client);
    }
}
