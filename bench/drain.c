#include "bench/drain.h"

#include <inttypes.h>

#include "bench/conn.h"
#include "bench/consumer.h"
#include "bench/loop.h"
#include "bench/stats.h"

enum { STALL_SECONDS = 30, TURN_MS = 50 };

static void run(struct consumer *consumer, struct loop *loop, const struct drain_plan *plan,
                struct problem *problem)
{
    uint64_t before = 0;
    int64_t moved_ns = clock_ns();
    while (!problem_is_set(problem) && consumer_delivered(consumer) < plan->count) {
        loop_turn(loop, TURN_MS);
        int64_t now_ns = clock_ns();
        uint64_t count = consumer_delivered(consumer);
        if (plan->tempo) {
            tempo_note(plan->tempo, count);
        }
        if (count != before) {
            before = count;
            moved_ns = now_ns;
        } else if (now_ns - moved_ns > (int64_t)STALL_SECONDS * 1000000000) {
            problem_set(problem, "the queue stopped after %" PRIu64 " of %" PRIu64 " messages",
                        before, plan->count);
        }
    }
}

bool drain(const struct drain_plan *plan, struct problem *problem)
{
    struct conn *conn = conn_open(plan->uri, problem);
    struct loop *loop = loop_new();
    struct verify *verify = plan->verify ? verify_new(1, 1) : NULL;
    struct consumer_plan consumer_plan = {.queue = plan->queue,
                                          .prefetch = plan->prefetch,
                                          .ack_every = plan->ack_every,
                                          .producers = 1,
                                          .verify = verify};
    if (plan->tempo) {
        tempo_start(plan->tempo, plan->count);
    }
    struct consumer *consumer = conn ? consumer_new(conn, loop, &consumer_plan) : NULL;
    if (consumer) {
        run(consumer, loop, plan, problem);
    }
    bool good = consumer && !problem_is_set(problem) &&
                (!verify || verify_check(verify, &plan->count, problem));
    consumer_free(consumer);
    verify_free(verify);
    loop_free(loop);
    return good;
}
