#include "tests/crash/watch.h"

#include <poll.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/check.h"
#include "tests/integration/broker_process.h"

struct watch watch_open(const char *data)
{
    static const char *const folders[] = {"journal", "checkpoint"};
    char path[1200];
    struct watch watch = {.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
    CHECK(watch.fd >= 0);
    for (unsigned i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", data, folders[i]);
        inotify_add_watch(watch.fd, path, IN_CREATE | IN_MOVED_TO | IN_DELETE);
    }
    return watch;
}

void watch_close(struct watch *watch)
{
    close(watch->fd);
}

/* Takes at most `most` events; the rest has no meaning for anybody. */
static unsigned take(struct watch *watch, unsigned most)
{
    _Alignas(struct inotify_event) char buffer[4096];
    ssize_t len = read(watch->fd, buffer, sizeof buffer);
    unsigned count = 0;
    for (ssize_t at = 0; at < len && count < most; count++) {
        const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
        at += (ssize_t)(sizeof *event + event->len);
    }
    return count;
}

bool watch_wait(struct watch *watch, unsigned events, int ms)
{
    uint64_t end = clock_ms() + (uint64_t)ms;
    while (events > 0) {
        struct pollfd poller = {.fd = watch->fd, .events = POLLIN};
        uint64_t now = clock_ms();
        if (now >= end || poll(&poller, 1, (int)(end - now)) <= 0) {
            return false;
        }
        events -= take(watch, events);
    }
    return true;
}
