#include "tests/dialogues/player/player.h"

#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "tests/dialogues/player/expect.h"

enum { TIMEOUT_MS = 30 * 1000, FAILURE_MAX = 4096, PEERS_MAX = 64 };

bool player_fail(struct player *player, const char *format, ...)
{
    if (!player->failure) {
        player->failure = memory_new(FAILURE_MAX);
        va_list args;
        va_start(args, format);
        vsnprintf(player->failure, FAILURE_MAX, format, args);
        va_end(args);
    }
    return false;
}

int64_t player_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct peer *player_peer(const struct player *player, struct slice name)
{
    list_each(node, &player->peers) {
        struct peer *peer = container_of(node, struct peer, link);
        if (slice_eq(slice_of(peer->name), name)) {
            return peer;
        }
    }
    return NULL;
}

/* A connection that is there already is hung up: its name is free again. */
struct peer *player_add_peer(struct player *player, struct slice name)
{
    struct peer *peer = player_peer(player, name);
    if (peer) {
        peer_finish(peer);
        list_unlink(&peer->link);
    }
    peer = arena_new(&player->arena, sizeof *peer);
    peer_init(peer, &player->arena, arena_string(&player->arena, name));
    peer->traced = player->options->trace;
    list_push(&player->peers, &peer->link);
    return peer;
}

bool player_wait(struct player *player, int64_t deadline)
{
    struct pollfd ready[PEERS_MAX];
    struct peer *peers[PEERS_MAX];
    nfds_t count = 0;
    list_each(node, &player->peers) {
        struct peer *peer = container_of(node, struct peer, link);
        if (peer->fd != -1 && !peer->ended && count < PEERS_MAX) {
            ready[count] = (struct pollfd){.fd = peer->fd, .events = POLLIN};
            peers[count++] = peer;
        }
    }
    int64_t left = deadline - player_now();
    if (left <= 0 || poll(ready, count, (int)left) <= 0) {
        return false;
    }
    for (nfds_t i = 0; i < count; i++) {
        if (ready[i].revents) {
            peer_read(peers[i]);
        }
    }
    return true;
}

static bool play_block(struct player *player, size_t from, size_t to);

/* repeat 5: the block so many times, $n counting from 1. */
static bool play_repeat(struct player *player, const char *count, size_t from, size_t to)
{
    char number[24];
    for (long n = 1, last = strtol(count, NULL, 10); n <= last; n++) {
        snprintf(number, sizeof number, "%ld", n);
        vars_set(&player->vars, SLICE("n"), slice_of(number));
        if (!play_block(player, from, to)) {
            return false;
        }
    }
    return true;
}

/* only rabbitmq: why */
static bool play_only(struct player *player, const char *rest, size_t from, size_t to)
{
    const char *colon = strchr(rest, ':');
    if (!colon || colon[1] == '\0') {
        return player_fail(player, "a difference must be explained: only PRODUCT: why");
    }
    struct slice product = {(const uint8_t *)rest, (size_t)(colon - rest)};
    bool mine = slice_eq(product, slice_of(player->options->product));
    return !mine || play_block(player, from, to);
}

static bool play_opened(struct player *player, const char *text, size_t from, size_t to)
{
    return *text == 'r' ? play_repeat(player, text + 7, from, to)
                        : play_only(player, text + 5, from, to);
}

/* Plays statement `at` and sets *next to the one behind it. */
static bool play_at(struct player *player, size_t at, size_t *next)
{
    const struct script *script = &player->script;
    const char *text = script->statements[at].text;
    *next = at + 1;
    if (strcmp(text, "{") == 0) {
        bool good = expect_group(player, at + 1, next);
        *next += 1;
        return good;
    }
    if (strncmp(text, "repeat ", 7) == 0 || strncmp(text, "only ", 5) == 0) {
        size_t end = script_block_end(script, at);
        *next = end + 1;
        return end < script->count ? play_opened(player, text, at + 1, end)
                                   : player_fail(player, "the block has no end");
    }
    return play_statement(player, text);
}

static bool play_block(struct player *player, size_t from, size_t to)
{
    while (from < to && !player->skipped) {
        size_t next = from + 1;
        if (!play_at(player, from, &next)) {
            const struct statement *at = &player->script.statements[from];
            if (strncmp(player->failure, "line ", 5) != 0) {
                char why[FAILURE_MAX];
                snprintf(why, sizeof why, "%s", player->failure);
                snprintf(player->failure, FAILURE_MAX, "line %d: %s\n    %.3800s", at->line,
                         at->text, why);
            }
            return false;
        }
        from = next;
    }
    return true;
}

/* Closes what is open and sees to it that nothing came that the script did not ask for. */
static bool play_end(struct player *player)
{
    char text[256];
    list_each(node, &player->peers) {
        struct peer *peer = container_of(node, struct peer, link);
        if (peer->open) {
            snprintf(text, sizeof text, "close %s", peer->name);
            if (!play_statement(player, text)) {
                return false;
            }
        }
    }
    return expect_no_more(player);
}

static void set_variables(struct player *player)
{
    static unsigned count;
    char id[64];
    const struct options *options = player->options;
    snprintf(id, sizeof id, "%lx-%lx-%u", (unsigned long)time(NULL), (unsigned long)getpid(),
             ++count);
    vars_set(&player->vars, SLICE("ID"), slice_of(id));
    vars_set(&player->vars, SLICE("USER"), slice_of(options->user));
    vars_set(&player->vars, SLICE("PASSWORD"), slice_of(options->password));
    vars_set(&player->vars, SLICE("VHOST"), slice_of(options->vhost));
}

static void player_finish(struct player *player)
{
    list_each(node, &player->peers) {
        peer_finish(container_of(node, struct peer, link));
    }
    free(player->failure);
    arena_finish(&player->arena);
}

enum outcome play_file(const struct options *options, const char *path, FILE *report)
{
    struct player player = {.options = options, .timeout_ms = TIMEOUT_MS};
    player.vars.arena = &player.arena;
    list_init(&player.peers);
    set_variables(&player);

    bool good = script_load(&player.script, &player.arena, path)
                    ? play_block(&player, 0, player.script.count) && play_end(&player)
                    : player_fail(&player, "cannot read the file");
    enum outcome outcome = !good ? FAILED : player.skipped ? SKIPPED : PASSED;
    static const char *const words[] = {"ok", "not ok", "skipped"};
    fprintf(report, "%s %s\n", words[outcome], path);
    if (!good) {
        fprintf(report, "  %s\n", player.failure);
    }
    player_finish(&player);
    return outcome;
}
