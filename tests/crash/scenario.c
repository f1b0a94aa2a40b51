#include "tests/crash/scenario.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/crash/campaign.h"

enum { CAMPAIGN_ROUNDS = 10, ROUND_S = 60 };

static void run_campaigns(const char *name, struct campaign_options options, unsigned rounds,
                          struct scenario_report *report)
{
    while (rounds > 0) {
        options.rounds = rounds < CAMPAIGN_ROUNDS ? rounds : CAMPAIGN_ROUNDS;
        printf("  seed %" PRIu64 "\n", options.seed);
        alarm(options.rounds * ROUND_S); // it must not hang
        unsigned well = campaign_run(&options);
        alarm(0);
        report->passed += well;
        if (well < options.rounds) {
            report->failed++;
            printf("  again with: leveret-crash --seed %" PRIu64 " --rounds %u %s\n", options.seed,
                   options.rounds, name);
        }
        rounds -= options.rounds;
        options.seed++;
    }
}

void scenario_kill(uint64_t seed, unsigned rounds, struct scenario_report *report)
{
    run_campaigns("kill", (struct campaign_options){.seed = seed}, rounds, report);
}

/* The test's own test: without syncs, something must get lost and be noticed. */
static void find_out(uint64_t seed, struct scenario_report *report)
{
    struct campaign_options options = {
        .seed = seed, .rounds = CAMPAIGN_ROUNDS, .power = true, .no_sync = true};
    printf("  seed %" PRIu64 ", without syncs: something must be found\n", seed);
    if (campaign_run(&options) < options.rounds) {
        report->passed++;
    } else {
        printf("    nothing was lost, which cannot be\n");
        report->failed++;
    }
}

void scenario_power(uint64_t seed, unsigned rounds, struct scenario_report *report)
{
    run_campaigns("power", (struct campaign_options){.seed = seed, .power = true}, rounds, report);
    find_out(seed, report);
}
