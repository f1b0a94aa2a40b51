#ifndef ADMIN_SCRAPE_INTERNAL_H
#define ADMIN_SCRAPE_INTERNAL_H

#include "admin/copies.h"
#include "admin/exposition.h"
#include "admin/metric.h"
#include "admin/scrape.h"
#include "base/arena.h"
#include "broker/pattern.h"
#include "broker/view.h"
#include "broker/view_pair.h"
#include "broker/view_session.h"
#include "broker/view_walk.h"
#include "server/conn_view.h"
#include "server/login_attempts.h"

/* A channel with the name of its connection. */
struct scrape_channel {
    struct slice name;
    uint64_t unconfirmed;
    struct channel_view view;
};

/* Who has tried to log in, and how. */
struct scrape_login {
    struct slice address;
    struct slice user;
    struct logins_view logins;
    enum login_protocol protocol;
};

enum { SCRAPE_VHOSTS_MAX = 40, SCRAPE_STEP = 400 };

/* Who goes through what there is very much of; what has come to its end is over. */
struct scrape_walks {
    struct view_walk *queues;    // owned; names of virtual hosts are borrowed from it
    struct view_walk *exchanges; // likewise
    struct view_walk *channels;  // owned
    struct view_walk *pairs;     // owned
    struct conn_walk conns;
    bool queues_over;
    bool exchanges_over;
    bool channels_over;
    bool pairs_over;
    bool conns_over;
};

/* Those of the pair that was copied last. */
struct scrape_pair_names {
    struct slice channel;
    struct slice vhost;
    struct slice exchange;
    struct slice queue;
};

struct scrape {
    struct arena arena; // taken: what everything below lies in
    enum scrape_view view;
    uint64_t now_ms;                        // in the core's time
    uint64_t families;                      // 1 << enum metric_family of those that are wanted
    struct slice vhosts[SCRAPE_VHOSTS_MAX]; // only these
    size_t vhost_count;
    bool all_vhosts;
    struct pattern *queue_pattern; // owned: of queues only those that match; NULL: all
    struct slice node;
    struct slice cluster;
    struct slice cluster_id;
    struct slice version;
    struct slice product;
    const struct api *api; // borrowed
    struct scrape_walks walks;
    struct copies queues;    // struct queue_view
    struct copies exchanges; // struct exchange_view
    struct copies channels;  // struct scrape_channel
    struct copies conns;     // struct conn_view
    struct copies pairs[PAIR_KINDS];
    struct scrape_pair_names last_pair;
    const struct vhost_view *vhost_views;
    size_t vhost_view_count;
    struct totals_view totals;
    struct logins_view logins[LOGIN_PROTOCOL_COUNT];
    struct copies login_sources;   // struct scrape_login
    uint64_t values[METRIC_COUNT]; // of kinds without rows, and sums of those with them
    size_t metric;                 // to be written next,
    size_t row;                    // and its next row
    uint8_t summing;               // enum metric_kind that is added up, METRIC_KIND_COUNT: none is
};

/* What a kind of metrics has rows of. */
struct scrape_kind {
    size_t (*count)(const struct scrape *scrape);
    void (*label)(const struct scrape *scrape, size_t row, struct exposition_labels *labels);
    void (*fill)(const struct scrape *scrape, size_t row, uint64_t values[METRIC_COUNT]);
    const char *(*suffix)(size_t row); // of the name; NULL: none
    bool summed; // one sample without labels stands for all rows, in SCRAPE_AGGREGATED
};

/* By enum metric_kind. Those without `fill` have one row, of scrape.values. */
extern const struct scrape_kind scrape_kinds[METRIC_KIND_COUNT];

/* Copies what there is to be measured, as far as the families want it, into the call's arena;
 * queues, exchanges, channels and connections are left to scrape_walk. */
void scrape_look(struct scrape *scrape, struct call *call);

/* Copies some of the queues, exchanges, channels, pairs and connections; false when there are no
 * more. */
bool scrape_walk(struct scrape *scrape);
void scrape_end_walk(struct scrape *scrape);

/* Whether a thing in this virtual host is wanted; a queue, or what has to do with one, has a name.
 */
bool scrape_chooses(const struct scrape *scrape, struct slice vhost, struct slice queue);

/* Copies a pair, or adds it to the sums, or passes over one that is not wanted; false if there are
 * no more. */
bool scrape_next_pair(struct scrape *scrape);
bool scrape_wants_pairs(const struct scrape *scrape);

/* Rows of PUBLISHES, DELIVERIES, CHANNEL_ROUTES and ROUTES. */
#define S(name)                                                                                    \
    size_t scrape_count_##name(const struct scrape *scrape);                                       \
    void scrape_label_##name(const struct scrape *scrape, size_t row,                              \
                             struct exposition_labels *labels);                                    \
    void scrape_fill_##name(const struct scrape *scrape, size_t row, uint64_t values[METRIC_COUNT]);
S(publishes)
S(deliveries)
S(channel_routes)
S(routes)
#undef S

/* Rows of LOGINS and of LOGIN_SOURCES. */
size_t scrape_count_logins(const struct scrape *scrape);
void scrape_label_logins(const struct scrape *scrape, size_t row, struct exposition_labels *labels);
void scrape_fill_logins(const struct scrape *scrape, size_t row, uint64_t values[METRIC_COUNT]);
size_t scrape_count_sources(const struct scrape *scrape);
void scrape_label_source(const struct scrape *scrape, size_t row, struct exposition_labels *labels);
void scrape_fill_source(const struct scrape *scrape, size_t row, uint64_t values[METRIC_COUNT]);
void scrape_look_at_logins(struct scrape *scrape, struct call *call);

/* Rows of QUEUES, of QUEUE_HEADS and of RAFT: queues. */
void scrape_fill_queue(const struct scrape *scrape, size_t row, uint64_t values[METRIC_COUNT]);
void scrape_fill_queue_head(const struct scrape *scrape, size_t row, uint64_t values[METRIC_COUNT]);
void scrape_fill_raft(const struct scrape *scrape, size_t row, uint64_t values[METRIC_COUNT]);

static inline const struct queue_view *scrape_queue(const struct scrape *scrape, size_t row)
{
    return copies_at(&scrape->queues, row);
}

static inline const struct exchange_view *scrape_exchange(const struct scrape *scrape, size_t row)
{
    return copies_at(&scrape->exchanges, row);
}

static inline const struct scrape_channel *scrape_channel_row(const struct scrape *scrape,
                                                              size_t row)
{
    return copies_at(&scrape->channels, row);
}

static inline const struct channel_view *scrape_channel(const struct scrape *scrape, size_t row)
{
    return &scrape_channel_row(scrape, row)->view;
}

static inline const struct conn_view *scrape_conn(const struct scrape *scrape, size_t row)
{
    return copies_at(&scrape->conns, row);
}

static inline bool scrape_wants(const struct scrape *scrape, enum metric_family family)
{
    return scrape->families >> family & 1;
}

#endif
