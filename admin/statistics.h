#ifndef ADMIN_STATISTICS_H
#define ADMIN_STATISTICS_H

#include "admin/call.h"
#include "admin/numbers.h"
#include "admin/period.h"
#include "admin/sampler.h"
#include "admin/writer.h"
#include "broker/view_session.h"

struct trail;

/* What a request wants to see of numbers over time, and where that comes from. */
struct statistics {
    struct sampler *sampler; // borrowed; NULL: no rates are told
    bool detailed;           // also of pairs (broker/view_pair.h)
    uint64_t now_ms;         // since 1970
    uint64_t known_ms;       // rates are as of this time
    struct period lengths;   // of messages that there are; of totals: of who comes and goes, too
    struct period messages;  // of what has happened to messages
    struct period octets;
    struct period node;
};

/* One that lies in the call's arena; NULL, and answered, if the request's parameters make no
 * sense. */
const struct statistics *statistics_begin(struct call *call);

/* Whether numbers are left out altogether: the parameter, or setting, disable_stats. */
bool statistics_disabled(const struct call *call);

/* "none", "basic" or "detailed". */
const char *statistics_rates_mode(const struct api *api);

/* An object with its numbers now, and what is known of their past. */
struct subject {
    const struct statistics *statistics; // borrowed
    const struct trail *trail;           // borrowed; NULL: all its numbers have always been 0
    struct numbers numbers;
    enum numbered kind;
};

/* `alone`: it is the answer, and not one of a list. If samples are asked for, then its past is kept
 * from now on. */
struct subject subject_of(const struct statistics *statistics, const struct sampled *which,
                          const struct numbers *numbers, bool alone);

struct subject subject_of_queue(const struct statistics *statistics, const struct queue_view *view,
                                bool alone);
struct subject subject_of_exchange(const struct statistics *statistics,
                                   const struct exchange_view *view, bool alone);
struct subject subject_of_channel(const struct statistics *statistics,
                                  const struct channel_view *view, bool alone);
struct subject subject_of_connection(const struct statistics *statistics,
                                     const struct conn_view *view, bool alone);
struct subject subject_of_vhost(const struct statistics *statistics, const struct vhost_view *view,
                                bool alone);

/* Of pairs. */
struct subject subject_of_pair(const struct statistics *statistics, const struct pair_view *view,
                               bool alone);

/* All its numbers as the object "stats". */
void write_stats(struct writer *w, const struct subject *subject);

/* The object "message_stats", unless nothing has happened to messages. As in RabbitMQ, what comes
 * in and what goes out is there if there was any of it. */
void write_message_stats(struct writer *w, const struct subject *subject);

/* "messages", "messages_ready", "messages_unacknowledged". */
void write_lengths(struct writer *w, const struct subject *subject);

/* "recv_oct", "send_oct". */
void write_octets(struct writer *w, const struct subject *subject);

/* What the node uses and has done, but for how long that took. */
void write_node_numbers(struct writer *w, const struct subject *subject);

/* How long something took on an average. */
struct mean_time {
    const char *name, *details; // "io_read_avg_time", "io_read_avg_time_details"
    enum number time, count;    // of the subject's kind
};

/* The mean since the start, in milliseconds, and what it was at the times of samples. Its rate is
 * always 0. */
void write_mean_time(struct writer *w, const struct subject *subject, const struct mean_time *mean);

/* "reductions", the work of an Erlang process: 0 here, and at the times of samples. */
void write_reductions(struct writer *w, const struct statistics *statistics);

/* "connection_created" and the others of those who come and go. */
void write_churn(struct writer *w, const struct subject *subject);

/* The object "churn_rates" with them, if there was any of it. */
void write_churn_rates(struct writer *w, const struct subject *subject);

#endif
