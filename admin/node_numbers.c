#include "admin/node_numbers.h"

#include "admin/api.h"
#include "broker/broker.h"
#include "persist/disk_meter.h"
#include "server/machine.h"
#include "server/store.h"

static struct disk_usage usage_of(const struct api_options *options)
{
    return options->disk ? disk_meter_usage(options->disk) : (struct disk_usage){.reads = {0}};
}

struct numbers numbers_of_node(const struct api_options *options)
{
    struct numbers numbers = {.at = {0}};
    struct disk_usage usage = usage_of(options);
    numbers.at[NUMBER_mem_used] = machine_memory_used();
    numbers.at[NUMBER_fd_used] = machine_descriptors_used();
    numbers.at[NUMBER_sockets_used] = broker_counters(options->broker)->connections;
    numbers.at[NUMBER_proc_used] = 1;
    numbers.at[NUMBER_disk_free] = api_disk_free(options);
    numbers.at[NUMBER_context_switches] = machine_context_switches();
    numbers.at[NUMBER_io_read_count] = usage.reads.count;
    numbers.at[NUMBER_io_read_bytes] = usage.reads.octets;
    numbers.at[NUMBER_io_write_count] = usage.writes.count;
    numbers.at[NUMBER_io_write_bytes] = usage.writes.octets;
    numbers.at[NUMBER_io_sync_count] = usage.syncs.count;
    numbers.at[NUMBER_io_file_handle_open_attempt_count] = usage.opens.count;
    numbers.at[NUMBER_io_read_time] = usage.reads.ns;
    numbers.at[NUMBER_io_write_time] = usage.writes.ns;
    numbers.at[NUMBER_io_sync_time] = usage.syncs.ns;
    numbers.at[NUMBER_io_file_handle_open_attempt_time] = usage.opens.ns;
    if (options->store) {
        struct store_traffic traffic = store_traffic(options->store);
        numbers.at[NUMBER_msg_store_read_count] = traffic.read;
        numbers.at[NUMBER_msg_store_write_count] = traffic.written;
    }
    return numbers;
}
