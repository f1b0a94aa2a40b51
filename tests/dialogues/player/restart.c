#include "tests/dialogues/player/restart.h"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/dialogues/player/expect.h"
#include "tests/dialogues/player/handshake.h"

enum { PEERS_MAX = 64, TURN_MS = 20, EXEC_FAILED = 127 };

/* Starts `sh -c 'COMMAND how'`, whose output goes to stderr: stdout is the player's report. */
static pid_t spawn(struct player *player, const char *how)
{
    char command[4096];
    snprintf(command, sizeof command, "%s %s", player->options->restart, how);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(EXEC_FAILED);
    }
    return child;
}

/* A broker that stops in order asks its clients to close, and waits for their answer. */
static void answer_close(struct peer *peer)
{
    peer_parse(peer);
    struct event *event = peer_first(peer, 0);
    while (event && (event->heartbeat || event->args.method != METHOD_connection_close)) {
        peer_take(peer, event);
        event = peer_first(peer, 0);
    }
    if (event) {
        struct call close_ok = {.method = METHOD_connection_close_ok};
        call_send(&close_ok, peer, 0);
        peer_hang_up(peer);
    }
}

/* Waits until the command has ended; false if it failed. */
static bool await_command(struct player *player, pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (!player_wait(player, player_now() + TURN_MS)) {
            continue;
        }
        list_each(node, &player->peers) {
            answer_close(container_of(node, struct peer, link));
        }
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* None of the connections is left; the arena keeps what they were. */
static void drop_peers(struct player *player)
{
    while (!list_empty(&player->peers)) {
        struct peer *peer = container_of(list_first(&player->peers), struct peer, link);
        peer_finish(peer);
        list_unlink(&peer->link);
    }
}

static bool connect_again(struct player *player, const struct peer *old)
{
    struct scanner scan = {.pos = old->connect,
                           .end = old->connect + strlen(old->connect),
                           .arena = &player->arena,
                           .vars = &player->vars};
    struct slice name = {(const uint8_t *)old->name, strlen(old->name)};
    return play_connect(player, name, &scan);
}

static bool start_again(struct player *player, const char *how)
{
    struct peer *open[PEERS_MAX];
    size_t count = 0;
    if (!player->options->restart) {
        return player_fail(player, "only with --restart; say `needs restart` before");
    }
    list_each(node, &player->peers) {
        struct peer *peer = container_of(node, struct peer, link);
        if (peer->open && peer->connect && count < PEERS_MAX) {
            open[count++] = peer;
        }
    }
    if (!expect_no_more(player)) {
        return false;
    }
    pid_t child = spawn(player, how);
    if (child == -1 || !await_command(player, child)) {
        return player_fail(player, "the broker was not started again (%s %s)",
                           player->options->restart, how);
    }
    drop_peers(player);
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        good = connect_again(player, open[i]);
    }
    return good;
}

bool play_restart(struct player *player, struct scanner *scan)
{
    (void)scan;
    return start_again(player, "restart");
}

bool play_crash(struct player *player, struct scanner *scan)
{
    (void)scan;
    return start_again(player, "crash");
}
