#include "tests/crash/traffic.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "tests/crash/worker.h"

enum { WORKERS_MAX = 24, FREE_PUBLISHERS = 3 };

struct traffic {
    struct traffic_options options;
    atomic_bool finish;
    struct worker workers[WORKERS_MAX];
    unsigned count;
};

uint32_t worker_publish(struct worker *worker, amqp_connection_state_t client,
                        struct message *message)
{
    const struct crash_route_row *row = crash_route_row(message->route);
    struct history *history = worker->options->history;
    history_publish(history, message);
    content_make(&worker->content, history_seed(history), message);
    int status = amqp_basic_publish(client, 1, amqp_cstring_bytes(row->exchange),
                                    amqp_cstring_bytes(row->key), 0, 0, &worker->content.properties,
                                    worker->content.body);
    return status == AMQP_STATUS_OK ? message->number : 0;
}

static void *on_thread(void *argument)
{
    struct worker *worker = argument;
    worker->run(worker);
    content_finish(&worker->content);
    return NULL;
}

static void hire(struct traffic *traffic, void (*run)(struct worker *), unsigned id,
                 struct prng *prng)
{
    CHECK(traffic->count < WORKERS_MAX);
    struct worker *worker = &traffic->workers[traffic->count++];
    worker->options = &traffic->options;
    worker->finish = &traffic->finish;
    worker->run = run;
    worker->id = id;
    worker->prng.state = prng_next(prng);
    CHECK(pthread_create(&worker->thread, NULL, on_thread, worker) == 0);
}

/* Not every queue has a consumer in every life, so that messages grow old in some. */
static void hire_consumers(struct traffic *traffic, struct prng *prng)
{
    bool all = traffic->options.eager || history_crowded(traffic->options.history);
    for (unsigned queue = 0; queue < QUEUE_COUNT; queue++) {
        bool never = queue == QUEUE_TOKENS || queue == QUEUE_QUIET;
        if (!never && prng_chance(prng, all ? 100 : 70)) {
            hire(traffic, consumer_run, queue, prng);
        }
    }
}

struct traffic *traffic_start(const struct traffic_options *options, struct prng *prng)
{
    struct traffic *traffic = memory_new(sizeof *traffic);
    traffic->options = *options;
    for (unsigned id = 0; id < FREE_PUBLISHERS; id++) {
        hire(traffic, publisher_run, id, prng);
    }
    hire(traffic, transactor_run, FREE_PUBLISHERS, prng);
    hire(traffic, declarer_run, 0, prng);
    hire_consumers(traffic, prng);
    return traffic;
}

void traffic_end(struct traffic *traffic, bool finish)
{
    atomic_store(&traffic->finish, finish);
    for (unsigned i = 0; i < traffic->count; i++) {
        CHECK(pthread_join(traffic->workers[i].thread, NULL) == 0);
    }
    free(traffic);
}
