#include "tests/dialogues/player/expect.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "tests/dialogues/player/trace.h"

enum { GROUP_MAX = 256 };

/* Fails with the reason and, if something was received, what. */
static bool fail_received(struct player *player, const struct peer *peer, const struct event *event,
                          const char *reason)
{
    char *told = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&told, &len);
    tell_event(out, peer->name, event);
    fclose(out);
    player_fail(player, "received: %s\n    %s", told, reason);
    free(told);
    return false;
}

/* The event that says that a channel, and what is expected on it, is over. */
static struct event *ending(const struct peer *peer)
{
    struct event *event = peer_first(peer, 0);
    bool ends = event && !event->heartbeat && event->args.method == METHOD_connection_close;
    return ends ? event : NULL;
}

static void drop_heartbeats(struct peer *peer)
{
    struct event *event = peer_first(peer, 0);
    while (event && event->heartbeat) {
        peer_take(peer, event);
        event = peer_first(peer, 0);
    }
}

/* Why nothing more will come on this channel, told; true while something still can. */
static bool may_come(struct player *player, struct peer *peer, uint16_t channel)
{
    struct event *end = ending(peer);
    if (end && channel != 0) {
        return fail_received(player, peer, end, "that ends the connection");
    }
    if (peer->broken) {
        return player_fail(player, "received: %s", peer->broken);
    }
    if (peer->ended || peer->fd == -1) {
        return player_fail(player, "the connection is closed");
    }
    return true;
}

/* Waits for the next event of this channel; NULL with the failure told. */
static struct event *await(struct player *player, struct peer *peer, uint16_t channel,
                           bool heartbeat)
{
    int64_t deadline = player_now() + player->timeout_ms;
    for (;;) {
        peer_parse(peer);
        if (!heartbeat) {
            drop_heartbeats(peer);
        }
        struct event *event = peer_first(peer, channel);
        if (event) {
            return event;
        }
        if (!may_come(player, peer, channel)) {
            return NULL;
        }
        if (!player_wait(player, deadline)) {
            player_fail(player, "nothing came in %d ms", player->timeout_ms);
            return NULL;
        }
    }
}

static void note_received(struct peer *peer, const struct event *event)
{
    if (!event->heartbeat && event->args.method == METHOD_connection_open_ok) {
        peer->open = true;
    }
    if (!event->heartbeat && event->args.method == METHOD_connection_close) {
        peer->open = false;
    }
}

bool expect_call(struct player *player, struct peer *peer, uint16_t channel,
                 const struct call *call)
{
    struct event *event = await(player, peer, channel, call->heartbeat);
    if (!event) {
        return false;
    }
    char reason[128] = "";
    FILE *why = fmemopen(reason, sizeof reason, "w");
    bool good = call_matches(call, event, why);
    fclose(why);
    if (!good) {
        return fail_received(player, peer, event, reason);
    }
    call_capture(call, event, &player->vars);
    note_received(peer, event);
    peer_take(peer, event);
    return true;
}

bool expect_closed(struct player *player, struct peer *peer)
{
    int64_t deadline = player_now() + player->timeout_ms;
    while (!peer->ended) {
        if (!player_wait(player, deadline)) {
            return player_fail(player, "not closed in %d ms", player->timeout_ms);
        }
    }
    peer_parse(peer);
    drop_heartbeats(peer);
    if (!list_empty(&peer->events)) {
        struct event *event = container_of(list_first(&peer->events), struct event, link);
        return fail_received(player, peer, event, "before the connection was closed");
    }
    if (peer->in.len > 0) {
        return player_fail(player, "%zu octets came that are no frame", peer->in.len);
    }
    peer->open = false;
    return true;
}

static bool expect_nothing(struct player *player, struct peer *peer, uint16_t channel,
                           struct scanner *scan)
{
    int64_t deadline = player_now() + scan_duration(scan);
    for (;;) {
        peer_parse(peer);
        drop_heartbeats(peer);
        struct list_node *first = list_first(&peer->events);
        struct event *event = peer_first(peer, channel);
        if (channel == 0 && first) {
            event = container_of(first, struct event, link);
        }
        if (event) {
            return fail_received(player, peer, event, "where nothing was expected");
        }
        if (!may_come(player, peer, channel)) {
            return false;
        }
        if (!player_wait(player, deadline)) {
            return true;
        }
    }
}

static bool expect_bytes(struct player *player, struct peer *peer, struct scanner *scan)
{
    struct slice wanted = scan_octets(scan);
    int64_t deadline = player_now() + player->timeout_ms;
    while (peer->in.len < wanted.len && !peer->ended && player_wait(player, deadline)) {
    }
    struct slice got = bytes_slice(&peer->in);
    if (!slice_starts(got, wanted)) {
        char hex[512] = "";
        FILE *out = fmemopen(hex, sizeof hex, "w");
        tell_hex(out, got);
        fclose(out);
        return player_fail(player, "received: %s", hex);
    }
    bytes_consume(&peer->in, wanted.len);
    return true;
}

/* Confirms that are still to come: state[tag - first]. */
struct confirms {
    uint64_t first;
    uint64_t last;
    uint64_t left;
    char *state; // owned: '?', 'a' (acked) or 'n' (nacked), by tag
};

static bool settle(struct confirms *confirms, uint64_t tag, bool multiple, char state)
{
    if (tag < confirms->first || tag > confirms->last) {
        return false;
    }
    uint64_t settled = 0;
    for (uint64_t at = multiple ? confirms->first : tag; at <= tag; at++) {
        if (confirms->state[at - confirms->first] == '?') {
            confirms->state[at - confirms->first] = state;
            settled++;
        }
    }
    confirms->left -= settled;
    return settled > 0;
}

static bool settle_by(struct confirms *confirms, const struct event *event)
{
    if (event->args.method == METHOD_basic_ack) {
        const struct amqp_basic_ack *ack = &event->args.basic_ack;
        return settle(confirms, ack->delivery_tag, ack->multiple, 'a');
    }
    if (event->args.method == METHOD_basic_nack) {
        const struct amqp_basic_nack *nack = &event->args.basic_nack;
        return settle(confirms, nack->delivery_tag, nack->multiple, 'n');
    }
    return false;
}

static bool await_confirms(struct player *player, struct peer *peer, uint16_t channel,
                           struct confirms *confirms)
{
    while (confirms->left > 0) {
        struct event *event = await(player, peer, channel, false);
        if (!event) {
            return false;
        }
        if (!settle_by(confirms, event)) {
            return fail_received(player, peer, event, "which confirms nothing that was expected");
        }
        peer_take(peer, event);
    }
    return true;
}

/* The tags that are listed behind `nacked` are nacked, all others acked. */
static bool check_nacked(struct player *player, const struct confirms *confirms,
                         struct scanner *scan)
{
    char *wanted = memory_new(confirms->last - confirms->first + 2);
    memset(wanted, 'a', confirms->last - confirms->first + 1);
    bool listed = !scan_at_end(scan) && slice_eq(scan_word(scan), SLICE("nacked"));
    while (listed && !scan_at_end(scan) && !scan->error) {
        uint64_t tag = (uint64_t)scan_value(scan).number;
        if (tag >= confirms->first && tag <= confirms->last) {
            wanted[tag - confirms->first] = 'n';
        }
    }
    bool good = strcmp(wanted, confirms->state) == 0 ||
                player_fail(player, "confirmed: %s, not %s", confirms->state, wanted);
    free(wanted);
    return good;
}

/* confirms 1..5 [nacked 2 3]: in any order, coalesced or not. */
static bool expect_confirms(struct player *player, struct peer *peer, uint16_t channel,
                            struct scanner *scan)
{
    scan_space(scan);
    char *behind;
    struct confirms confirms = {.first = strtoull(scan->pos, &behind, 10)};
    confirms.last = strncmp(behind, "..", 2) == 0 ? strtoull(behind + 2, &behind, 10) : 0;
    if (confirms.first == 0 || confirms.last < confirms.first) {
        return player_fail(player, "confirms are written 1..5");
    }
    scan->pos = behind;
    confirms.left = confirms.last - confirms.first + 1;
    confirms.state = memory_new(confirms.left + 1);
    memset(confirms.state, '?', confirms.left);
    bool good =
        await_confirms(player, peer, channel, &confirms) && check_nacked(player, &confirms, scan);
    free(confirms.state);
    return good;
}

bool expect_statement(struct player *player, struct peer *peer, uint16_t channel,
                      struct scanner *scan)
{
    scan_space(scan);
    const char *start = scan->pos;
    struct slice word = scan_word(scan);
    if (slice_eq(word, SLICE("nothing"))) {
        return expect_nothing(player, peer, channel, scan);
    }
    if (slice_eq(word, SLICE("closed"))) {
        return expect_closed(player, peer);
    }
    if (slice_eq(word, SLICE("bytes"))) {
        return expect_bytes(player, peer, scan);
    }
    if (slice_eq(word, SLICE("confirms"))) {
        return expect_confirms(player, peer, channel, scan);
    }
    scan->pos = start;
    struct call call = scan_call(scan);
    return !scan->error && expect_call(player, peer, channel, &call);
}

static struct value number_value(int64_t number)
{
    return (struct value){.kind = VALUE_NUMBER, .number = number};
}

/* The method that an error names: "queue.declare", or "60.40" by its numbers. */
static bool scan_culprit(struct scanner *scan, int64_t *class_id, int64_t *method_id)
{
    scan_space(scan);
    struct slice word = scan_word(scan);
    enum amqp_method method;
    *class_id = *method_id = 0;
    if (method_named(word, &method)) {
        *class_id = amqp_class_id(method);
        *method_id = amqp_method_id(method);
        return true;
    }
    char *dot = NULL;
    *class_id = word.len ? strtol((const char *)word.ptr, &dot, 10) : 0;
    if (!dot || *dot != '.') {
        return false;
    }
    *method_id = strtol(dot + 1, NULL, 10);
    return true;
}

bool expect_refused(struct player *player, struct peer *peer, uint16_t channel,
                    struct scanner *scan)
{
    struct call close = {.method = channel ? METHOD_channel_close : METHOD_connection_close};
    struct call close_ok = {.method =
                                channel ? METHOD_channel_close_ok : METHOD_connection_close_ok};
    int64_t class_id, method_id;
    scan_space(scan);
    call_add(&close, scan->arena, "reply-code", scan_value(scan));
    scan_space(scan);
    call_add(&close, scan->arena, "reply-text", scan_value(scan));
    if (!scan_culprit(scan, &class_id, &method_id)) {
        return player_fail(player, "a refusal is written 404 \"TEXT\" queue.declare (or 50.10)");
    }
    call_add(&close, scan->arena, "class-id", number_value(class_id));
    call_add(&close, scan->arena, "method-id", number_value(method_id));
    if (!expect_call(player, peer, channel, &close)) {
        return false;
    }
    call_send(&close_ok, peer, channel);
    return channel != 0 || expect_closed(player, peer);
}

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
    struct event *event = await(player, peer, members[at].channel, false);
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
    return fail_received(player, peer, event, "which is none of the group");
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

bool expect_no_more(struct player *player)
{
    list_each(node, &player->peers) {
        struct peer *peer = container_of(node, struct peer, link);
        peer_parse(peer);
        drop_heartbeats(peer);
        if (peer->broken) {
            return player_fail(player, "%s received: %s", peer->name, peer->broken);
        }
        if (!list_empty(&peer->events)) {
            struct event *event = container_of(list_first(&peer->events), struct event, link);
            return fail_received(player, peer, event, "which the dialogue does not expect");
        }
    }
    return true;
}
