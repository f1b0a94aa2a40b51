#include "broker/ack_timeout.h"

#include <stdlib.h>
#include <string.h>

#include "base/blob.h"
#include "base/memory.h"
#include "base/wire.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/consumer.h"
#include "broker/settle.h"

enum {
    PARTS = 2048,       // of the shortest time: as exactly as deliveries are noted
    LATE_MAX = 1 << 16, // so many deliveries of a channel are remembered that went back unasked
};

/* Deliveries from this tag on, up to that of the next mark, were made before this time. */
struct ack_mark {
    uint64_t tag;
    uint64_t until_ms;
};

struct ack_timer {
    struct deadline due; // broker.ack_deadlines
    struct channel *channel;
    struct ack_mark *marks; // owned; marks[begin..end) by tag and time
    size_t begin;
    size_t end;
    size_t cap;
    struct bytes late; // tags, 8 octets each: gone back to their queues, and not answered yet
};

uint64_t ack_timeout_of(const struct broker_queue *queue)
{
    uint64_t own = queue->limits.consumer_timeout_ms;
    uint64_t common = queue->vhost->broker->options.consumer_timeout_ms;
    return own != UINT64_MAX ? own : common > 0 ? common : UINT64_MAX;
}

uint64_t ack_timeout_of_consumer(const struct consumer *consumer)
{
    bool own = consumer->timeout_ms != UINT64_MAX;
    return own ? consumer->timeout_ms : ack_timeout_of(consumer->queue);
}

static uint64_t timeout_of(const struct unsettled_item *item)
{
    return item->consumer ? ack_timeout_of_consumer(item->consumer) : ack_timeout_of(item->queue);
}

void ack_timeout_lower(struct channel *channel, uint64_t timeout_ms)
{
    if (timeout_ms < channel->ack_least_ms) {
        channel->ack_least_ms = timeout_ms;
        channel->ack_note_ms = 0;
    }
}

void ack_timeout_begin(const struct consumer *consumer)
{
    if (!consumer->no_ack) {
        ack_timeout_lower(consumer->channel, ack_timeout_of_consumer(consumer));
    }
}

static struct ack_timer *obtain_timer(struct channel *channel)
{
    if (!channel->ack_timer) {
        channel->ack_timer = memory_new(sizeof *channel->ack_timer);
        channel->ack_timer->channel = channel;
    }
    return channel->ack_timer;
}

/* Marks go when the next one is all that is needed for what is unsettled. */
static void drop_old_marks(struct ack_timer *timer)
{
    uint64_t oldest = 0;
    if (!unsettled_next(&timer->channel->unsettled, 0, &oldest)) {
        timer->begin = timer->end = 0;
    }
    while (timer->end - timer->begin > 1 && timer->marks[timer->begin + 1].tag <= oldest) {
        timer->begin++;
    }
}

static void add_mark(struct ack_timer *timer, struct ack_mark mark)
{
    size_t count = timer->end - timer->begin;
    if (timer->end == timer->cap && timer->begin > timer->cap / 2) {
        memmove(timer->marks, timer->marks + timer->begin, count * sizeof *timer->marks);
        timer->begin = 0;
        timer->end = count;
    } else if (timer->end == timer->cap) {
        timer->cap = timer->cap ? timer->cap * 2 : 4;
        timer->marks = memory_grow(timer->marks, timer->cap * sizeof *timer->marks);
    }
    timer->marks[timer->end++] = mark;
}

static void look_at(struct ack_timer *timer, uint64_t at)
{
    if (!deadline_is_set(&timer->due) || at < timer->due.at) {
        deadlines_set(&broker_of(timer->channel)->ack_deadlines, &timer->due, at);
    }
}

void ack_timeout_note(struct channel *channel, uint64_t tag)
{
    uint64_t least = channel->ack_least_ms;
    if (least == UINT64_MAX) {
        channel->ack_note_ms = UINT64_MAX; // until it is lowered
        return;
    }
    struct ack_timer *timer = obtain_timer(channel);
    channel->ack_note_ms = broker_of(channel)->now_ms + least / PARTS + 1;
    drop_old_marks(timer);
    add_mark(timer, (struct ack_mark){tag, channel->ack_note_ms});
    look_at(timer, channel->ack_note_ms + least);
}

static void renew_channel(struct channel *channel)
{
    list_each(node, &channel->consumers) {
        ack_timeout_begin(container_of(node, struct consumer, channel_link));
    }
    if (channel->unsettled.count > 0) {
        look_at(obtain_timer(channel), broker_of(channel)->now_ms);
    }
}

void ack_timeouts_renew(struct broker *broker)
{
    list_each(session_node, &broker->sessions) {
        struct session *session = container_of(session_node, struct session, link);
        list_each(node, &session->channels) {
            renew_channel(container_of(node, struct channel, link));
        }
    }
}

static void close_channel(struct channel *channel, uint64_t timeout_ms, struct effects *fx)
{
    struct text text;
    text_clear(&text);
    text_format(&text,
                "delivery acknowledgement on channel %u timed out. Timeout value used: %u ms. This "
                "timeout value can be configured, see consumers doc guide to learn more",
                (uint64_t)channel->number, timeout_ms);
    *effects_next(fx) = (struct effect){
        .kind = EFFECT_CLOSE,
        .conn = channel->session->conn,
        .channel = channel->number,
        .number = AMQP_PRECONDITION_FAILED,
        .blob = blob_new(text_slice(&text)),
    };
}

/* As RabbitMQ 4.3 does it; basic.get has no consumer that could be cancelled. */
static bool can_cancel(const struct channel *channel, const struct unsettled_item *item)
{
    return item->queue->kind == QUEUE_QUORUM && item->consumer && channel->session->cancel_notify;
}

/* Of too many, those that were made first are forgotten. */
static void note_late(struct bytes *late, uint64_t tag)
{
    if (late->len == LATE_MAX * sizeof tag) {
        late->len /= 2;
        memmove(late->ptr, late->ptr + late->len, late->len);
    }
    bytes_add_u64(late, tag);
}

/* The consumer ends, and what it has goes back. Its client may be about to acknowledge some of
 * that, which is then passed over. */
static void cancel(struct ack_timer *timer, struct consumer *consumer, struct effects *fx)
{
    struct channel *channel = timer->channel;
    struct touched touched;
    const struct unsettled_item *item;
    uint64_t tag = 0;
    touched_init(&touched, broker_of(channel));
    consumer_notify_cancel(consumer, fx);
    for (uint64_t from = 0; (item = unsettled_next(&channel->unsettled, from, &tag));
         from = tag + 1) {
        if (item->consumer == consumer) {
            struct unsettled_item taken = unsettled_take(&channel->unsettled, tag);
            note_late(&timer->late, tag);
            settle_item(channel, &taken, SETTLEMENT_FAIL, &touched, fx);
        }
    }
    consumer_end(consumer, &touched, fx);
    touched_serve(&touched, fx);
}

bool ack_timeout_forgives(struct channel *channel, uint64_t tag, bool multiple)
{
    struct bytes *late = channel->ack_timer ? &channel->ack_timer->late : NULL;
    bool found = false;
    size_t kept = 0;
    for (size_t i = 0; late && i < late->len; i += sizeof tag) {
        uint64_t one = wire_load_u64(late->ptr + i);
        found |= one == tag;
        if (one != tag && !(multiple && one < tag)) {
            wire_store_u64(late->ptr + kept, one);
            kept += sizeof tag;
        }
    }
    if (late) {
        late->len = kept;
    }
    return found;
}

/* The first delivery whose time is over; NULL, and when that will be at the earliest. */
static const struct unsettled_item *first_late(struct ack_timer *timer, uint64_t *next)
{
    const struct channel *channel = timer->channel;
    const struct unsettled_item *item;
    uint64_t tag = 0;
    *next = UINT64_MAX;
    drop_old_marks(timer);
    if (timer->begin == timer->end) { // when they were made is not known: it counts from here
        add_mark(timer, (struct ack_mark){0, broker_of(channel)->now_ms + 1});
    }
    size_t mark = timer->begin;
    for (uint64_t from = 0; (item = unsettled_next(&channel->unsettled, from, &tag));
         from = tag + 1) {
        while (mark + 1 < timer->end && timer->marks[mark + 1].tag <= tag) {
            mark++;
        }
        uint64_t timeout = timeout_of(item);
        uint64_t due = timeout == UINT64_MAX ? UINT64_MAX : timer->marks[mark].until_ms + timeout;
        if (due <= broker_of(channel)->now_ms) {
            return item;
        }
        *next = due < *next ? due : *next;
    }
    return NULL;
}

/* Closes the channel if the time of one of its deliveries is over, or cancels whose it is. */
static void look(struct ack_timer *timer, struct effects *fx)
{
    const struct unsettled_item *item;
    uint64_t next;
    while ((item = first_late(timer, &next))) {
        if (!can_cancel(timer->channel, item)) {
            close_channel(timer->channel, timeout_of(item), fx);
            return;
        }
        cancel(timer, item->consumer, fx);
    }
    if (next != UINT64_MAX) {
        look_at(timer, next);
    }
}

void ack_timeouts_tick(struct broker *broker, struct effects *fx)
{
    struct deadline *due;
    while ((due = deadlines_first(&broker->ack_deadlines)) && due->at <= broker->now_ms) {
        deadlines_clear(&broker->ack_deadlines, due);
        look(container_of(due, struct ack_timer, due), fx);
    }
}

void ack_timeout_finish(struct channel *channel)
{
    struct ack_timer *timer = channel->ack_timer;
    if (timer) {
        deadlines_clear(&broker_of(channel)->ack_deadlines, &timer->due);
        free(timer->marks);
        bytes_finish(&timer->late);
        free(timer);
        channel->ack_timer = NULL;
    }
}
