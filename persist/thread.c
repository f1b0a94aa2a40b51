#include "persist/thread.h"

#include <signal.h>
#include <stdint.h>
#include <unistd.h>

int thread_start(pthread_t *thread, void *(*run)(void *), void *arg)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int rc = -pthread_create(thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return rc;
}

void thread_post(int event_fd)
{
    if (event_fd >= 0) {
        uint64_t one = 1;
        ssize_t put = write(event_fd, &one, sizeof one);
        (void)put; // a full counter is readable already
    }
}
