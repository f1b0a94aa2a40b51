#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench/uri.h"

/* The command line. A number that was not given is -1; each scenario has its own default for it,
 * taken by option_or. */
struct options {
    struct uri uri;
    const char *uri_text;   // borrowed from argv
    const char *json_path;  // borrowed from argv; NULL = no JSON
    const char *expiration; // borrowed from argv; NULL = messages have none
    const char *disk_path;  // borrowed from argv: a directory; NULL = the disk is not measured
    pid_t pid;              // the broker's; 0 = unknown
    int64_t producers;
    int64_t consumers;
    int64_t queues;
    int64_t size;
    int64_t confirm;
    int64_t ack_every;
    int64_t prefetch;
    int64_t messages;
    int64_t seconds;
    int64_t rate;
    int64_t bindings;
    int64_t connections;
    int64_t settle;
    int64_t levels;
    bool persistent;
    bool verify;
    bool help;
    char **words; // borrowed from argv: scenario names, or "startup" and a command line
    int word_count;
};

static inline int64_t option_or(int64_t given, int64_t otherwise)
{
    return given >= 0 ? given : otherwise;
}

bool options_parse(struct options *options, int argc, char **argv, struct problem *problem);
void options_print_help(void);

#endif
