#ifndef SERVER_ALARM_H
#define SERVER_ALARM_H

#include <stdbool.h>
#include <stdint.h>

struct alarm;
struct broker;
struct clock;
struct engine;
struct event_base;
struct logger;

/* Watches the memory of the process. Above the limit the engine is told to hold publishers back,
 * until it is below again. What the messages that are gone leave behind in the allocator is given
 * back to the system here as well: glibc keeps it for a while that may be for ever.
 *
 * It looks once an interval while something goes on in the broker, and once more afterwards;
 * earlier if messages come in so fast that they alone must have reached the limit. An idle broker
 * is not woken up. */
struct alarm_options {
    struct event_base *base;     // borrowed
    struct engine *engine;       // borrowed
    const struct broker *broker; // borrowed
    struct clock *clock;         // borrowed
    struct logger *log;          // borrowed
    const char *node;            // name for the log; borrowed
    uint64_t memory_limit;       // octets
    uint64_t memory_total;       // of the machine, for the log
    uint32_t interval_ms;
};

struct alarm *alarm_new(const struct alarm_options *options);
void alarm_free(struct alarm *alarm);

/* Another limit, which holds at once. */
void alarm_set_limit(struct alarm *alarm, uint64_t memory_limit);

/* Another resource that is watched elsewhere (disk_alarm.h): the engine knows all alarms together.
 */
void alarm_set_disk(struct alarm *alarm, bool raised);

/* To be called once a tick, before engine_end_tick. */
void alarm_end_tick(struct alarm *alarm);

#endif
