#include "admin/numbers.h"

#include "broker/broker.h"
#include "server/conn_view.h"

enum numbered numbered_pair(enum pair_kind kind)
{
    return kind == PAIR_CHANNEL_EXCHANGE ? NUMBERED_CHANNEL_EXCHANGE
           : kind == PAIR_CHANNEL_QUEUE  ? NUMBERED_CHANNEL_QUEUE
                                         : NUMBERED_EXCHANGE_QUEUE;
}

struct number_span numbers_of_kind(enum numbered kind)
{
    switch (kind) {
    case NUMBERED_TOTALS:
        return (struct number_span){NUMBER_publish, NUMBER_publish_in - NUMBER_publish};
    case NUMBERED_VHOST:
        return (struct number_span){NUMBER_publish, NUMBER_connection_created - NUMBER_publish};
    case NUMBERED_EXCHANGE:
        return (struct number_span){NUMBER_publish_in, 2};
    case NUMBERED_QUEUE:
        return (struct number_span){NUMBER_publish, NUMBER_recv_oct - NUMBER_publish};
    case NUMBERED_CHANNEL:
        return (struct number_span){NUMBER_publish, NUMBER_messages - NUMBER_publish};
    case NUMBERED_NODE:
        return (struct number_span){NUMBER_mem_used, NUMBER_COUNT - NUMBER_mem_used};
    case NUMBERED_CHANNEL_EXCHANGE:
        return (struct number_span){NUMBER_publish, NUMBER_deliver - NUMBER_publish};
    case NUMBERED_CHANNEL_QUEUE:
        return (struct number_span){NUMBER_deliver, NUMBER_messages - NUMBER_deliver};
    case NUMBERED_EXCHANGE_QUEUE:
        return (struct number_span){NUMBER_publish, 1};
    case NUMBERED_CONNECTION:
        break;
    }
    return (struct number_span){NUMBER_recv_oct, 2};
}

const char *number_name(enum number number)
{
    static const char *const names[] = {
#define N(name) #name,
        NUMBERS(N)
#undef N
    };
    return names[number];
}

const char *number_details_name(enum number number)
{
    static const char *const names[] = {
#define N(name) #name "_details",
        NUMBERS(N)
#undef N
    };
    return names[number];
}

static void set_publishes(struct numbers *numbers, const struct publish_counts *counts)
{
    numbers->at[NUMBER_publish] = counts->publish;
    numbers->at[NUMBER_confirm] = counts->confirm;
    numbers->at[NUMBER_return_unroutable] = counts->return_unroutable;
    numbers->at[NUMBER_drop_unroutable] = counts->drop_unroutable;
}

static void set_deliveries(struct numbers *numbers, const struct delivery_counts *counts)
{
#define C(name) numbers->at[NUMBER_##name] = counts->name;
    DELIVERY_COUNTS(C)
#undef C
    numbers->at[NUMBER_deliver_get] = delivery_counts_all(counts);
}

static void set_lengths(struct numbers *numbers, uint64_t ready, uint64_t unsettled)
{
    numbers->at[NUMBER_messages] = ready + unsettled;
    numbers->at[NUMBER_messages_ready] = ready;
    numbers->at[NUMBER_messages_unacknowledged] = unsettled;
}

struct numbers numbers_of_channel(const struct message_counts *counts)
{
    struct numbers numbers = {.at = {0}};
    set_publishes(&numbers, &counts->in);
    set_deliveries(&numbers, &counts->out);
    return numbers;
}

struct numbers numbers_of_totals(const struct broker *broker)
{
    struct totals_view totals = view_totals(broker);
    const struct broker_counters *counters = broker_counters(broker);
    struct numbers numbers = numbers_of_channel(&totals.messages);
    set_lengths(&numbers, counters->messages_ready, counters->messages_unsettled);
#define C(name) numbers.at[NUMBER_##name] = totals.churn.name;
    CHURN_COUNTS(C)
#undef C
    for (int kind = 0; kind < QUEUE_KINDS; kind++) {
        numbers.at[NUMBER_disk_reads] += totals.queues[kind].disk_reads;
        numbers.at[NUMBER_disk_writes] += totals.queues[kind].disk_writes;
    }
    return numbers;
}

struct numbers numbers_of_vhost(const struct vhost_view *view)
{
    struct numbers numbers = numbers_of_channel(&view->counts);
    set_lengths(&numbers, view->ready, view->unsettled);
    numbers.at[NUMBER_recv_oct] = view->received;
    numbers.at[NUMBER_send_oct] = view->sent;
    return numbers;
}

struct numbers numbers_of_exchange(const struct exchange_counts *counts)
{
    struct numbers numbers = {.at = {0}};
    numbers.at[NUMBER_publish_in] = counts->publish_in;
    numbers.at[NUMBER_publish_out] = counts->publish_out;
    return numbers;
}

struct numbers numbers_of_queue(const struct queue_numbers *queue)
{
    struct numbers numbers = {.at = {0}};
    numbers.at[NUMBER_publish] = queue->counts.publish;
    set_deliveries(&numbers, &queue->counts.out);
    set_lengths(&numbers, queue->ready, queue->unsettled);
    numbers.at[NUMBER_messages] += queue->delayed;
    return numbers;
}

struct numbers numbers_of_pair(const struct pair_view *view)
{
    struct message_counts counts = {view->in, view->out};
    return numbers_of_channel(&counts);
}

struct numbers numbers_of_connection(const struct conn_view *view)
{
    struct numbers numbers = {.at = {0}};
    numbers.at[NUMBER_recv_oct] = view->received;
    numbers.at[NUMBER_send_oct] = view->sent;
    return numbers;
}
