#include "bench/loop.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bench/memory.h"

enum { EVENTS_MAX = 64 };

struct loop {
    int epoll_fd;
};

struct loop *loop_new(void)
{
    struct loop *loop = memory_zeroed(1, sizeof *loop);
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll_fd == -1) {
        abort(); // no descriptor left for the tool itself
    }
    return loop;
}

void loop_free(struct loop *loop)
{
    if (loop) {
        close(loop->epoll_fd);
        free(loop);
    }
}

void loop_add(struct loop *loop, struct loop_source *source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
    source->wants_write = false;
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, source->fd, &event) != 0) {
        abort(); // the descriptor is open and new here: this cannot fail
    }
}

void loop_want_write(struct loop *loop, struct loop_source *source, bool wants_write)
{
    if (source->wants_write != wants_write) {
        uint32_t events = EPOLLIN | (wants_write ? EPOLLOUT : 0);
        struct epoll_event event = {.events = events, .data.ptr = source};
        epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, source->fd, &event);
        source->wants_write = wants_write;
    }
}

void loop_turn(struct loop *loop, int timeout_ms)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(loop->epoll_fd, events, EVENTS_MAX, timeout_ms);
    for (int i = 0; i < count; i++) {
        struct loop_source *source = events[i].data.ptr;
        source->on_ready(source->owner, (events[i].events & ~(uint32_t)EPOLLOUT) != 0,
                         (events[i].events & EPOLLOUT) != 0);
    }
}

int loop_timer_open(int64_t interval_ns)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct timespec interval = {.tv_sec = interval_ns / 1000000000,
                                .tv_nsec = interval_ns % 1000000000};
    struct itimerspec timer = {.it_interval = interval, .it_value = interval};
    if (fd != -1 && timerfd_settime(fd, 0, &timer, NULL) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

void loop_timer_read(int fd)
{
    uint64_t expirations;
    ssize_t got = read(fd, &expirations, sizeof expirations);
    (void)got; // the clock says what is due, not the timer's count
}
