#include "tests/crash/census.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "base/memory.h"
#include "tests/crash/content.h"
#include "tests/crash/session.h"

enum { PATIENCE_S = 30 };

struct census {
    struct history *history;
    amqp_connection_state_t client;
    enum crash_queue queue;
    struct content content; // scratch
    uint32_t *numbers;      // owned; what came
    uint64_t tag;           // the last one
};

static bool gone(struct history *history)
{
    history_fail(history, "the broker does not answer the census");
    return false;
}

static bool count_of(amqp_connection_state_t client, enum crash_queue queue, uint32_t *count)
{
    const amqp_queue_declare_ok_t *ok = amqp_queue_declare(
        client, 1, amqp_cstring_bytes(crash_queue_name(queue)), 1, 0, 0, 0, amqp_empty_table);
    if (ok) {
        *count = ok->message_count;
    }
    return ok != NULL;
}

static bool read_one(struct census *census, uint32_t *number)
{
    struct timeval in = {.tv_sec = PATIENCE_S};
    amqp_envelope_t envelope;
    amqp_maybe_release_buffers(census->client);
    if (amqp_consume_message(census->client, &envelope, &in, 0).reply_type !=
        AMQP_RESPONSE_NORMAL) {
        history_fail(census->history, "queue %s does not hand out all it has",
                     crash_queue_name(census->queue));
        return false;
    }
    struct arrival arrival = {
        .queue = census->queue,
        .redelivered = envelope.redelivered,
        .exchange = envelope.exchange,
        .routing_key = envelope.routing_key,
        .properties = &envelope.message.properties,
        .body = envelope.message.body,
    };
    *number = content_arrived(census->history, &census->content, &arrival);
    census->tag = envelope.delivery_tag;
    amqp_destroy_envelope(&envelope);
    return *number > 0;
}

static bool settle_all(struct census *census, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        history_settle(census->history, census->queue, census->numbers[i]);
    }
    if (count > 0 && amqp_basic_ack(census->client, 1, census->tag, 1) != AMQP_STATUS_OK) {
        return gone(census->history);
    }
    for (uint32_t i = 0; i < count; i++) {
        history_settled(census->history, census->queue, census->numbers[i]);
    }
    return true;
}

static bool read_queue(struct census *census, enum census_kind kind)
{
    uint32_t count;
    history_visit(census->history, census->queue);
    if (!count_of(census->client, census->queue, &count) ||
        !amqp_basic_consume(census->client, 1, amqp_cstring_bytes(crash_queue_name(census->queue)),
                            amqp_empty_bytes, 0, 0, 0, amqp_empty_table)) {
        return gone(census->history);
    }
    census->numbers = memory_raw((count + 1) * sizeof *census->numbers);
    bool well = true;
    for (uint32_t i = 0; well && i < count; i++) {
        well = read_one(census, &census->numbers[i]);
    }
    if (well && kind != CENSUS_TAKE) {
        history_emptied(census->history, census->queue);
    }
    if (well && kind != CENSUS_LOOK) {
        well = settle_all(census, count);
    }
    free(census->numbers);
    return well;
}

static bool census_queue(struct census *census, enum crash_queue queue, int port,
                         enum census_kind kind)
{
    census->queue = queue;
    census->client = session_open(port);
    bool well = census->client && read_queue(census, kind);
    if (census->client && !well) {
        session_drop(census->client);
    }
    if (!well || !session_close(census->client)) {
        history_fail(census->history, "the census of queue %s came to nothing",
                     crash_queue_name(queue));
        return false;
    }
    history_return_all(census->history, queue);
    return !history_verdict(census->history);
}

bool census_read(struct history *history, int port, enum census_kind kind)
{
    struct census census = {.history = history};
    for (unsigned queue = 0; queue < QUEUE_COUNT; queue++) {
        if (!census_queue(&census, queue, port, kind)) {
            break;
        }
    }
    content_finish(&census.content);
    return !history_verdict(history);
}

/* Reading the queue may tell which message it is. */
static void blame_count(struct history *history, enum crash_queue queue, int port, uint32_t count)
{
    struct count_range range = history_count(history, queue);
    struct census census = {.history = history};
    printf("    queue %s has %u messages and not %u..%u\n", crash_queue_name(queue), count,
           range.least, range.most);
    census_queue(&census, queue, port, CENSUS_LOOK);
    content_finish(&census.content);
    history_fail(history, "queue %s has %u messages and not %u..%u", crash_queue_name(queue), count,
                 range.least, range.most);
}

static bool count_queue(struct history *history, amqp_connection_state_t client, int port,
                        enum crash_queue queue)
{
    struct count_range range = history_count(history, queue);
    uint32_t count;
    if (!count_of(client, queue, &count)) {
        return gone(history);
    }
    if (count < range.least || count > range.most) {
        blame_count(history, queue, port, count);
    }
    return !history_verdict(history);
}

bool census_count(struct history *history, int port)
{
    amqp_connection_state_t client = session_open(port);
    if (!client || !crash_topology_declare(client)) {
        history_fail(history, "the broker does not declare what was declared before");
        if (client) {
            session_drop(client);
        }
        return false;
    }
    for (unsigned queue = 0; queue < QUEUE_COUNT; queue++) {
        if (!count_queue(history, client, port, queue)) {
            break;
        }
    }
    session_close(client);
    return !history_verdict(history);
}
