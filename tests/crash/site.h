#ifndef TESTS_CRASH_SITE_H
#define TESTS_CRASH_SITE_H

#include "tests/crash/history.h"
#include "tests/crash/watch.h"
#include "tests/integration/broker_process.h"
#include "tests/sim/prng.h"

enum { SITE_PATH_MAX = 400 };

/* A data directory and the broker that uses it, now or not. */
struct site {
    char root[SITE_PATH_MAX - 32]; // a directory of its own under $TMPDIR or /tmp
    char data[SITE_PATH_MAX];
    char side[SITE_PATH_MAX]; // of the lossy library (lossy_log.h)
    bool lossy;               // the broker runs with the library
    bool no_sync;             // it is told not to wait for the disk
    const char *disk_limit;   // borrowed; disk_free_limit.absolute, or NULL
    char failing[32];         // the call that fails (LOSSY_FAIL) in brokers to be launched, or ""
    struct broker_process broker;
};

struct site site_new(const char *root); // NULL: a new directory
void site_free(struct site *site);      // with the directory

/* Starts a broker, and does not wait for it. */
void site_launch(struct site *site);

/* Waits until it has started. False, and the history's verdict, if it does not. */
bool site_await(struct site *site, struct history *history);

void site_kill(struct site *site); // kill -9

/* SIGTERM. False, and the history's verdict, if it does not end well. */
bool site_stop(struct site *site, struct history *history);

#endif
