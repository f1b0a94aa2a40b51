#include "tests/crash/site.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/crash/lossy_log.h"

enum { VARIABLE_MAX = SITE_PATH_MAX + 32, LOG_SHOWN = 2000 };

struct site site_new(const char *root)
{
    struct site site = {.lossy = false};
    const char *temporary = getenv("TMPDIR");
    if (root) {
        snprintf(site.root, sizeof site.root, "%s", root);
    } else {
        snprintf(site.root, sizeof site.root, "%s/leveret-crash-XXXXXX",
                 temporary ? temporary : "/tmp");
        CHECK(mkdtemp(site.root));
    }
    snprintf(site.data, sizeof site.data, "%s/data", site.root);
    snprintf(site.side, sizeof site.side, "%s/side", site.root);
    CHECK(mkdir(site.side, 0700) == 0);
    return site;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status, (void)kind, (void)walk;
    return remove(path);
}

void site_free(struct site *site)
{
    if (nftw(site->root, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0) {
        fprintf(stderr, "%s: %s\n", site->root, strerror(errno));
    }
}

void site_launch(struct site *site)
{
    char directory[VARIABLE_MAX], watched[VARIABLE_MAX], side[VARIABLE_MAX], failing[VARIABLE_MAX];
    char limit[VARIABLE_MAX];
    snprintf(directory, sizeof directory, "storage.directory=%s", site->data);
    snprintf(watched, sizeof watched, "%s=%s", LOSSY_DIRECTORY, site->data);
    snprintf(side, sizeof side, "%s=%s", LOSSY_SIDE, site->side);
    snprintf(failing, sizeof failing, "%s=%s", LOSSY_FAIL, site->failing);
    snprintf(limit, sizeof limit, "disk_free_limit.absolute=%s",
             site->disk_limit ? site->disk_limit : "50MB");
    const char *settings[] = {directory,
                              "storage.segment_size=8MiB",
                              "log.connection.level=error",
                              limit,
                              site->no_sync ? "storage.sync=false" : "storage.sync=true",
                              NULL};
    const char *environment[] = {"LD_PRELOAD=" LOSSY_LIBRARY, watched, side, failing, NULL};
    const char *none[] = {NULL};
    site->broker = broker_launch_in(site->lossy ? environment : none, settings);
}

/* The end of what the broker logged is what one wants to see. */
static void show_log(const struct site *site)
{
    size_t len = site->broker.log_len;
    fprintf(stderr, "%s\n", site->broker.log + (len > LOG_SHOWN ? len - LOG_SHOWN : 0));
}

bool site_await(struct site *site, struct history *history)
{
    if (broker_await(&site->broker)) {
        return true;
    }
    show_log(site);
    history_fail(history, "the broker does not start");
    return false;
}

void site_kill(struct site *site)
{
    broker_signal(&site->broker, SIGKILL);
    broker_wait(&site->broker, PATIENCE_MS);
    broker_forget(&site->broker);
}

bool site_stop(struct site *site, struct history *history)
{
    broker_signal(&site->broker, SIGTERM);
    int status = broker_wait(&site->broker, PATIENCE_MS);
    if (status != 0) {
        show_log(site);
        history_fail(history, "the broker does not stop as it should: %d", status);
    }
    broker_forget(&site->broker);
    return status == 0;
}
