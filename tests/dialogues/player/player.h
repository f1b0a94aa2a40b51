#ifndef TESTS_DIALOGUES_PLAYER_PLAYER_H
#define TESTS_DIALOGUES_PLAYER_PLAYER_H

#include <stdio.h>

#include "tests/dialogues/player/peer.h"
#include "tests/dialogues/player/script.h"
#include "tests/dialogues/player/value.h"

/* Where and as whom the dialogues are played. */
struct options {
    const char *host;
    const char *port;
    const char *user;
    const char *password;
    const char *vhost;
    const char *product;  // "leveret" or "rabbitmq"
    const char *have;     // what `needs` may ask for, separated by commas
    const char *restart;  // a command that starts the broker again; NULL: there is none
    const char *api_host; // of the management API; NULL: there is none
    const char *api_port;
    bool trace;
};

enum outcome {
    PASSED,
    FAILED,
    SKIPPED, // it needs what is not there
};

/* One dialogue while it is played. The parts of the player share it: play.c walks through the
 * statements, say.c sends, expect.c receives. */
struct player {
    const struct options *options; // borrowed
    struct arena arena;
    struct vars vars;
    struct list peers; // struct peer.link
    struct script script;
    int timeout_ms; // how long an expectation waits
    bool skipped;
    char *failure; // owned; NULL: all is well
};

static inline struct slice slice_of(const char *text)
{
    return (struct slice){(const uint8_t *)text, strlen(text)};
}

/* Writes why the dialogue fails; the first failure stays. Always returns false. */
bool player_fail(struct player *player, const char *format, ...);

/* NULL if no connection has this name. */
struct peer *player_peer(const struct player *player, struct slice name);
struct peer *player_add_peer(struct player *player, struct slice name);

/* Waits until octets come for any connection, or `deadline` (player_now) has passed: false. */
bool player_wait(struct player *player, int64_t deadline);
int64_t player_now(void); // milliseconds on a clock that only goes forward

/* Executes one statement that is not a block; `text` need not be the script's own. */
bool play_statement(struct player *player, const char *text);

/* Plays a file and tells on `report` how it went. */
enum outcome play_file(const struct options *options, const char *path, FILE *report);

#endif
