#ifndef SERVER_DISK_ALARM_H
#define SERVER_DISK_ALARM_H

#include <stdint.h>

struct alarm;
struct clock;
struct disk_alarm;
struct event_base;
struct logger;
struct store;

/* Watches the free space of the disk that the store is on, and holds publishers back while it is
 * below the limit, or the store could not keep room in reserve. It looks the more often the less
 * there is, between ten times a second and every ten seconds, as long as something is written or
 * the alarm is raised; an idle broker is not woken up. */
struct disk_alarm_options {
    struct event_base *base; // borrowed
    struct store *store;     // borrowed
    struct alarm *alarm;     // borrowed: where it is raised
    struct clock *clock;     // borrowed
    struct logger *log;      // borrowed
    const char *node;        // name for the log; borrowed
    uint64_t limit;          // octets
};

struct disk_alarm *disk_alarm_new(const struct disk_alarm_options *options);
void disk_alarm_free(struct disk_alarm *alarm);

/* Another limit, which holds at once. */
void disk_alarm_set_limit(struct disk_alarm *alarm, uint64_t limit);

/* To be called once a tick, before engine_end_tick. */
void disk_alarm_end_tick(struct disk_alarm *alarm);

#endif
