#ifndef TESTS_CRASH_FIXTURES_H
#define TESTS_CRASH_FIXTURES_H

#include "tests/crash/history.h"
#include "tests/sim/prng.h"

/* Queues, exchanges and bindings that come and go while the rest is busy: what is declared -ok is
 * there after every start, what is deleted -ok is not. */
enum { FIXTURES = 6 };

enum fixture_state { FIXTURE_ABSENT, FIXTURE_PRESENT, FIXTURE_UNKNOWN };

struct fixture {
    uint8_t queue;
    uint8_t exchange;
    uint8_t binding; // of that queue to that exchange
};

/* Used by one thread at a time. */
struct fixtures {
    struct fixture items[FIXTURES];
    uint32_t exclusive_life; // in which an exclusive queue was declared; 0: never
};

/* Compares it with what the broker has, and takes over what was unknown. False if something is
 * wrong, which is the history's verdict then. */
bool fixtures_check(struct fixtures *fixtures, struct history *history, int port);

#endif
