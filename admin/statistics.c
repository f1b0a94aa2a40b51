#include "admin/statistics.h"

#include "admin/api_internal.h"
#include "admin/trail.h"
#include "server/conn_view.h"

bool statistics_disabled(const struct call *call)
{
    return call_settings(call)->management_disable_stats ||
           target_flag(&call->target, SLICE("disable_stats"));
}

static bool is_detailed(const struct api *api)
{
    return api->options.settings->management_rates_mode == RATES_DETAILED;
}

const char *statistics_rates_mode(const struct api *api)
{
    return !api->sampler ? "none" : is_detailed(api) ? "detailed" : "basic";
}

const struct statistics *statistics_begin(struct call *call)
{
    const struct api *api = call->api;
    struct statistics *statistics = arena_new(&call->arena, sizeof *statistics);
    uint64_t now_ms = call->request->now_ms + api->options.wall_offset_ms;
    statistics->sampler = api->sampler;
    statistics->now_ms = now_ms;
    statistics->detailed = is_detailed(api);
    if (api->sampler) {
        sampler_take(api->sampler, now_ms);
        statistics->known_ms = sampler_known_ms(api->sampler, now_ms);
    }
    const struct period_names lengths = {SLICE("lengths_age"), SLICE("lengths_incr")};
    const struct period_names messages = {SLICE("msg_rates_age"), SLICE("msg_rates_incr")};
    const struct period_names octets = {SLICE("data_rates_age"), SLICE("data_rates_incr")};
    const struct period_names node = {SLICE("node_stats_age"), SLICE("node_stats_incr")};
    struct reply *reply = call->reply;
    bool sound = period_parse(&call->target, &lengths, now_ms, &statistics->lengths, reply) &&
                 period_parse(&call->target, &messages, now_ms, &statistics->messages, reply) &&
                 period_parse(&call->target, &octets, now_ms, &statistics->octets, reply) &&
                 period_parse(&call->target, &node, now_ms, &statistics->node, reply);
    return sound ? statistics : NULL;
}

static bool asks_for_samples(const struct statistics *statistics)
{
    return statistics->lengths.step_ms > 0 || statistics->messages.step_ms > 0 ||
           statistics->octets.step_ms > 0 || statistics->node.step_ms > 0;
}

struct subject subject_of(const struct statistics *statistics, const struct sampled *which,
                          const struct numbers *numbers, bool alone)
{
    struct sampler *sampler = statistics->sampler;
    struct subject subject = {.statistics = statistics, .numbers = *numbers, .kind = which->kind};
    if (sampler && alone && asks_for_samples(statistics)) {
        subject.trail = sampler_watch(sampler, which, statistics->now_ms);
    } else if (sampler) {
        subject.trail = sampler_find(sampler, which);
    }
    return subject;
}

struct subject subject_of_queue(const struct statistics *statistics, const struct queue_view *view,
                                bool alone)
{
    struct queue_numbers queue = {.ready = view->ready,
                                  .unsettled = view->unsettled,
                                  .delayed = view->delayed,
                                  .counts = view->counts};
    struct numbers numbers = numbers_of_queue(&queue);
    struct sampled which = {.kind = NUMBERED_QUEUE, .id = view->id};
    return subject_of(statistics, &which, &numbers, alone);
}

struct subject subject_of_exchange(const struct statistics *statistics,
                                   const struct exchange_view *view, bool alone)
{
    struct numbers numbers = numbers_of_exchange(&view->counts);
    struct sampled which = {
        .kind = NUMBERED_EXCHANGE, .id = view->serial, .more = view->vhost_serial};
    return subject_of(statistics, &which, &numbers, alone);
}

struct subject subject_of_channel(const struct statistics *statistics,
                                  const struct channel_view *view, bool alone)
{
    struct numbers numbers = numbers_of_channel(&view->counts);
    struct sampled which = {.kind = NUMBERED_CHANNEL, .id = view->serial};
    return subject_of(statistics, &which, &numbers, alone);
}

struct subject subject_of_pair(const struct statistics *statistics, const struct pair_view *view,
                               bool alone)
{
    struct numbers numbers = numbers_of_pair(view);
    struct sampled which = {.kind = numbered_pair(view->kind), .id = view->serial};
    return subject_of(statistics, &which, &numbers, alone);
}

struct subject subject_of_connection(const struct statistics *statistics,
                                     const struct conn_view *view, bool alone)
{
    struct numbers numbers = numbers_of_connection(view);
    struct sampled which = {.kind = NUMBERED_CONNECTION, .id = view->id};
    return subject_of(statistics, &which, &numbers, alone);
}

struct subject subject_of_vhost(const struct statistics *statistics, const struct vhost_view *view,
                                bool alone)
{
    struct numbers numbers = numbers_of_vhost(view);
    struct sampled which = {.kind = NUMBERED_VHOST, .id = view->serial};
    return subject_of(statistics, &which, &numbers, alone);
}

/* A number over time; or a mean time, of two of them. */
struct series {
    const struct trail *trail; // borrowed; NULL: it has always been 0
    uint8_t which;             // number of the trail
    uint8_t count;             // likewise, if `mean`
    bool mean;
};

static double mean_ms(uint64_t ns, uint64_t count)
{
    return count > 0 ? (double)ns / (double)count / 1e6 : 0;
}

/* Writes what it was at this time, and returns that. */
static double write_sample(struct writer *w, const struct series *series, uint64_t at_ms)
{
    uint64_t value = series->trail ? trail_at(series->trail, series->which, at_ms) : 0;
    if (!series->mean) {
        write_u64(w, "sample", value);
        return (double)value;
    }
    double mean = series->trail ? mean_ms(value, trail_at(series->trail, series->count, at_ms)) : 0;
    write_real(w, "sample", mean);
    return mean;
}

/* Newest first, as RabbitMQ has them, with their mean and the mean rate over all the period. */
static void write_samples(struct writer *w, const struct series *series,
                          const struct period *period)
{
    double sum = 0, value = 0, newest = 0;
    uint64_t count = 0;
    write_array(w, "samples");
    for (; count <= (period->last_ms - period->first_ms) / period->step_ms; count++) {
        uint64_t at = period->last_ms - count * period->step_ms;
        write_object(w, NULL);
        value = write_sample(w, series, at);
        write_u64(w, "timestamp", at);
        write_end(w);
        newest = count == 0 ? value : newest;
        sum += value;
    }
    write_end(w);
    double span_ms = (double)(count - 1) * (double)period->step_ms;
    write_real(w, "avg_rate", count > 1 ? (newest - value) * 1000 / span_ms : 0);
    write_real(w, "avg", sum / (double)count);
}

static uint8_t index_of(const struct subject *subject, enum number number)
{
    return (uint8_t)(number - numbers_of_kind(subject->kind).first);
}

static void write_number(struct writer *w, const struct subject *subject, enum number number,
                         const struct period *period)
{
    const struct statistics *statistics = subject->statistics;
    write_u64(w, number_name(number), subject->numbers.at[number]);
    if (!statistics->sampler) {
        return;
    }
    const struct trail *trail = subject->trail;
    struct series series = {.trail = trail, .which = index_of(subject, number)};
    write_object(w, number_details_name(number));
    write_real(w, "rate",
               trail ? trail_rate(trail, series.which, statistics->known_ms,
                                  sampler_step(statistics->sampler))
                     : 0);
    if (period->step_ms > 0) {
        write_samples(w, &series, period);
    }
    write_end(w);
}

static void write_details(struct writer *w, const char *name, const struct series *series,
                          const struct period *period)
{
    write_object(w, name);
    write_real(w, "rate", 0);
    if (period->step_ms > 0) {
        write_samples(w, series, period);
    }
    write_end(w);
}

void write_mean_time(struct writer *w, const struct subject *subject, const struct mean_time *mean)
{
    const struct statistics *statistics = subject->statistics;
    const uint64_t *now = subject->numbers.at;
    struct series series = {.trail = subject->trail,
                            .which = index_of(subject, mean->time),
                            .count = index_of(subject, mean->count),
                            .mean = true};
    write_real(w, mean->name, mean_ms(now[mean->time], now[mean->count]));
    if (statistics->sampler) {
        write_details(w, mean->details, &series, &statistics->node);
    }
}

void write_reductions(struct writer *w, const struct statistics *statistics)
{
    struct series nothing = {.trail = NULL};
    write_u64(w, "reductions", 0);
    if (statistics->sampler) {
        write_details(w, "reductions_details", &nothing, &statistics->octets);
    }
}

static void write_span(struct writer *w, const struct subject *subject, struct number_span span,
                       const struct period *period)
{
    for (uint8_t i = 0; i < span.count; i++) {
        write_number(w, subject, (enum number)(span.first + i), period);
    }
}

static bool any(const struct subject *subject, struct number_span span)
{
    for (uint8_t i = 0; i < span.count; i++) {
        if (subject->numbers.at[span.first + i] > 0) {
            return true;
        }
    }
    return false;
}

enum { MESSAGE_SPANS = 3 };

/* What is shown together of messages. */
static void message_spans(enum numbered kind, struct number_span spans[MESSAGE_SPANS])
{
    const struct number_span deliveries = {NUMBER_deliver, NUMBER_messages - NUMBER_deliver};
    if (kind == NUMBERED_EXCHANGE) {
        spans[0] = (struct number_span){NUMBER_publish_in, 1};
        spans[1] = (struct number_span){NUMBER_publish_out, 1};
    } else {
        uint8_t incoming = kind == NUMBERED_QUEUE ? 1 : NUMBER_deliver - NUMBER_publish;
        spans[0] = (struct number_span){NUMBER_publish, incoming};
        spans[1] = deliveries;
    }
    spans[2] = (struct number_span){NUMBER_disk_reads, kind == NUMBERED_TOTALS ? 2 : 0};
}

void write_message_stats(struct writer *w, const struct subject *subject)
{
    struct number_span spans[MESSAGE_SPANS];
    message_spans(subject->kind, spans);
    bool queued = any(subject, (struct number_span){NUMBER_queue_created, 1});
    bool shown[MESSAGE_SPANS] = {any(subject, spans[0]), any(subject, spans[1]),
                                 queued || any(subject, spans[2])};
    if (!shown[0] && !shown[1] && subject->kind != NUMBERED_TOTALS) {
        return;
    }
    write_object(w, "message_stats");
    for (int i = 0; i < MESSAGE_SPANS; i++) {
        if (shown[i]) {
            write_span(w, subject, spans[i], &subject->statistics->messages);
        }
    }
    write_end(w);
}

void write_stats(struct writer *w, const struct subject *subject)
{
    write_object(w, "stats");
    write_span(w, subject, numbers_of_kind(subject->kind), &subject->statistics->messages);
    write_end(w);
}

void write_lengths(struct writer *w, const struct subject *subject)
{
    struct period period = subject->statistics->lengths;
    if (subject->kind == NUMBERED_QUEUE) {
        period = period_reaching(period, subject->statistics->now_ms);
    }
    write_span(w, subject, (struct number_span){NUMBER_messages, 3}, &period);
}

void write_octets(struct writer *w, const struct subject *subject)
{
    write_span(w, subject, (struct number_span){NUMBER_recv_oct, 2}, &subject->statistics->octets);
}

void write_node_numbers(struct writer *w, const struct subject *subject)
{
    struct number_span span = numbers_of_kind(NUMBERED_NODE);
    span.count -= NUMBER_COUNT - NUMBER_io_read_time; // times, which are told as means
    write_span(w, subject, span, &subject->statistics->node);
}

static const struct number_span churn = {NUMBER_connection_created,
                                         NUMBER_disk_reads - NUMBER_connection_created};

void write_churn(struct writer *w, const struct subject *subject)
{
    write_span(w, subject, churn, &subject->statistics->lengths);
}

void write_churn_rates(struct writer *w, const struct subject *subject)
{
    write_object(w, "churn_rates");
    if (any(subject, churn)) {
        write_churn(w, subject);
    }
    write_end(w);
}
