#include "admin/queue_details.h"
#include "admin/scrape_internal.h"

static void fill_whereabouts(const struct queue_view *queue, uint64_t values[METRIC_COUNT])
{
    uint64_t ready = queue->ready - queue->ready_paged;
    uint64_t unsettled = queue->unsettled - queue->unsettled_paged;
    uint64_t paged_bytes = queue->ready_paged_bytes + queue->unsettled_paged_bytes;
    values[METRIC_queue_messages_ram] = ready + unsettled;
    values[METRIC_queue_messages_ram_bytes] =
        queue->ready_bytes + queue->unsettled_bytes - paged_bytes;
    values[METRIC_queue_messages_ready_ram] = ready;
    values[METRIC_queue_messages_unacked_ram] = unsettled;
    values[METRIC_queue_messages_persistent] = queue->persistent;
    values[METRIC_queue_messages_persistent_bytes] = queue->persistent_bytes;
    values[METRIC_queue_messages_paged_out] = queue->ready_paged + queue->unsettled_paged;
    values[METRIC_queue_messages_paged_out_bytes] = paged_bytes;
    values[METRIC_queue_disk_reads_total] = queue->counts.disk_reads;
    values[METRIC_queue_disk_writes_total] = queue->counts.disk_writes;
}

void scrape_fill_queue(const struct scrape *scrape, size_t row, uint64_t values[METRIC_COUNT])
{
    const struct queue_view *queue = scrape_queue(scrape, row);
    const struct delivery_counts *out = &queue->counts.out;
    double millionths = queue_capacity(queue, scrape->now_ms) * 1e6;
    fill_whereabouts(queue, values);
    values[METRIC_queue_consumer_capacity] = (uint64_t)millionths;
    values[METRIC_queue_consumer_utilisation] = (uint64_t)millionths;
    values[METRIC_queue_process_memory_bytes] = queue->octets;
    values[METRIC_queue_process_reductions_total] = 0;
    values[METRIC_queue_messages_ready] = queue->ready;
    values[METRIC_queue_messages_unacked] = queue->unsettled;
    values[METRIC_queue_messages] = queue->ready + queue->unsettled + queue->delayed;
    values[METRIC_queue_consumers] = queue->consumers;
    values[METRIC_queue_messages_ready_bytes] = queue->ready_bytes;
    values[METRIC_queue_messages_unacked_bytes] = queue->unsettled_bytes;
    values[METRIC_queue_messages_bytes] =
        queue->ready_bytes + queue->unsettled_bytes + queue->delayed_bytes;
    values[METRIC_queue_get_ack_total] = out->get;
    values[METRIC_queue_get_total] = out->get_no_ack;
    values[METRIC_queue_messages_delivered_ack_total] = out->deliver;
    values[METRIC_queue_messages_delivered_total] = out->deliver_no_ack;
    values[METRIC_queue_messages_redelivered_total] = out->redeliver;
    values[METRIC_queue_messages_acked_total] = out->ack;
    values[METRIC_queue_get_empty_total] = out->get_empty;
}

/* Of quorum queues, each of which is its only replica. */
void scrape_fill_raft(const struct scrape *scrape, size_t row, uint64_t values[METRIC_COUNT])
{
    uint64_t value = scrape_queue(scrape, row)->kind == QUEUE_QUORUM ? 0 : METRIC_NONE;
    values[METRIC_raft_term_total] = value;
    values[METRIC_raft_log_snapshot_index] = value;
    values[METRIC_raft_log_last_applied_index] = value;
    values[METRIC_raft_log_commit_index] = value;
    values[METRIC_raft_log_last_written_index] = value;
    values[METRIC_raft_entry_commit_latency_seconds] = value;
}

/* In seconds since 1970, which nobody adds up. */
void scrape_fill_queue_head(const struct scrape *scrape, size_t row, uint64_t values[METRIC_COUNT])
{
    uint64_t timestamp = scrape_queue(scrape, row)->head_timestamp;
    bool told = timestamp != VIEW_NO_TIMESTAMP && scrape->view != SCRAPE_AGGREGATED;
    values[METRIC_queue_head_message_timestamp] = told ? timestamp : METRIC_NONE;
}
