#ifndef ADMIN_TRAIL_H
#define ADMIN_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the numbers of one object were at the ends of past intervals. Only what differs from the
 * sample before is kept: between two samples nothing had changed. Every trail knows the last two
 * changes, which is what rates need; one that keeps a history knows as much of the past as its
 * levels hold. Before the first sample all numbers were 0, unless that is forgotten: then they were
 * as in the oldest sample that is left. */
struct trail;

/* A level of a history: a sample for every `step_ms`, `room` of them at most. The finest comes
 * first; its step is the interval in which samples are taken. */
struct trail_level {
    uint64_t step_ms;
    uint32_t room;
};

/* `width`: so many numbers. */
struct trail *trail_new(uint8_t width);
void trail_free(struct trail *trail);

/* From now on the past is kept in these levels (borrowed, as long as the trail lives). What is
 * known already stays known. */
void trail_keep(struct trail *trail, const struct trail_level *levels, size_t count);
void trail_keep_no_more(struct trail *trail);

/* The numbers at this time, milliseconds that never go back, which ends the interval of `step_ms`
 * that it is in. True if they differ from the last ones. */
bool trail_add(struct trail *trail, uint64_t now_ms, uint64_t step_ms, const uint64_t *values);

/* One of the numbers at the end of the interval that ended, or began, then. */
uint64_t trail_at(const struct trail *trail, uint8_t which, uint64_t end_ms);

/* How much it changed per second in the last whole interval before now, or the one after it if that
 * is over by now. */
double trail_rate(const struct trail *trail, uint8_t which, uint64_t now_ms, uint64_t step_ms);

#endif
