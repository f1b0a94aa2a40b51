#include "tests/dialogues/player/expect.h"

#include <inttypes.h>
#include <stdlib.h>

#include "tests/dialogues/player/expect_internal.h"
#include "tests/dialogues/player/trace.h"

bool expect_fail_received(struct player *player, const struct peer *peer, const struct event *event,
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
        return expect_fail_received(player, peer, end, "that ends the connection");
    }
    if (peer->broken) {
        return player_fail(player, "received: %s", peer->broken);
    }
    if (peer->ended || peer->fd == -1) {
        return player_fail(player, "the connection is closed");
    }
    return true;
}

struct event *expect_await(struct player *player, struct peer *peer, uint16_t channel,
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
    struct event *event = expect_await(player, peer, channel, call->heartbeat);
    if (!event) {
        return false;
    }
    char reason[128] = "";
    FILE *why = fmemopen(reason, sizeof reason, "w");
    bool good = call_matches(call, event, why);
    fclose(why);
    if (!good) {
        return expect_fail_received(player, peer, event, reason);
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
        return expect_fail_received(player, peer, event, "before the connection was closed");
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
            return expect_fail_received(player, peer, event, "where nothing was expected");
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
            return expect_fail_received(player, peer, event, "which the dialogue does not expect");
        }
    }
    return true;
}
