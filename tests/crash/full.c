#include "tests/crash/scenario.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/crash/campaign.h"
#include "tests/crash/census.h"
#include "tests/crash/content.h"
#include "tests/crash/session.h"
#include "tests/crash/traffic.h"

enum {
    DISK_MIB = 160,
    SIZE = 20000, // of a body
    WINDOW = 40,  // messages without a confirm: they fit into the socket's buffers
    ROUND_S = 300,
    MESSAGES_MAX = 10000, // more than the disk can take
};

struct full {
    struct history *history;
    struct fixtures fixtures;
    struct site site;
    struct content content; // scratch
    amqp_connection_state_t publisher;
    uint32_t numbers[2 * MESSAGES_MAX + 1]; // by delivery tag
    uint64_t tag_next, tag_first;
    bool blocked;
    char ballast[SITE_PATH_MAX + 16];
};

/* --- The disk. --- */

static bool run_command(const char *format, const char *a, const char *b)
{
    char command[1000];
    snprintf(command, sizeof command, format, a, b);
    return system(command) == 0;
}

/* In a view of the file system that ends with this program, however it ends. */
static bool mount_disk(const char *image, const char *directory)
{
    int fd = open(image, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    bool made = fd >= 0 && ftruncate(fd, (off_t)DISK_MIB << 20) == 0;
    close(fd);
    return made && mkdir(directory, 0700) == 0 && unshare(CLONE_NEWNS) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           run_command("mkfs.ext4 -q -m 0 %s %s", image, "") &&
           run_command("mount -o loop %s %s 2>/dev/null", image, directory);
}

static void fill_disk(struct full *full)
{
    static char octets[1 << 20];
    int fd = open(full->ballast, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    size_t size = sizeof octets;
    CHECK(fd >= 0 && lseek(fd, 0, SEEK_END) >= 0);
    while (size > 0) {
        if (write(fd, octets, size) <= 0) {
            CHECK(errno == ENOSPC);
            size /= 2;
        }
    }
    close(fd);
}

/* --- The publisher. --- */

static bool wrong(struct full *full, const char *what)
{
    history_fail(full->history, "%s", what);
    return false;
}

static void on_ack(struct full *full, const amqp_basic_ack_t *ack)
{
    CHECK(ack->delivery_tag < full->tag_next);
    uint64_t tag = ack->multiple ? full->tag_first : ack->delivery_tag;
    for (; tag <= ack->delivery_tag; tag++) {
        if (full->numbers[tag] > 0) {
            history_confirm(full->history, full->numbers[tag]);
            full->numbers[tag] = 0;
        }
    }
    while (full->tag_first < full->tag_next && full->numbers[full->tag_first] == 0) {
        full->tag_first++;
    }
}

static bool take_frames(struct full *full, int ms)
{
    amqp_frame_t frame;
    int got = session_wait(full->publisher, ms, &frame);
    for (; got > 0; got = session_wait(full->publisher, 0, &frame)) {
        if (frame.frame_type != AMQP_FRAME_METHOD) {
            continue;
        } else if (frame.payload.method.id == AMQP_BASIC_ACK_METHOD) {
            on_ack(full, frame.payload.method.decoded);
        } else if (frame.payload.method.id == AMQP_CONNECTION_BLOCKED_METHOD) {
            full->blocked = true;
        } else if (frame.payload.method.id == AMQP_CONNECTION_UNBLOCKED_METHOD) {
            full->blocked = false;
        } else {
            return wrong(full, "the publisher got something else than confirms");
        }
    }
    amqp_maybe_release_buffers(full->publisher);
    return got == 0 || wrong(full, "the publisher lost its connection");
}

static bool publish(struct full *full)
{
    struct message message = {.route = ROUTE_PLAIN, .size = SIZE, .persistent = true};
    history_publish(full->history, &message);
    content_make(&full->content, history_seed(full->history), &message);
    full->numbers[full->tag_next++] = message.number;
    return amqp_basic_publish(full->publisher, 1, amqp_empty_bytes, amqp_cstring_bytes("plain"), 0,
                              0, &full->content.properties, full->content.body) == AMQP_STATUS_OK ||
           wrong(full, "the publisher lost its connection");
}

/* Publishes so many messages, or until it is blocked. */
static bool publish_until_blocked(struct full *full, unsigned count)
{
    while (count > 0 && !full->blocked) {
        bool open = full->tag_next - full->tag_first < WINDOW;
        if ((open && !publish(full)) || !take_frames(full, open ? 0 : 20)) {
            return false;
        }
        count -= open;
    }
    return true;
}

static bool await_confirms(struct full *full)
{
    uint64_t end = clock_ms() + PATIENCE_MS;
    while (full->tag_first < full->tag_next) {
        if (!take_frames(full, 100)) {
            return false;
        } else if (clock_ms() > end) {
            return wrong(full, "a confirm does not come");
        }
    }
    return true;
}

static bool await_unblocked(struct full *full)
{
    uint64_t end = clock_ms() + PATIENCE_MS;
    while (full->blocked) {
        if (!take_frames(full, 100)) {
            return false;
        } else if (clock_ms() > end) {
            return wrong(full, "there is space again, and the publisher is not told");
        }
    }
    return true;
}

/* --- The story. --- */

static bool start(struct full *full)
{
    site_launch(&full->site);
    if (!site_await(&full->site, full->history) ||
        !campaign_inspect(&full->site, full->history, &full->fixtures)) {
        return false;
    }
    full->publisher = session_open_to_be_told(full->site.broker.port);
    full->tag_next = full->tag_first = 1;
    full->blocked = false;
    return (full->publisher && amqp_confirm_select(full->publisher, 1)) ||
           wrong(full, "no publisher can log in");
}

static bool fill_until_blocked(struct full *full)
{
    if (!publish_until_blocked(full, 100)) {
        return false;
    }
    fill_disk(full);
    if (!publish_until_blocked(full, MESSAGES_MAX)) {
        return false;
    }
    return full->blocked || wrong(full, "the disk is full, and the publisher is not blocked");
}

/* What consumers do needs no space, or at least none that is not in reserve. */
static bool consume_while_full(struct full *full)
{
    return census_read(full->history, full->site.broker.port, CENSUS_TAKE) &&
           census_read(full->history, full->site.broker.port, CENSUS_TAKE);
}

static bool free_and_go_on(struct full *full)
{
    CHECK(unlink(full->ballast) == 0);
    return await_unblocked(full) && publish_until_blocked(full, 200) && await_confirms(full);
}

static bool kill_while_full(struct full *full)
{
    if (!fill_until_blocked(full)) {
        return false;
    }
    site_kill(&full->site);
    CHECK(unlink(full->ballast) == 0);
    history_end_life(full->history, false);
    return campaign_finish(&full->site, full->history, &full->fixtures);
}

static bool tell(const char *step)
{
    printf("    %s\n", step);
    return true;
}

static bool run_story(struct full *full)
{
    return start(full) && tell("filling the disk") && fill_until_blocked(full) &&
           tell("full; consuming") && consume_while_full(full) && tell("making space") &&
           free_and_go_on(full) && tell("filling the disk again, and killing") &&
           kill_while_full(full);
}

static bool run_in(const char *mount, uint64_t seed, const char *limit)
{
    char root[SITE_PATH_MAX + 16];
    struct full *full = calloc(1, sizeof *full);
    CHECK(full);
    snprintf(root, sizeof root, "%s/%s", mount, limit);
    CHECK(mkdir(root, 0700) == 0);
    full->history = history_new(seed);
    full->site = site_new(root);
    full->site.disk_limit = limit;
    snprintf(full->ballast, sizeof full->ballast, "%s/ballast", mount);
    alarm(ROUND_S);
    bool well = run_story(full);
    if (!well) {
        printf("    WRONG: %s\n%s\n", history_verdict(full->history),
               full->site.broker.log ? full->site.broker.log : "");
    }
    if (full->site.broker.pid > 0) {
        site_kill(&full->site);
    }
    alarm(0);
    if (full->publisher) {
        session_drop(full->publisher);
    }
    unlink(full->ballast);
    site_free(&full->site);
    history_free(full->history);
    content_finish(&full->content);
    free(full);
    return well;
}

/* Once with a watermark, and once without one, so that the disk really has nothing left. */
void scenario_full(uint64_t seed, unsigned rounds, struct scenario_report *report)
{
    static const char *const limits[] = {"50MB", "1"};
    struct site site = site_new(NULL);
    char image[SITE_PATH_MAX];
    (void)rounds;
    snprintf(image, sizeof image, "%s/disk", site.root);
    if (!mount_disk(image, site.data)) {
        printf("  skipped: a loop device cannot be mounted here\n");
        report->skipped++;
    } else {
        for (unsigned i = 0; i < 2; i++) {
            printf("  disk_free_limit.absolute = %s\n", limits[i]);
            *(run_in(site.data, seed, limits[i]) ? &report->passed : &report->failed) += 1;
        }
        CHECK(run_command("umount %s%s", site.data, ""));
    }
    site_free(&site);
}
