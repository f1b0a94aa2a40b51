#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/* A level-triggered epoll loop. Its sources are embedded in what owns their descriptors, and
 * outlive the loop. */
struct loop;

struct loop_source {
    int fd;
    bool wants_write;
    void (*on_ready)(void *owner, bool readable, bool writable);
    void *owner; // borrowed
};

struct loop *loop_new(void);
void loop_free(struct loop *loop);

void loop_add(struct loop *loop, struct loop_source *source); // interested in reading
void loop_want_write(struct loop *loop, struct loop_source *source, bool wants_write);

/* Waits for at most timeout_ms and calls every source that is ready once. */
void loop_turn(struct loop *loop, int timeout_ms);

/* A timer that makes the source readable at every interval, exact to some microseconds without
 * spinning. Returns its descriptor, which the caller closes, or -1. */
int loop_timer_open(int64_t interval_ns);
void loop_timer_read(int fd);

#endif
