#include "tests/dialogues/player/expect.h"

#include <stdlib.h>
#include <time.h>

#include "tests/dialogues/player/handshake.h"
#include "tests/dialogues/player/manage.h"
#include "tests/dialogues/player/restart.h"
#include "tests/dialogues/player/trace.h"

/* Statements that are not blocks. */

static struct scanner scanner_of(struct player *player, const char *text)
{
    return (struct scanner){
        .pos = text, .end = text + strlen(text), .arena = &player->arena, .vars = &player->vars};
}

/* Where a statement speaks: "a", or channel 1 of it, "a.1". */
struct target {
    struct peer *peer;
    uint16_t channel;
};

static bool scan_target(struct player *player, struct scanner *scan, struct target *out)
{
    scan_space(scan);
    struct slice word = scan_word(scan);
    const uint8_t *dot = word.len ? memchr(word.ptr, '.', word.len) : NULL;
    struct slice name = {word.ptr, dot ? (size_t)(dot - word.ptr) : word.len};
    out->channel = dot ? (uint16_t)strtol((const char *)dot + 1, NULL, 10) : 0;
    out->peer = player_peer(player, name);
    return out->peer || player_fail(player, "no connection is named %.*s", (int)name.len,
                                    (const char *)name.ptr);
}

/* Sends a method without arguments of note and awaits its answer. */
static bool ask(struct player *player, struct target at, enum amqp_method method,
                enum amqp_method answer)
{
    struct call call = {.method = method};
    struct call answer_call = {.method = answer};
    if (method == METHOD_connection_close || method == METHOD_channel_close) {
        struct value success = {.kind = VALUE_NUMBER, .number = 200};
        call_add(&call, &player->arena, "reply_code", success);
    }
    const char *error = call_send(&call, at.peer, at.channel);
    return error ? player_fail(player, "%s", error)
                 : expect_call(player, at.peer, at.channel, &answer_call);
}

/* open a.1 a.2 */
static bool play_open(struct player *player, struct scanner *scan)
{
    bool good = true;
    while (good && !scan_at_end(scan)) {
        struct target at;
        good = scan_target(player, scan, &at) &&
               ask(player, at, METHOD_channel_open, METHOD_channel_open_ok);
    }
    return good;
}

/* close a.1 b */
static bool play_close(struct player *player, struct scanner *scan)
{
    bool good = true;
    while (good && !scan_at_end(scan)) {
        struct target at;
        if (!scan_target(player, scan, &at)) {
            return false;
        }
        if (at.channel) {
            good = ask(player, at, METHOD_channel_close, METHOD_channel_close_ok);
        } else {
            good = ask(player, at, METHOD_connection_close, METHOD_connection_close_ok);
            peer_hang_up(at.peer); // who gets the close-ok closes the socket
        }
    }
    return good;
}

static bool play_named(struct player *player, struct scanner *scan)
{
    scan_space(scan);
    return play_dial(player, scan_word(scan));
}

static bool play_connect_to(struct player *player, struct scanner *scan)
{
    scan_space(scan);
    struct slice name = scan_word(scan);
    return play_connect(player, name, scan);
}

static bool play_hangup(struct player *player, struct scanner *scan)
{
    struct target at;
    if (!scan_target(player, scan, &at)) {
        return false;
    }
    peer_hang_up(at.peer);
    return true;
}

static bool play_hold(struct player *player, struct scanner *scan)
{
    struct target at;
    if (!scan_target(player, scan, &at)) {
        return false;
    }
    at.peer->holding = true;
    return true;
}

static bool play_flush(struct player *player, struct scanner *scan)
{
    struct target at;
    if (!scan_target(player, scan, &at)) {
        return false;
    }
    peer_flush(at.peer);
    return true;
}

/* pace a 3: so many octets a write from now on */
static bool play_pace(struct player *player, struct scanner *scan)
{
    struct target at;
    if (!scan_target(player, scan, &at)) {
        return false;
    }
    scan_space(scan);
    at.peer->pace = (size_t)scan_value(scan).number;
    return true;
}

static bool play_sleep(struct player *player, struct scanner *scan)
{
    (void)player;
    int64_t deadline = player_now() + scan_duration(scan);
    while (player_now() < deadline) {
        struct timespec nap = {.tv_nsec = 5000000};
        nanosleep(&nap, NULL);
    }
    return true;
}

static bool play_timeout(struct player *player, struct scanner *scan)
{
    player->timeout_ms = scan_duration(scan);
    return true;
}

/* set name "text" */
static bool play_set(struct player *player, struct scanner *scan)
{
    scan_space(scan);
    struct slice name = scan_word(scan);
    scan_space(scan);
    struct value value = scan_value(scan);
    if (value.kind != VALUE_TEXT) {
        return player_fail(player, "a variable is set to a string");
    }
    vars_set(&player->vars, name, value.text);
    return true;
}

/* needs limited: skips the dialogue where that is not told to be there; needs restart: where the
 * broker cannot be started again */
static bool play_needs(struct player *player, struct scanner *scan)
{
    scan_space(scan);
    struct slice need = scan_word(scan);
    const char *at = player->options->have;
    player->skipped = !player->options->restart || !slice_eq(need, SLICE("restart"));
    while (*at) {
        size_t len = strcspn(at, ",");
        if (slice_eq((struct slice){(const uint8_t *)at, len}, need)) {
            player->skipped = false;
        }
        at += len + (at[len] == ',');
    }
    return true;
}

static const struct {
    const char *word;
    bool (*play)(struct player *player, struct scanner *scan);
} statements[] = {
    {"connect", play_connect_to}, {"dial", play_named},    {"open", play_open},
    {"close", play_close},        {"hangup", play_hangup}, {"hold", play_hold},
    {"flush", play_flush},        {"pace", play_pace},     {"sleep", play_sleep},
    {"timeout", play_timeout},    {"set", play_set},       {"needs", play_needs},
    {"restart", play_restart},    {"crash", play_crash},   {"policy", play_policy},
    {"operator", play_operator},  {"clear", play_clear},   {"api", play_api},
};

/* a.1 > frame 9 00 01 */
static const char *send_frame(struct target at, struct scanner *scan)
{
    scan_space(scan);
    uint8_t type = (uint8_t)scan_value(scan).number;
    peer_send_frame(at.peer, type, at.channel, scan_octets(scan));
    return NULL;
}

/* Whatever stands behind `>`. */
static const char *send_statement(struct target at, struct scanner *scan)
{
    scan_space(scan);
    const char *start = scan->pos;
    struct slice word = scan_word(scan);
    if (slice_eq(word, SLICE("bytes"))) {
        peer_send(at.peer, scan_octets(scan));
        return NULL;
    }
    if (slice_eq(word, SLICE("frame"))) {
        return send_frame(at, scan);
    }
    if (slice_eq(word, SLICE("header"))) {
        scan_space(scan);
        return call_send_header(scan, at.peer, at.channel);
    }
    if (slice_eq(word, SLICE("body"))) {
        peer_send_frame(at.peer, 3, at.channel, scan_octets(scan));
        return NULL;
    }
    bool alone = slice_eq(word, SLICE("method"));
    if (!alone) {
        scan->pos = start;
    }
    struct call call = scan_call(scan);
    if (scan->error) {
        return scan->error;
    }
    return alone ? call_send_method(&call, at.peer, at.channel)
                 : call_send(&call, at.peer, at.channel);
}

/* a.1 > ..., a.1 < ..., a.1 refused ... */
static bool play_speech(struct player *player, struct scanner *scan)
{
    struct target at;
    if (!scan_target(player, scan, &at)) {
        return false;
    }
    scan_space(scan);
    if (scan_char(scan, '>')) {
        const char *error = send_statement(at, scan);
        return !error || player_fail(player, "%s", error);
    }
    if (scan_char(scan, '<')) {
        return expect_statement(player, at.peer, at.channel, scan);
    }
    if (slice_eq(scan_word(scan), SLICE("refused"))) {
        return expect_refused(player, at.peer, at.channel, scan);
    }
    return player_fail(player, "no such statement");
}

static void trace_statement(const struct player *player, const char *text)
{
    if (player->options->trace) {
        fprintf(stderr, "-- %s\n", text);
    }
}

bool play_statement(struct player *player, const char *text)
{
    struct scanner scan = scanner_of(player, text);
    bool (*play)(struct player *, struct scanner *) = play_speech;
    struct slice word = scan_word(&scan);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        size_t len = strlen(statements[i].word);
        if (slice_eq(word, (struct slice){(const uint8_t *)statements[i].word, len})) {
            play = statements[i].play;
        }
    }
    if (play == play_speech) {
        scan.pos = text;
    }
    trace_statement(player, text);
    if (!play(player, &scan)) {
        return scan.error ? player_fail(player, "%s", scan.error) : false;
    }
    if (!scan.error && !scan_at_end(&scan)) {
        scan.error = "there is more on the line than the statement takes";
    }
    return !scan.error || player_fail(player, "%s", scan.error);
}
