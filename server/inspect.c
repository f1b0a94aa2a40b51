#include "server/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "broker/broker.h"
#include "broker/census.h"
#include "broker/effect.h"
#include "broker/storage.h"
#include "conf/format.h"
#include "conf/log.h"
#include "server/clock.h"
#include "server/random.h"
#include "server/store.h"

enum {
    ATTEMPTS = 3, // while a broker goes on writing, files may go as we look at them
    LINE_MAX_SIZE = 128,
};

struct inspection {
    const char *dir;
    struct bytes *out;
    struct disk disk;
    struct broker *broker;
    struct logger *log; // of what is damaged
    bool in_use;
};

/* Whether a process has the directory, and which. */
static void look_at_lock(struct inspection *inspection)
{
    struct disk *disk = &inspection->disk;
    char path[DISK_PATH_MAX], line[LINE_MAX_SIZE];
    int fd = disk_path(path, inspection->dir, "lock") < 0 ? -1 : disk->open(disk, path, O_RDONLY);
    if (fd < 0) {
        return;
    }
    inspection->in_use = disk->lock(disk, fd) == -EWOULDBLOCK;
    int64_t len = disk->pread(disk, fd, line, sizeof line, 0);
    disk->close(disk, fd);
    if (inspection->in_use) {
        format_add(inspection->out, "in use by          ");
        struct slice text = {(const uint8_t *)line, len > 0 ? (size_t)len : 0};
        while (text.len > 0 && text.ptr[text.len - 1] == '\n') {
            text.len--;
        }
        format_add_escaped(inspection->out, text);
        format_add(inspection->out, "\n");
    }
}

static double percent_of(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static void add_segments(struct inspection *inspection)
{
    const struct ledger *ledger = broker_ledger(inspection->broker);
    format_add(inspection->out,
               "\nsegment              size       live places  live octets  share\n");
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_segment *segment = &ledger->segments[i];
        uint64_t size = i + 1 < ledger->count ? segment->end - segment->first : 0;
        format_add(inspection->out, "%016llx ", (unsigned long long)segment->first);
        format_add(inspection->out, size > 0 ? "%10llu" : "    (last)", (unsigned long long)size);
        format_add(inspection->out, " %16llu %12llu", (unsigned long long)segment->live,
                   (unsigned long long)segment->octets);
        if (size > 0) {
            format_add(inspection->out, "  %3.0f %%", percent_of(segment->octets, size));
        }
        format_add(inspection->out, "\n");
    }
    if (ledger->elsewhere > 0) {
        format_add(inspection->out, "%llu messages have no content any more\n",
                   (unsigned long long)ledger->elsewhere);
    }
}

static void add_queue(void *arg, const struct census_queue *queue)
{
    struct inspection *inspection = arg;
    format_add(inspection->out, "%12llu %12llu  ", (unsigned long long)queue->ready,
               (unsigned long long)queue->marked);
    format_add_escaped(inspection->out, queue->vhost);
    format_add(inspection->out, "  ");
    format_add_escaped(inspection->out, queue->name);
    format_add(inspection->out, "\n");
}

static void add_census(struct inspection *inspection)
{
    format_add(inspection->out, "\n    messages     returned  virtual host and queue\n");
    struct census census = broker_census(inspection->broker, add_queue, inspection);
    format_add(inspection->out,
               "\n%llu virtual hosts, %llu users, %llu exchanges, %llu queues, %llu bindings, "
               "%llu messages\n",
               (unsigned long long)census.vhosts, (unsigned long long)census.users,
               (unsigned long long)census.exchanges, (unsigned long long)census.queues,
               (unsigned long long)census.bindings, (unsigned long long)census.ready);
}

static bool is_sound(const struct store_report *report, const struct ledger *ledger)
{
    return report->hole_count == 0 && report->unsound == 0 && ledger->elsewhere == 0 &&
           report->last >= report->checkpoint;
}

static void add_report(struct inspection *inspection, const struct store_report *report)
{
    struct bytes *out = inspection->out;
    if (report->checkpoint > 0) {
        format_add(out, "checkpoint         %016llx, %llu blocks, %llu octets\n",
                   (unsigned long long)report->checkpoint,
                   (unsigned long long)report->checkpoint_blocks,
                   (unsigned long long)report->checkpoint_size);
    } else {
        format_add(out, "checkpoint         none\n");
    }
    format_add(out, "records            %llu, the last at %016llx\n",
               (unsigned long long)report->records, (unsigned long long)report->last);
    if (report->torn) {
        format_add(out, "torn tail          the next start cuts it off\n");
    }
    add_segments(inspection);
    add_census(inspection);
    if (report->last < report->checkpoint) {
        format_add(out, "\nThe journal ends before the checkpoint.\n");
    }
    if (is_sound(report, broker_ledger(inspection->broker))) {
        format_add(out, "\nAll checksums are right.\n");
    } else {
        format_add(out,
                   "\nDAMAGED: %llu places, %llu octets, and %llu records that make no sense\n",
                   (unsigned long long)report->hole_count, (unsigned long long)report->hole_size,
                   (unsigned long long)report->unsound);
    }
}

static struct store *open_store(struct inspection *inspection, struct text *error)
{
    struct effects fx = {0};
    struct clock clock = {.read = false};
    uint64_t offset = clock_wall_offset();
    inspection->broker = broker_new(&(struct broker_options){
        .secret = random_hash_key(), .durable = true, .wall_offset_ms = offset});
    broker_set_time(inspection->broker, clock_now(&clock), (clock_now(&clock) + offset) / 1000);
    struct store *store = store_open(&(struct store_options){.disk = &inspection->disk,
                                                             .broker = inspection->broker,
                                                             .log = inspection->log,
                                                             .dir = inspection->dir,
                                                             .threadless = true,
                                                             .read_only = true},
                                     &fx, error);
    effects_free(&fx);
    return store;
}

/* Returns whether all is sound. */
static bool look(struct inspection *inspection)
{
    struct text error = {.len = 0};
    struct store *store = open_store(inspection, &error);
    bool sound = false;
    if (store) {
        const struct store_report *report = store_report(store);
        sound = is_sound(report, broker_ledger(inspection->broker));
        add_report(inspection, report);
        store_abandon(store);
    } else {
        format_add(inspection->out, "%s\n", error.ptr);
    }
    broker_free(inspection->broker);
    return sound;
}

bool inspect(const char *dir, struct bytes *out)
{
    struct inspection inspection = {.dir = dir, .out = out, .log = logger_new(STDERR_FILENO)};
    bool sound = false;
    disk_init(&inspection.disk);
    for (int i = 0; !sound && i < ATTEMPTS && (i == 0 || inspection.in_use); i++) {
        out->len = 0;
        format_add(out, "directory          %s\n", dir);
        look_at_lock(&inspection);
        sound = look(&inspection);
    }
    logger_free(inspection.log);
    return sound;
}
