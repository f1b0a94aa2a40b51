#include "admin/scrape_internal.h"

#include <stddef.h>

#include "admin/api_internal.h"
#include "admin/peers.h"

/* A pair, as a row of its kind. */
struct row {
    struct slice channel; // name; NULL as its ptr: it has none
    struct pair_view view;
};

static const enum metric_family families[PAIR_KINDS] = {
    [PAIR_CHANNEL_EXCHANGE] = FAMILY_channel_exchange_metrics,
    [PAIR_CHANNEL_QUEUE] = FAMILY_channel_queue_metrics,
    [PAIR_CHANNEL_ROUTE] = FAMILY_channel_queue_exchange_metrics,
    [PAIR_EXCHANGE_QUEUE] = FAMILY_queue_exchange_metrics,
};

#define CE(metric, count)                                                                          \
    {                                                                                              \
        PAIR_CHANNEL_EXCHANGE, METRIC_channel_messages_##metric##_total,                           \
            offsetof(struct pair_view, in.count)                                                   \
    }
#define CQ(metric, count)                                                                          \
    {                                                                                              \
        PAIR_CHANNEL_QUEUE, METRIC_channel_##metric##_total, offsetof(struct pair_view, out.count) \
    }
#define PUBLISH offsetof(struct pair_view, in.publish)

/* Which count of a pair is which metric. */
static const struct {
    enum pair_kind kind;
    enum metric_id metric;
    size_t offset;
} columns[] = {
    CE(published, publish),
    CE(confirmed, confirm),
    CE(unroutable_returned, return_unroutable),
    CE(unroutable_dropped, drop_unroutable),
    CQ(get_ack, get),
    CQ(get, get_no_ack),
    CQ(messages_delivered_ack, deliver),
    CQ(messages_delivered, deliver_no_ack),
    CQ(messages_redelivered, redeliver),
    CQ(messages_acked, ack),
    CQ(get_empty, get_empty),
    {PAIR_CHANNEL_ROUTE, METRIC_queue_messages_published_total, PUBLISH},
    {PAIR_EXCHANGE_QUEUE, METRIC_queue_exchange_messages_published_total, PUBLISH},
};

static uint64_t count_at(const struct pair_view *view, size_t offset)
{
    return *(const uint64_t *)((const char *)view + offset);
}

/* Sums are made at once, so that nothing needs to be copied for them. */
static void add(struct scrape *scrape, const struct pair_view *view)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (columns[i].kind == view->kind) {
            scrape->values[columns[i].metric] += count_at(view, columns[i].offset);
        }
    }
}

/* Neighbours mostly share their names. */
static struct slice keep(struct arena *arena, struct slice text, struct slice last)
{
    return !text.ptr ? text : last.ptr && slice_eq(text, last) ? last : arena_copy(arena, text);
}

/* False if its connection is gone. */
static bool find_name(struct scrape *scrape, const struct pair_view *view, struct slice *out)
{
    struct conn_view conn;
    if (view->kind == PAIR_EXCHANGE_QUEUE) {
        return true;
    }
    if (!engine_view_conn(scrape->api->options.engine, view->conn, &conn)) {
        return false;
    }
    struct bytes name = channel_name(conn.name, view->channel);
    *out = keep(&scrape->arena, bytes_slice(&name), scrape->last_pair.channel);
    bytes_finish(&name);
    return true;
}

static void copy(struct scrape *scrape, const struct pair_view *view)
{
    struct scrape_pair_names *last = &scrape->last_pair;
    struct row row = {.view = *view};
    if (!find_name(scrape, view, &row.channel)) {
        return;
    }
    row.view.vhost = keep(&scrape->arena, view->vhost, last->vhost);
    row.view.exchange = keep(&scrape->arena, view->exchange, last->exchange);
    row.view.queue = keep(&scrape->arena, view->queue, last->queue);
    *last =
        (struct scrape_pair_names){row.channel, row.view.vhost, row.view.exchange, row.view.queue};
    scrape->pairs[view->kind].size = sizeof row;
    *(struct row *)copies_add(&scrape->pairs[view->kind], &scrape->arena) = row;
}

bool scrape_next_pair(struct scrape *scrape)
{
    struct pair_view view;
    if (!view_walk_pair(scrape->walks.pairs, &view)) {
        return false;
    }
    bool wanted = scrape_wants(scrape, families[view.kind]) && !pair_view_empty(&view) &&
                  scrape_chooses(scrape, view.vhost, view.queue);
    if (wanted && scrape->view == SCRAPE_AGGREGATED) {
        add(scrape, &view);
    } else if (wanted) {
        copy(scrape, &view);
    }
    return true;
}

bool scrape_wants_pairs(const struct scrape *scrape)
{
    bool wants = false;
    for (int kind = 0; kind < PAIR_KINDS; kind++) {
        wants |= scrape_wants(scrape, families[kind]);
    }
    return wants;
}

static const struct row *row_of(const struct scrape *scrape, enum pair_kind kind, size_t row)
{
    return copies_at(&scrape->pairs[kind], row);
}

static void label(const struct row *row, struct exposition_labels *labels)
{
    const struct pair_view *view = &row->view;
    exposition_add_label(labels, "channel", row->channel);
    exposition_add_label(labels, "vhost", view->vhost);
    if (view->exchange.ptr) {
        exposition_add_label(labels, "exchange", view->exchange);
    } else {
        exposition_add_label(labels, "queue", view->queue);
    }
}

static void label_route(const struct row *row, struct exposition_labels *labels)
{
    const struct pair_view *view = &row->view;
    if (row->channel.ptr) {
        exposition_add_label(labels, "channel", row->channel);
    }
    exposition_add_label(labels, "queue_vhost", view->vhost);
    exposition_add_label(labels, "queue", view->queue);
    exposition_add_label(labels, "exchange_vhost", view->vhost);
    exposition_add_label(labels, "exchange", view->exchange);
}

static void fill(const struct row *row, uint64_t *values)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (columns[i].kind == row->view.kind) {
            values[columns[i].metric] = count_at(&row->view, columns[i].offset);
        }
    }
}

#define PAIRS(name, kind, labelled)                                                                \
    size_t scrape_count_##name(const struct scrape *scrape)                                        \
    {                                                                                              \
        return scrape->pairs[kind].count;                                                          \
    }                                                                                              \
    void scrape_label_##name(const struct scrape *scrape, size_t row,                              \
                             struct exposition_labels *labels)                                     \
    {                                                                                              \
        labelled(row_of(scrape, kind, row), labels);                                               \
    }                                                                                              \
    void scrape_fill_##name(const struct scrape *scrape, size_t row,                               \
                            uint64_t values[METRIC_COUNT])                                         \
    {                                                                                              \
        fill(row_of(scrape, kind, row), values);                                                   \
    }
PAIRS(publishes, PAIR_CHANNEL_EXCHANGE, label)
PAIRS(deliveries, PAIR_CHANNEL_QUEUE, label)
PAIRS(channel_routes, PAIR_CHANNEL_ROUTE, label_route)
PAIRS(routes, PAIR_EXCHANGE_QUEUE, label_route)
#undef PAIRS
