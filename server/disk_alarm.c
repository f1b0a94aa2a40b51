#include "server/disk_alarm.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "conf/log.h"
#include "server/alarm.h"
#include "server/clock.h"
#include "server/store.h"

enum {
    INTERVAL_MIN_MS = 100,
    INTERVAL_MAX_MS = 10 * 1000,
    FILLED_PER_MS = 250 * 1000, // octets, if somebody writes as fast as disks can
    MB = 1000 * 1000,
};

struct disk_alarm {
    struct disk_alarm_options options;
    struct event timer;
    uint64_t seen_written; // store_written at the last look
    int error;             // of the last look, negative errno; 0
    bool waiting;          // for the timer
    bool lacks_space;      // as the store said last
    bool raised;
    uint32_t interval_ms;
};

static void tell(const struct disk_alarm *alarm, int64_t free_space)
{
    struct logger *log = alarm->options.log;
    log_info(log, LOG_DEFAULT, "Free disk space is %s. Free bytes: %lld. Limit: %llu",
             alarm->raised ? "insufficient" : "sufficient", (long long)free_space,
             (unsigned long long)alarm->options.limit);
    log_warning(log, LOG_DEFAULT, "disk resource limit alarm %s on node %s",
                alarm->raised ? "set" : "cleared", alarm->options.node);
    if (alarm->raised) {
        log_warning(log, LOG_DEFAULT, "*** Publishers will be blocked until this alarm clears ***");
    }
}

static uint32_t interval(uint64_t free_space, uint64_t limit)
{
    uint64_t distance = free_space > limit ? free_space - limit : limit - free_space;
    uint64_t ms = distance / FILLED_PER_MS;
    ms = ms > INTERVAL_MAX_MS ? INTERVAL_MAX_MS : ms;
    return ms < INTERVAL_MIN_MS ? INTERVAL_MIN_MS : (uint32_t)ms;
}

static void look(struct disk_alarm *alarm)
{
    const struct store *store = alarm->options.store;
    int64_t free_space = store_free_space(store);
    alarm->lacks_space = store_lacks_space(store);
    alarm->seen_written = store_written(store);
    if (free_space < 0) {
        if (alarm->error != free_space) {
            log_warning(alarm->options.log, LOG_DEFAULT, "Free disk space cannot be had: %s",
                        strerror((int)-free_space));
        }
        alarm->error = (int)free_space;
        alarm->interval_ms = INTERVAL_MAX_MS;
        return;
    }
    alarm->error = 0;
    alarm->interval_ms = interval((uint64_t)free_space, alarm->options.limit);
    bool low = (uint64_t)free_space < alarm->options.limit || alarm->lacks_space;
    if (low != alarm->raised) {
        alarm->raised = low;
        tell(alarm, free_space);
        alarm_set_disk(alarm->options.alarm, low);
    }
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct disk_alarm *alarm = arg;
    (void)fd, (void)what;
    alarm->waiting = false;
    look(alarm);
}

static void tell_limit(const struct disk_alarm_options *options)
{
    log_info(options->log, LOG_DEFAULT, "Disk free limit set to %lluMB",
             (unsigned long long)options->limit / MB);
}

struct disk_alarm *disk_alarm_new(const struct disk_alarm_options *options)
{
    struct disk_alarm *alarm = memory_new(sizeof *alarm);
    alarm->options = *options;
    event_assign(&alarm->timer, options->base, -1, 0, on_timer, alarm);
    tell_limit(options);
    look(alarm);
    return alarm;
}

void disk_alarm_free(struct disk_alarm *alarm)
{
    if (alarm) {
        event_del(&alarm->timer);
        free(alarm);
    }
}

/* The next look comes after the interval that fits the new limit. */
void disk_alarm_set_limit(struct disk_alarm *alarm, uint64_t limit)
{
    alarm->options.limit = limit;
    tell_limit(&alarm->options);
    event_del(&alarm->timer);
    alarm->waiting = false;
    look(alarm);
}

void disk_alarm_end_tick(struct disk_alarm *alarm)
{
    if (store_lacks_space(alarm->options.store) != alarm->lacks_space) {
        look(alarm);
    }
    if (!alarm->waiting &&
        (alarm->raised || store_written(alarm->options.store) != alarm->seen_written)) {
        struct timeval in = {.tv_sec = alarm->interval_ms / 1000,
                             .tv_usec = alarm->interval_ms % 1000 * 1000};
        alarm->waiting = true;
        event_add(&alarm->timer, &in);
    }
}
