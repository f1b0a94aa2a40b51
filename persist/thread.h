#ifndef PERSIST_THREAD_H
#define PERSIST_THREAD_H

#include <pthread.h>

/* Starts a thread that gets no signals: none interrupts its writes or is handled there. Returns 0
 * or a negative errno. */
int thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

#endif
