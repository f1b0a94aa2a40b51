#include "tests/crash/scenario.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/crash/campaign.h"
#include "tests/crash/census.h"
#include "tests/crash/lossy_log.h"
#include "tests/crash/power_cut.h"
#include "tests/crash/traffic.h"

enum { ROUND_S = 300, TRAFFIC_MS = 6000 };

struct broken {
    struct history *history;
    struct fixtures fixtures;
    struct prng prng;
    struct site site;
};

/* Half of the failures come early, some while the broker starts. */
static void choose_failure(struct broken *broken)
{
    static const char *const calls[] = {"pwrite", "pwrite", "fdatasync", "fdatasync", "fallocate"};
    const char *call = calls[prng_below(&broken->prng, 5)];
    uint32_t most = strcmp(call, "fallocate") == 0 ? 6 : prng_chance(&broken->prng, 50) ? 20 : 500;
    snprintf(broken->site.failing, sizeof broken->site.failing, "%s:%u", call,
             prng_between(&broken->prng, 1, most));
}

/* Gives the failure time to happen. True if the broker must end of it: a full disk is no reason to,
 * and other errors leave no choice. */
static bool await_failure(struct broker_process *broker)
{
    uint64_t end = clock_ms() + TRAFFIC_MS;
    if (!broker_logs(broker, LOSSY_FAILS, TRAFFIC_MS)) {
        return false;
    } else if (!strstr(broker->log, LOSSY_FAILS "fallocate")) {
        return true;
    }
    while (clock_ms() < end && !broker_has_ended(broker)) {
        sleep_ms(20);
    }
    return false;
}

/* The log names what failed. One that was not `doomed` was killed. */
static void judge_end(struct broken *broken, bool started, bool doomed, int status)
{
    const struct broker_process *broker = &broken->site.broker;
    struct history_totals totals = history_totals(broken->history);
    const char *failing = strstr(broker->log, LOSSY_FAILS);
    bool told = strstr(broker->log, " at offset ") && strstr(broker->log, "(5)");
    printf("    %u confirmed, %s: %s, signal %d, status %d; %.*s\n", totals.confirmed,
           broken->site.failing, started ? "started" : "did not start", broker->ended_by, status,
           failing ? (int)strcspn(failing, "\n") : 5, failing ? failing : "never");
    bool killed = !doomed && broker->ended_by == SIGKILL;
    if (killed || !failing || strstr(failing, LOSSY_FAILS "fallocate")) {
        if (!killed) {
            history_fail(broken->history, "the broker ended without a reason");
        }
    } else if (started && broker->ended_by != SIGABRT) {
        history_fail(broken->history, "the broker did not abort when %s failed",
                     broken->site.failing);
    } else if (!told) {
        history_fail(broken->history, "the log does not name file, offset and error");
    }
    if (history_verdict(broken->history)) {
        fprintf(stderr, "%s\n", broker->log);
    }
}

static void run_life(struct broken *broken)
{
    site_launch(&broken->site);
    struct traffic *traffic = NULL;
    struct traffic_options options = {
        .history = broken->history, .fixtures = &broken->fixtures, .bulky = true};
    bool started = broker_await(&broken->site.broker);
    if (started) {
        options.port = broken->site.broker.port;
        traffic = traffic_start(&options, &broken->prng);
    }
    bool doomed = await_failure(&broken->site.broker);
    int status = broker_wait(&broken->site.broker, doomed ? PATIENCE_MS : 0);
    if (traffic) {
        traffic_end(traffic, false);
    }
    judge_end(broken, started, doomed, status);
    broker_forget(&broken->site.broker);
    history_end_life(broken->history, false);
    power_cut(broken->site.side, &broken->prng);
}

/* A life without failures, so that there is something to lose. */
static bool run_first_life(struct broken *broken)
{
    site_launch(&broken->site);
    if (!site_await(&broken->site, broken->history) ||
        !census_count(broken->history, broken->site.broker.port)) {
        return false;
    }
    struct traffic_options options = {.history = broken->history,
                                      .fixtures = &broken->fixtures,
                                      .port = broken->site.broker.port};
    struct traffic *traffic = traffic_start(&options, &broken->prng);
    history_wait_for_confirms(broken->history, 3000, 3000);
    site_kill(&broken->site);
    traffic_end(traffic, false);
    history_end_life(broken->history, false);
    return !history_verdict(broken->history);
}

static bool run_round(uint64_t seed)
{
    struct broken broken = {
        .history = history_new(seed), .prng = {.state = seed}, .site = site_new(NULL)};
    broken.site.lossy = true;
    alarm(ROUND_S);
    if (run_first_life(&broken)) {
        choose_failure(&broken);
        run_life(&broken);
        broken.site.failing[0] = '\0';
    }
    bool well = !history_verdict(broken.history) &&
                campaign_finish(&broken.site, broken.history, &broken.fixtures);
    if (!well) {
        printf("    WRONG: %s\n    what is left of it is in %s\n", history_verdict(broken.history),
               broken.site.root);
    } else {
        site_free(&broken.site);
    }
    if (broken.site.broker.pid > 0) {
        site_kill(&broken.site);
    }
    alarm(0);
    history_free(broken.history);
    return well;
}

void scenario_broken(uint64_t seed, unsigned rounds, struct scenario_report *report)
{
    for (unsigned i = 0; i < (rounds + 1) / 2; i++, seed++) {
        printf("  seed %" PRIu64 "\n", seed);
        if (run_round(seed)) {
            report->passed++;
        } else {
            report->failed++;
            printf("  again with: leveret-crash --seed %" PRIu64 " --rounds 1 broken\n", seed);
        }
    }
}
