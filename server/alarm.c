#include "server/alarm.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "broker/broker.h"
#include "conf/log.h"
#include "server/clock.h"
#include "server/engine.h"
#include "server/machine.h"

enum {
    EARLY_MS = 100,             // between two looks that the incoming messages cause
    MESSAGE_OVERHEAD = 128,     // octets of memory a message takes besides its content, roughly
    TRIM_AT = 16 * 1024 * 1024, // octets that no message explains before they are given back
    MIB = 1024 * 1024,
};

struct alarm {
    struct alarm_options options;
    struct event timer;
    struct broker_counters seen; // at the last look
    uint64_t used;               // octets, at the last look
    uint64_t looked_at;          // milliseconds
    uint64_t unexplained;        // octets used at best that were not messages; may rise with a trim
    uint64_t least;              // the same, and never rises
    bool busy;                   // the last look found that something had changed
    bool waiting;                // for the timer
    bool raised;
    bool disk; // the other alarm
};

/* What the messages in the broker should take. */
static uint64_t explained(const struct broker_counters *counters)
{
    return counters->message_bytes +
           MESSAGE_OVERHEAD * (counters->messages_ready + counters->messages_delayed +
                               counters->messages_unsettled);
}

static uint64_t difference(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static void measure(struct alarm *alarm)
{
    alarm->used = machine_memory_used();
    alarm->seen = *broker_counters(alarm->options.broker);
    alarm->looked_at = clock_now(alarm->options.clock);
}

static void tell(const struct alarm *alarm)
{
    struct logger *log = alarm->options.log;
    log_info(log, LOG_DEFAULT, "vm_memory_high_watermark %s. Memory used:%llu allowed:%llu",
             alarm->raised ? "set" : "clear", (unsigned long long)alarm->used,
             (unsigned long long)alarm->options.memory_limit);
    log_warning(log, LOG_DEFAULT, "memory resource limit alarm %s on node %s",
                alarm->raised ? "set" : "cleared", alarm->options.node);
    if (alarm->raised) {
        log_warning(log, LOG_DEFAULT, "*** Publishers will be blocked until this alarm clears ***");
    }
}

/* Gives back what the allocator holds, if it is worth it: walking its free lists takes time. What
 * is in use amid the traffic without being a queue's message, output for one, is no reason to do so
 * again and again; but it is gone once the traffic is, and then all must be given back. */
static void trim(struct alarm *alarm, bool quiet)
{
    uint64_t unexplained = difference(alarm->used, explained(&alarm->seen));
    uint64_t usual = quiet ? alarm->least : alarm->unexplained;
    if (alarm->raised || unexplained > usual + TRIM_AT) {
        malloc_trim(0);
        measure(alarm);
        alarm->unexplained = difference(alarm->used, explained(&alarm->seen));
    } else if (unexplained < alarm->unexplained) {
        alarm->unexplained = unexplained;
    }
    alarm->least = alarm->unexplained < alarm->least ? alarm->unexplained : alarm->least;
}

static bool has_changed(const struct alarm *alarm)
{
    return memcmp(broker_counters(alarm->options.broker), &alarm->seen, sizeof alarm->seen) != 0;
}

static void look(struct alarm *alarm)
{
    alarm->busy = has_changed(alarm);
    measure(alarm);
    trim(alarm, !alarm->busy);
    bool high = alarm->used > alarm->options.memory_limit;
    if (high != alarm->raised) {
        alarm->raised = high;
        tell(alarm);
        engine_set_alarms(alarm->options.engine, high, alarm->disk, alarm->looked_at);
    }
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct alarm *alarm = arg;
    (void)fd, (void)what;
    alarm->waiting = false;
    look(alarm);
}

static void tell_limit(const struct alarm_options *options)
{
    log_info(
        options->log, LOG_DEFAULT,
        "Memory high watermark set to %llu MiB (%llu bytes) of %llu MiB (%llu bytes) total",
        (unsigned long long)options->memory_limit / MIB, (unsigned long long)options->memory_limit,
        (unsigned long long)options->memory_total / MIB, (unsigned long long)options->memory_total);
}

struct alarm *alarm_new(const struct alarm_options *options)
{
    struct alarm *alarm = memory_new(sizeof *alarm);
    alarm->options = *options;
    event_assign(&alarm->timer, options->base, -1, 0, on_timer, alarm);
    tell_limit(options);
    measure(alarm);
    alarm->unexplained = alarm->least = difference(alarm->used, explained(&alarm->seen));
    look(alarm);
    return alarm;
}

void alarm_free(struct alarm *alarm)
{
    if (alarm) {
        event_del(&alarm->timer);
        free(alarm);
    }
}

void alarm_set_limit(struct alarm *alarm, uint64_t memory_limit)
{
    alarm->options.memory_limit = memory_limit;
    tell_limit(&alarm->options);
    look(alarm);
}

void alarm_set_disk(struct alarm *alarm, bool raised)
{
    alarm->disk = raised;
    engine_set_alarms(alarm->options.engine, alarm->raised, raised,
                      clock_now(alarm->options.clock));
}

/* True if the messages that came since the last look must have reached the limit. */
static bool must_look_early(const struct alarm *alarm, const struct broker_counters *counters)
{
    uint64_t more = difference(explained(counters), explained(&alarm->seen));
    return !alarm->raised && alarm->used + more > alarm->options.memory_limit &&
           clock_now(alarm->options.clock) >= alarm->looked_at + EARLY_MS;
}

void alarm_end_tick(struct alarm *alarm)
{
    const struct broker_counters *counters = broker_counters(alarm->options.broker);
    if (must_look_early(alarm, counters)) {
        look(alarm);
    }
    if (!alarm->waiting && (alarm->busy || alarm->raised || has_changed(alarm))) {
        uint32_t ms = alarm->options.interval_ms;
        struct timeval in = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
        alarm->waiting = true;
        event_add(&alarm->timer, &in);
    }
}
