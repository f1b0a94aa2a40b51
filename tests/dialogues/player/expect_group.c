#include "tests/dialogues/player/expect.h"

#include <stdlib.h>

#include "tests/dialogues/player/expect_internal.h"

enum { GROUP_MAX = 256 };

/* One line of a group. */
struct member {
    struct peer *peer;
    uint16_t channel;
    struct call call;
    bool met;
};

static bool scan_member(struct player *player, const char *text, struct member *out)
{
    struct scanner scan = {
        .pos = text, .end = text + strlen(text), .arena = &player->arena, .vars = &player->vars};
    struct slice target = scan_word(&scan);
    const uint8_t *dot = memchr(target.ptr, '.', target.len);
    struct slice name = {target.ptr, dot ? (size_t)(dot - target.ptr) : target.len};
    out->channel = dot ? (uint16_t)strtol((const char *)dot + 1, NULL, 10) : 0;
    out->peer = player_peer(player, name);
    scan_space(&scan);
    if (!out->peer || !scan_char(&scan, '<')) {
        return player_fail(player, "a group holds lines like a.1 < METHOD: %s", text);
    }
    out->call = scan_call(&scan);
    return !scan.error || player_fail(player, "%s: %s", text, scan.error);
}

/* Holds what came on this member's channel against all members of that channel. */
static bool meet(struct player *player, struct member *members, size_t count, size_t at)
{
    struct peer *peer = members[at].peer;
    struct event *event = expect_await(player, peer, members[at].channel, false);
    if (!event) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct member *member = &members[i];
        if (!member->met && member->peer == peer && member->channel == event->channel &&
            call_matches(&member->call, event, NULL)) {
            member->met = true;
            call_capture(&member->call, event, &player->vars);
            peer_take(peer, event);
            return true;
        }
    }
    return expect_fail_received(player, peer, event, "which is none of the group");
}

static bool meet_all(struct player *player, struct member *members, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        while (!members[at].met) {
            if (!meet(player, members, count, at)) {
                return false;
            }
        }
    }
    return true;
}

bool expect_group(struct player *player, size_t first, size_t *behind)
{
    struct member members[GROUP_MAX] = {0};
    size_t count = 0;
    size_t at = first;
    for (; at < player->script.count && count < GROUP_MAX; at++) {
        const char *text = player->script.statements[at].text;
        if (strcmp(text, "}") == 0) {
            *behind = at;
            return meet_all(player, members, count);
        }
        if (!scan_member(player, text, &members[count++])) {
            return false;
        }
    }
    return player_fail(player, "the group is not closed by a }");
}
