#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/crash/scenario.h"

/* leveret-crash [--seed S] [--rounds N] [SCENARIO...] */

static const struct scenario scenarios[] = {
    {"kill", scenario_kill},
    {"power", scenario_power},
    {"broken", scenario_broken},
    {"full", scenario_full},
};

enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

struct options {
    uint64_t seed;
    uint64_t rounds;
    bool wanted[SCENARIOS];
    bool any;
};

static bool parse_number(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *text != '-';
}

static bool parse_scenario(const char *name, struct options *out)
{
    for (unsigned i = 0; i < SCENARIOS; i++) {
        if (strcmp(scenarios[i].name, name) == 0) {
            return out->any = out->wanted[i] = true;
        }
    }
    return false;
}

static bool parse(int argc, char **argv, struct options *out)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        bool known;
        if (strcmp(argv[i], "--seed") == 0) {
            known = parse_number(value, &out->seed);
            i++;
        } else if (strcmp(argv[i], "--rounds") == 0) {
            known = parse_number(value, &out->rounds) && out->rounds > 0;
            i++;
        } else {
            known = parse_scenario(argv[i], out);
        }
        if (!known) {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct options options = {.seed = 1, .rounds = 100};
    struct scenario_report report = {.passed = 0};
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!parse(argc, argv, &options)) {
        fprintf(stderr, "leveret-crash [--seed S] [--rounds N] [kill|power|broken|full...]\n");
        return 2;
    }
    for (unsigned i = 0; i < SCENARIOS; i++) {
        if (options.wanted[i] || !options.any) {
            printf("%s\n", scenarios[i].name);
            scenarios[i].run(options.seed, (unsigned)options.rounds, &report);
        }
    }
    printf("%u passed, %u failed", report.passed, report.failed);
    if (report.skipped > 0) {
        printf(", %u skipped", report.skipped);
    }
    printf("\n");
    return report.failed == 0 && report.passed + report.skipped > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
