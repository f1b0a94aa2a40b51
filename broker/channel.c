#include "broker/channel.h"
#include "broker/event.h"

#include <stdlib.h>

#include "base/blob.h"
#include "base/cursor.h"
#include "base/memory.h"
#include "broker/ack_timeout.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/channel_internal.h"
#include "broker/consumer.h"
#include "broker/reply.h"
#include "broker/reply_to.h"
#include "broker/settle.h"
#include "broker/tally.h"
#include "broker/transaction.h"

struct channel *channel_open(struct session *session, uint16_t number)
{
    struct channel *channel = memory_new(sizeof *channel);
    channel->session = session;
    channel->number = number;
    channel->delivery_tag_next = 1;
    channel->serial = ++session->broker->serials;
    channel->ack_least_ms = UINT64_MAX;
    channel->active_ms = session->broker->now_ms;
    list_init(&channel->consumers);
    list_init(&channel->waiting);
    pair_set_init(&channel->pairs);
    pair_set_init(&channel->routes);
    map_init(&channel->consumers_by_tag, session->broker->options.secret);
    list_push(&session->channels, &channel->link);
    list_push(&session->broker->channels, &channel->all_link);
    session->broker->counters.channels++;
    session->broker->churn.channel_created += !session->passing;
    event_channel(channel, true);
    return channel;
}

void channel_touch(struct channel *channel)
{
    channel->active_ms = broker_of(channel)->now_ms;
}

/* Ends the consumers; auto-delete queues that lose their last one go. */
static void end_consumers(struct channel *channel, struct touched *touched, struct effects *fx)
{
    while (!list_empty(&channel->consumers)) {
        struct list_node *first = list_first(&channel->consumers);
        consumer_end(container_of(first, struct consumer, channel_link), touched, fx);
    }
}

void channel_stop(struct channel *channel, struct touched *touched, struct effects *fx)
{
    event_by(channel);
    reply_to_cancel(channel);
    transaction_rollback(channel);
    transaction_free(channel->transaction);
    channel->transaction = NULL;
    channel->mode = CHANNEL_PLAIN;
    end_consumers(channel, touched, fx);
}

static void limit(struct channel *channel, uint16_t prefetch)
{
    struct broker_counters *counters = &broker_of(channel)->counters;
    counters->limited_channels -= channel->prefetch_limit > 0;
    counters->limited_channels += prefetch > 0;
    channel->prefetch_limit = prefetch;
}

void channel_release(struct channel *channel, struct touched *touched, struct effects *fx)
{
    settle_all(channel, SETTLEMENT_FAIL, touched, fx);
    ack_timeout_finish(channel);
    unsettled_finish(&channel->unsettled);
    map_finish(&channel->consumers_by_tag);
    bytes_finish(&channel->route.place);
    free(channel->route.items);
    free(channel->route.counts.routed);
    pairs_end_channel(channel);
    blob_unref(channel->last_queue);
    list_unlink(&channel->link);
    cursors_leave(&broker_of(channel)->channel_cursors, &channel->all_link);
    list_unlink(&channel->all_link);
    broker_of(channel)->counters.channels--;
    limit(channel, 0);
    broker_of(channel)->churn.channel_closed += !channel->session->passing;
    tally_end_channel(channel);
    event_channel(channel, false);
    free(channel);
}

void channel_close(struct channel *channel, struct effects *fx)
{
    struct touched touched;
    touched_init(&touched, broker_of(channel));
    channel_stop(channel, &touched, fx);
    channel_release(channel, &touched, fx);
    touched_serve(&touched, fx);
}

/* A limit that begins now counts what basic.get has taken so far, too. */
static void count_all_unsettled(struct channel *channel)
{
    struct unsettled_item *item;
    uint64_t tag = 0;
    for (uint64_t from = 0; (item = unsettled_next(&channel->unsettled, from, &tag));
         from = tag + 1) {
        channel->prefetch_used += !unsettled_counted(item);
        item->mark = unsettled_mark(unsettled_position(item), true);
    }
}

enum amqp_reply broker_basic_qos(struct channel *channel, const struct amqp_basic_qos *args,
                                 struct effects *fx)
{
    if (args->prefetch_size != 0) {
        return effects_refuse(fx, AMQP_NOT_IMPLEMENTED, "prefetch_size!=0 (%u)",
                              (uint64_t)args->prefetch_size);
    }
    struct touched touched;
    touched_init(&touched, broker_of(channel));
    if (!args->global) {
        channel->prefetch_next = args->prefetch_count;
        limit(channel, 0); // RabbitMQ's "global=false" lifts the channel's limit
    } else {
        if (channel->prefetch_limit == 0) {
            count_all_unsettled(channel);
        }
        limit(channel, args->prefetch_count);
    }
    if (channel->prefetch_limit == 0 || channel->prefetch_used < channel->prefetch_limit) {
        channel_release_waiting(channel, &touched);
    }
    reply_ok(channel, METHOD_basic_qos_ok, fx);
    touched_serve(&touched, fx);
    return AMQP_OK;
}

enum amqp_reply broker_confirm_select(struct channel *channel,
                                      const struct amqp_confirm_select *args, struct effects *fx)
{
    if (channel->mode == CHANNEL_TX) {
        return effects_refuse(fx, AMQP_PRECONDITION_FAILED,
                              "cannot switch from tx to confirm mode");
    }
    channel->mode = CHANNEL_CONFIRM;
    if (!args->no_wait) {
        reply_ok(channel, METHOD_confirm_select_ok, fx);
    }
    return AMQP_OK;
}
