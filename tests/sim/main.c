#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/crash.h"
#include "tests/sim/world.h"

/* sim --seeds N [--first S] [--regressions FILE] | --seed S [--trace] */
struct options {
    uint64_t first;
    uint64_t count;
    const char *regressions; // a file with a seed at the start of each line, or NULL
    bool trace;
};

static uint64_t seed_now; // for on_crash

static void on_crash(void)
{
    fflush(stdout);
    fprintf(stderr,
            "seed %" PRIu64 ": crashed; again with: leveret-sim --seed %" PRIu64 " --trace\n",
            seed_now, seed_now);
}

static bool parse_number(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *text != '-';
}

static bool parse(int argc, char **argv, struct options *out)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--trace") == 0) {
            out->trace = true;
            continue;
        }
        if (strcmp(argv[i], "--seeds") == 0) {
            if (!parse_number(value, &out->count)) {
                return false;
            }
        } else if (strcmp(argv[i], "--first") == 0 || strcmp(argv[i], "--seed") == 0) {
            out->count = strcmp(argv[i], "--seed") == 0 ? 1 : out->count;
            if (!parse_number(value, &out->first)) {
                return false;
            }
        } else if (strcmp(argv[i], "--regressions") == 0 && *value) {
            out->regressions = value;
        } else {
            return false;
        }
        i++;
    }
    return true;
}

/* Runs a seed twice: it must keep all promises, and be the same story both times. */
static bool run_seed(uint64_t seed, bool print)
{
    struct trace first = {.print = print};
    struct trace second = {.recorded = &first};
    struct verdict verdict = {0};
    seed_now = seed;
    world_run(seed, &first, &verdict);
    if (!verdict.failed) {
        world_run(seed, &second, &verdict);
    }
    if (!verdict.failed && second.differs) {
        verdict_fail(&verdict, "two runs differ: \"%.200s\" and then \"%.200s\"", second.expected,
                     second.found);
    }
    if (verdict.failed) {
        printf("seed %" PRIu64 ": %s\n    again with: leveret-sim --seed %" PRIu64 " --trace\n",
               seed, verdict.text, seed);
        fflush(stdout);
    }
    trace_finish(&first);
    trace_finish(&second);
    return !verdict.failed;
}

/* Seeds that once failed. False if the file cannot be read. */
static bool run_regressions(const char *path, uint64_t *passed, uint64_t *failed)
{
    char line[200];
    FILE *file = fopen(path, "r");
    if (!file) {
        return false;
    }
    while (fgets(line, sizeof line, file)) {
        if (line[0] >= '0' && line[0] <= '9') {
            *(run_seed(strtoull(line, NULL, 10), false) ? passed : failed) += 1;
        }
    }
    fclose(file);
    return true;
}

int main(int argc, char **argv)
{
    enum { PROGRESS = 100 };
    struct options options = {.first = 1, .regressions = REGRESSIONS};
    uint64_t passed = 0, failed = 0;
    if (!parse(argc, argv, &options) || options.count == 0) {
        fprintf(stderr, "leveret-sim --seeds N [--first S] [--regressions FILE] | --seed S "
                        "[--trace]\n");
        return 2;
    }
    crash_notify(on_crash);
    if (options.count > 1 && !run_regressions(options.regressions, &passed, &failed)) {
        fprintf(stderr, "%s: %s\n", options.regressions, strerror(errno));
        return 2;
    }
    for (uint64_t i = 0; i < options.count; i++) {
        *(run_seed(options.first + i, options.trace) ? &passed : &failed) += 1;
        if ((i + 1) % PROGRESS == 0) {
            printf("%" PRIu64 " seeds\n", i + 1);
            fflush(stdout);
        }
    }
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
