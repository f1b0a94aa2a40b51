#ifndef TESTS_CRASH_WORKER_H
#define TESTS_CRASH_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "tests/crash/content.h"
#include "tests/crash/session.h"
#include "tests/crash/traffic.h"

enum { FINISH_MS = 60000 }; // what a client waits for an answer, if it is told to finish

struct worker {
    const struct traffic_options *options; // borrowed
    const atomic_bool *finish;             // borrowed
    void (*run)(struct worker *worker);
    unsigned id; // enum crash_queue of a consumer, number of a publisher
    struct prng prng;
    struct content content; // scratch
    pthread_t thread;
};

/* What the threads run. */
void publisher_run(struct worker *worker);
void consumer_run(struct worker *worker);
void transactor_run(struct worker *worker); // is also a publisher, by its id
void declarer_run(struct worker *worker);

/* Publishes one message of this kind on channel 1. Returns its number, or 0 if the broker is gone.
 * The message's number, sequence and life are filled in. */
uint32_t worker_publish(struct worker *worker, amqp_connection_state_t client,
                        struct message *message);

#endif
