#include "admin/queue_details.h"

#include <stdio.h>

#include "admin/erlang.h"
#include "amqp/table.h"

/* Priorities above this one are high ones in RabbitMQ's quorum queues. */
enum { NORMAL_PRIORITY_MAX = 4 };

double queue_capacity(const struct queue_view *view, uint64_t now_ms)
{
    return view->consumers > 0
               ? (double)capacity_mean(&view->capacity, now_ms) / (double)CAPACITY_ALL
               : 0;
}

/* An argument, or else what the policies say, of a key that has "x-" before it as an argument. */
static bool find_option(const struct queue_view *view, struct slice argument,
                        struct field_value *value)
{
    struct slice key = {argument.ptr + 2, argument.len - 2};
    return table_get(view->arguments, argument, value) || table_get(view->definition, key, value);
}

static uint64_t storage_version(const struct queue_view *view)
{
    struct field_value value;
    bool given = find_option(view, SLICE("x-queue-version"), &value) && field_is_integer(&value);
    return given && value.integer > 0 ? (uint64_t)value.integer : 1;
}

static void write_number_or_null(struct writer *w, const char *name, uint64_t value, bool known)
{
    if (known) {
        write_u64(w, name, value);
    } else {
        write_null(w, name);
    }
}

/* --- Where the messages are. --- */

static void write_whereabouts(struct writer *w, const struct queue_view *view)
{
    uint64_t ready = view->ready - view->ready_paged;
    uint64_t unsettled = view->unsettled - view->unsettled_paged;
    uint64_t paged_bytes = view->ready_paged_bytes + view->unsettled_paged_bytes;
    write_u64(w, "messages_ram", ready + unsettled);
    write_u64(w, "messages_persistent", view->persistent);
    write_u64(w, "message_bytes_ram", view->ready_bytes + view->unsettled_bytes - paged_bytes);
    write_u64(w, "message_bytes_persistent", view->persistent_bytes);
    write_u64(w, "messages_ready_ram", ready);
    write_u64(w, "messages_unacknowledged_ram", unsettled);
    write_u64(w, "messages_paged_out", view->ready_paged + view->unsettled_paged);
    write_u64(w, "message_bytes_paged_out", paged_bytes);
    write_u64(w, "disk_reads", view->counts.disk_reads);
    write_u64(w, "disk_writes", view->counts.disk_writes);
}

static void write_priority_lengths(struct writer *w, const struct queue_view *view)
{
    write_object(w, "priority_lengths");
    for (unsigned level = 0; level <= view->priority_max; level++) {
        char name[8];
        snprintf(name, sizeof name, "%u", level);
        write_u64(w, name, view->levels[level]);
    }
    write_end(w);
}

/* What is on the disk only: RabbitMQ's name, where it begins, how many of it there are, how many of
 * those are not persistent, and where it ends. */
static void write_delta(struct writer *w, const struct queue_view *view, uint64_t first)
{
    write_array(w, "delta");
    write_str(w, NULL, "delta");
    if (view->ready_paged > 0) {
        write_u64(w, NULL, first);
    } else {
        write_str(w, NULL, "undefined");
    }
    write_u64(w, NULL, view->ready_paged);
    write_u64(w, NULL, 0);
    if (view->ready_paged > 0) {
        write_u64(w, NULL, first + view->ready_paged);
    } else {
        write_str(w, NULL, "undefined");
    }
    write_end(w);
}

/* A queue is one row of messages: it has none of RabbitMQ's q1 to q3, and no target. */
static void write_backing_queue(struct writer *w, const struct queue_view *view)
{
    static const char *const rates[] = {"avg_ack_egress_rate", "avg_ack_ingress_rate",
                                        "avg_egress_rate", "avg_ingress_rate"};
    struct field_value mode;
    bool lazy =
        find_option(view, SLICE("x-queue-mode"), &mode) && slice_eq(mode.bytes, SLICE("lazy"));
    uint64_t next = view->made > view->ready ? view->made - view->ready : 0;
    write_object(w, "backing_queue_status");
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        write_real(w, rates[i], 0);
    }
    write_delta(w, view, next);
    write_u64(w, "len", view->ready);
    write_str(w, "mode", lazy ? "lazy" : "default");
    write_u64(w, "next_deliver_seq_id", next);
    write_u64(w, "next_seq_id", view->made);
    if (view->levels) {
        write_priority_lengths(w, view);
    }
    write_u64(w, "q1", 0);
    write_u64(w, "q2", 0);
    write_u64(w, "q3", 0);
    write_u64(w, "q4", view->ready - view->ready_paged);
    write_str(w, "target_ram_count", "infinity");
    write_u64(w, "version", storage_version(view));
    write_end(w);
}

/* --- By kind. --- */

static void write_capacity(struct writer *w, const struct queue_view *view, uint64_t now_ms)
{
    double capacity = queue_capacity(view, now_ms);
    write_real(w, "consumer_capacity", capacity);
    write_real(w, "consumer_utilisation", capacity);
}

static void write_classic(struct writer *w, const struct queue_view *view,
                          const struct queue_moment *moment)
{
    bool dated = view->head_timestamp != VIEW_NO_TIMESTAMP;
    write_number_or_null(w, "head_message_timestamp", view->head_timestamp, dated);
    write_idle(w, view->active_ms + moment->wall_offset_ms,
               moment->now_ms + moment->wall_offset_ms);
    write_backing_queue(w, view);
    write_null(w, "recoverable_slaves");
    write_u64(w, "storage_version", storage_version(view));
}

/* One number for each node. */
static void write_by_node(struct writer *w, const char *name, const char *node, uint64_t value)
{
    write_object(w, name);
    write_u64(w, node, value);
    write_end(w);
}

static void write_quorum(struct writer *w, const struct queue_view *view, const char *node)
{
    uint64_t high = 0;
    for (unsigned level = NORMAL_PRIORITY_MAX + 1; view->levels && level <= view->priority_max;
         level++) {
        high += view->levels[level];
    }
    write_u64(w, "messages_dlx", 0);
    write_u64(w, "message_bytes_dlx", 0);
    write_u64(w, "messages_ready_high", high);
    write_u64(w, "messages_ready_normal", view->ready - high);
    write_u64(w, "messages_ready_returned", view->returned);
    if (view->delivery_limit != UINT64_MAX) {
        write_u64(w, "delivery_limit", view->delivery_limit);
    }
    write_by_node(w, "open_files", node, 0);
    if (view->active_tag.ptr) {
        write_text(w, "single_active_consumer_ctag", view->active_tag);
    } else {
        write_null(w, "single_active_consumer_ctag");
    }
}

void write_queue_details(struct writer *w, const struct queue_view *view,
                         const struct queue_moment *moment)
{
    write_u64(w, "memory", view->octets);
    write_whereabouts(w, view);
    write_process(w, moment->statistics);
    switch ((enum queue_kind)view->kind) {
    case QUEUE_CLASSIC:
        write_capacity(w, view, moment->now_ms);
        write_classic(w, view, moment);
        break;
    case QUEUE_QUORUM:
        write_capacity(w, view, moment->now_ms);
        write_quorum(w, view, moment->node);
        break;
    case QUEUE_STREAM:
        write_by_node(w, "readers", moment->node, view->consumers);
        break;
    case QUEUE_DELAYED: // not for clients
        break;
    }
}
