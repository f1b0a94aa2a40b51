#ifndef ADMIN_NUMBERS_H
#define ADMIN_NUMBERS_H

#include "broker/view.h"
#include "broker/view_numbers.h"
#include "broker/view_pair.h"

struct broker;
struct conn_view;
struct engine;

/* The numbers of one object that are followed over time, by the names that answers give them:
 * counters, which never fall, and lengths. Times, of which answers give means, are in nanoseconds.
 * What an object has none of is 0. Those of one kind of
 * object stand together (numbers_kind), and so do those that are shown together or not at all. */
#define NUMBERS(N)                                                                                 \
    N(publish)                                                                                     \
    N(confirm)                                                                                     \
    N(return_unroutable)                                                                           \
    N(drop_unroutable)                                                                             \
    N(deliver)                                                                                     \
    N(deliver_no_ack)                                                                              \
    N(get)                                                                                         \
    N(get_no_ack)                                                                                  \
    N(get_empty)                                                                                   \
    N(redeliver)                                                                                   \
    N(ack)                                                                                         \
    N(deliver_get)                                                                                 \
    N(messages)                                                                                    \
    N(messages_ready)                                                                              \
    N(messages_unacknowledged)                                                                     \
    N(recv_oct)                                                                                    \
    N(send_oct)                                                                                    \
    N(connection_created)                                                                          \
    N(connection_closed)                                                                           \
    N(channel_created)                                                                             \
    N(channel_closed)                                                                              \
    N(queue_declared)                                                                              \
    N(queue_created)                                                                               \
    N(queue_deleted)                                                                               \
    N(disk_reads)                                                                                  \
    N(disk_writes)                                                                                 \
    N(publish_in)                                                                                  \
    N(publish_out)                                                                                 \
    N(mem_used)                                                                                    \
    N(fd_used)                                                                                     \
    N(sockets_used)                                                                                \
    N(proc_used)                                                                                   \
    N(disk_free)                                                                                   \
    N(gc_num)                                                                                      \
    N(gc_bytes_reclaimed)                                                                          \
    N(context_switches)                                                                            \
    N(io_read_count)                                                                               \
    N(io_read_bytes)                                                                               \
    N(io_write_count)                                                                              \
    N(io_write_bytes)                                                                              \
    N(io_sync_count)                                                                               \
    N(io_seek_count)                                                                               \
    N(io_reopen_count)                                                                             \
    N(mnesia_ram_tx_count)                                                                         \
    N(mnesia_disk_tx_count)                                                                        \
    N(msg_store_read_count)                                                                        \
    N(msg_store_write_count)                                                                       \
    N(queue_index_journal_write_count)                                                             \
    N(queue_index_write_count)                                                                     \
    N(queue_index_read_count)                                                                      \
    N(io_file_handle_open_attempt_count)                                                           \
    N(io_read_time)                                                                                \
    N(io_write_time)                                                                               \
    N(io_sync_time)                                                                                \
    N(io_file_handle_open_attempt_time)

enum number {
#define N(name) NUMBER_##name,
    NUMBERS(N)
#undef N
        NUMBER_COUNT
};

struct numbers {
    uint64_t at[NUMBER_COUNT];
};

/* Whose numbers they are. */
enum numbered {
    NUMBERED_TOTALS,
    NUMBERED_VHOST,
    NUMBERED_EXCHANGE,
    NUMBERED_QUEUE,
    NUMBERED_CHANNEL,
    NUMBERED_CONNECTION,
    NUMBERED_NODE,
    NUMBERED_CHANNEL_EXCHANGE, // pairs (broker/view_pair.h)
    NUMBERED_CHANNEL_QUEUE,
    NUMBERED_EXCHANGE_QUEUE,
};

/* Some that follow each other. */
struct number_span {
    uint8_t first; // enum number
    uint8_t count;
};

enum numbered numbered_pair(enum pair_kind kind); // of a channel's route: that of the whole one
struct number_span numbers_of_kind(enum numbered kind);
const char *number_name(enum number number);         // "publish"
const char *number_details_name(enum number number); // "publish_details"

struct numbers numbers_of_totals(const struct broker *broker);
struct numbers numbers_of_vhost(const struct vhost_view *view);
struct numbers numbers_of_exchange(const struct exchange_counts *counts);
struct numbers numbers_of_queue(const struct queue_numbers *queue);
struct numbers numbers_of_channel(const struct message_counts *counts);
struct numbers numbers_of_pair(const struct pair_view *view);
struct numbers numbers_of_connection(const struct conn_view *view);

#endif
