#include "tests/crash/campaign.h"

#include <inttypes.h>
#include <stdio.h>

#include "tests/crash/census.h"
#include "tests/crash/power_cut.h"
#include "tests/crash/traffic.h"

/* How a life ends. */
enum ending {
    ENDING_MOMENT,   // killed after a while
    ENDING_CONFIRMS, // after so many confirms
    ENDING_FILES,    // when files come or go
    ENDING_TERM,     // SIGTERM amid the traffic
    ENDING_QUIET,    // SIGTERM when all clients have left
};

struct campaign {
    const struct campaign_options *options;
    struct history *history;
    struct fixtures fixtures;
    struct prng prng;
    struct site site;
    uint32_t start_ms; // what the last start took
    uint64_t killed_at;
};

static enum ending choose_ending(struct prng *prng)
{
    static const enum ending endings[] = {
        ENDING_MOMENT, ENDING_MOMENT, ENDING_MOMENT, ENDING_CONFIRMS, ENDING_FILES,
        ENDING_FILES,  ENDING_FILES,  ENDING_FILES,  ENDING_TERM,     ENDING_QUIET,
    };
    return endings[prng_below(prng, sizeof endings / sizeof *endings)];
}

static void cut_power(struct campaign *campaign)
{
    const struct campaign_options *options = campaign->options;
    if (options->no_sync || (options->power && prng_chance(&campaign->prng, 75))) {
        struct power_cut_report report = options->no_sync
                                             ? power_cut_all(campaign->site.side)
                                             : power_cut(campaign->site.side, &campaign->prng);
        printf("    power cut: %u changes undone, %u torn, %u left\n", report.undone, report.torn,
               report.left);
    }
}

/* Kills it while it recovers: after a part of the time that the last start took, or when it does
 * something with files. */
static void kill_while_starting(struct campaign *campaign)
{
    struct prng *prng = &campaign->prng;
    site_launch(&campaign->site);
    if (prng_chance(prng, 50)) {
        struct watch watch = watch_open(campaign->site.data);
        watch_wait(&watch, prng_between(prng, 1, 6), 500);
        watch_close(&watch);
    } else {
        sleep_ms((int)prng_below(prng, campaign->start_ms + 1));
    }
    site_kill(&campaign->site);
    printf("    killed while it started\n");
    cut_power(campaign);
}

bool campaign_inspect(const struct site *site, struct history *history, struct fixtures *fixtures)
{
    return census_count(history, site->broker.port) &&
           fixtures_check(fixtures, history, site->broker.port);
}

/* Not every life begins with a census, for messages should survive several crashes unread. They
 * should not keep publishers from publishing, either. */
static bool inspect(struct campaign *campaign)
{
    int port = campaign->site.broker.port;
    if (!campaign_inspect(&campaign->site, campaign->history, &campaign->fixtures)) {
        return false;
    } else if (history_crowded(campaign->history) && prng_chance(&campaign->prng, 60)) {
        return census_read(campaign->history, port, CENSUS_EMPTY);
    }
    return !prng_chance(&campaign->prng, 20) || census_read(campaign->history, port, CENSUS_LOOK);
}

static bool start(struct campaign *campaign)
{
    while (prng_chance(&campaign->prng, 25)) {
        kill_while_starting(campaign);
    }
    uint64_t begun = clock_ms();
    site_launch(&campaign->site);
    if (!site_await(&campaign->site, campaign->history)) {
        return false;
    }
    campaign->start_ms = (uint32_t)(clock_ms() - begun);
    return inspect(campaign);
}

/* Waits for the moment when the broker is to be killed. */
static void await_moment(struct campaign *campaign, enum ending ending)
{
    struct prng *prng = &campaign->prng;
    struct watch watch = watch_open(campaign->site.data);
    switch (ending) {
    case ENDING_CONFIRMS:
        history_wait_for_confirms(campaign->history, prng_between(prng, 1, 20000), 3000);
        break;
    case ENDING_FILES:
        watch_wait(&watch, prng_between(prng, 1, 40), 3000);
        break;
    case ENDING_MOMENT:
    case ENDING_TERM:
    case ENDING_QUIET:
        history_wait_for_confirms(campaign->history, UINT32_MAX, (int)prng_below(prng, 2500));
        break;
    }
    watch_close(&watch);
}

static bool end_life(struct campaign *campaign, struct traffic *traffic, enum ending ending)
{
    bool well = true;
    if (ending == ENDING_QUIET) {
        traffic_end(traffic, true);
    }
    campaign->killed_at = clock_ms();
    if (ending == ENDING_QUIET || ending == ENDING_TERM) {
        well = site_stop(&campaign->site, campaign->history);
    } else {
        site_kill(&campaign->site);
    }
    if (ending != ENDING_QUIET) {
        traffic_end(traffic, false);
    }
    history_end_life(campaign->history, ending == ENDING_QUIET);
    return well && !history_verdict(campaign->history);
}

static void tell_round(struct campaign *campaign, enum ending ending, uint64_t begun)
{
    static const char *const endings[] = {
        [ENDING_MOMENT] = "kill -9",
        [ENDING_CONFIRMS] = "kill -9 after some confirms",
        [ENDING_FILES] = "kill -9 when files change",
        [ENDING_TERM] = "SIGTERM amid the traffic",
        [ENDING_QUIET] = "SIGTERM without clients",
    };
    struct history_totals totals = history_totals(campaign->history);
    printf("    life %u: started in %u ms, %s after %" PRIu64 " ms; so far %u published, "
           "%u confirmed, %u delivered (%u redelivered), %u settled, %u transactions\n",
           history_life(campaign->history) - 1, campaign->start_ms, endings[ending],
           campaign->killed_at - begun, totals.published, totals.confirmed, totals.delivered,
           totals.redelivered, totals.settled, totals.deals);
}

static bool run_round(struct campaign *campaign)
{
    if (!start(campaign)) {
        return false;
    }
    uint64_t begun = clock_ms();
    enum ending ending =
        campaign->options->no_sync ? ENDING_MOMENT : choose_ending(&campaign->prng);
    bool eager = campaign->options->seed % 2 == 0; // so that there is something to compact
    struct traffic_options options = {
        .history = campaign->history,
        .fixtures = &campaign->fixtures,
        .port = campaign->site.broker.port,
        .bulky = eager || ending == ENDING_FILES || prng_chance(&campaign->prng, 30),
        .eager = eager,
    };
    struct traffic *traffic = traffic_start(&options, &campaign->prng);
    await_moment(campaign, ending);
    bool well = end_life(campaign, traffic, ending);
    tell_round(campaign, ending, begun);
    cut_power(campaign);
    return well;
}

static bool start_and_stop(struct site *site, struct history *history, struct fixtures *fixtures)
{
    site_launch(site);
    if (!site_await(site, history) || !campaign_inspect(site, history, fixtures) ||
        !census_read(history, site->broker.port, CENSUS_EMPTY) || !site_stop(site, history)) {
        return false;
    }
    history_end_life(history, true);
    return true;
}

bool campaign_finish(struct site *site, struct history *history, struct fixtures *fixtures)
{
    return start_and_stop(site, history, fixtures) && start_and_stop(site, history, fixtures);
}

/* Shows what is wrong and leaves the data directory for who wants to look into it, unless that is
 * what had to be found. */
static void close_site(struct campaign *campaign)
{
    const char *verdict = history_verdict(campaign->history);
    struct site *site = &campaign->site;
    bool expected = campaign->options->no_sync;
    if (site->broker.pid > 0) {
        site_kill(site);
    }
    if (verdict) {
        printf("    %s: %s\n", expected ? "found" : "WRONG", verdict);
    }
    if (!verdict || expected) {
        site_free(site);
    } else {
        printf("    what is left of it is in %s\n", site->root);
    }
}

unsigned campaign_run(const struct campaign_options *options)
{
    struct campaign campaign = {
        .options = options,
        .history = history_new(options->seed),
        .prng = {.state = options->seed},
        .site = site_new(NULL),
    };
    campaign.site.lossy = options->power;
    campaign.site.no_sync = options->no_sync;
    unsigned rounds = 0;
    while (rounds < options->rounds && run_round(&campaign)) {
        rounds++;
    }
    if (rounds == options->rounds &&
        !campaign_finish(&campaign.site, campaign.history, &campaign.fixtures)) {
        rounds--;
    }
    close_site(&campaign);
    history_free(campaign.history);
    return rounds;
}
