#ifndef BENCH_PROBLEM_H
#define BENCH_PROBLEM_H

#include <stdbool.h>

/* The first thing that went wrong in a scenario, as a sentence for the user.
 *
 * Every part of a scenario borrows the same problem and writes to it; whoever loops looks at it.
 * Only the first text is kept, because what follows a failure is usually its consequence. */
struct problem {
    char text[512]; // empty = nothing went wrong
};

/* Always returns false, so that a failing function can `return problem_set(...)`. */
bool problem_set(struct problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline bool problem_is_set(const struct problem *problem)
{
    return problem->text[0] != '\0';
}

#endif
