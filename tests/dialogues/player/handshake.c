#include "tests/dialogues/player/handshake.h"

#include "tests/dialogues/player/expect.h"

/* Options of connect: O(its name, the field that it fills, its default). The user and the password
 * become the response. */
#define CONNECT_OPTIONS(O)                                                                         \
    O(user, "\"$USER\"")                                                                           \
    O(password, "\"$PASSWORD\"")                                                                   \
    O(virtual_host, "\"$VHOST\"")                                                                  \
    O(channel_max, "2047")                                                                         \
    O(frame_max, "131072")                                                                         \
    O(heartbeat, "0")                                                                              \
    O(client_properties,                                                                           \
      "{product: \"dialogue\", capabilities: {publisher_confirms: true, \"basic.nack\": true, "    \
      "consumer_cancel_notify: true, \"connection.blocked\": true, "                               \
      "authentication_failure_close: true}}")

struct connect_options {
#define O(name, otherwise) struct value name;
    CONNECT_OPTIONS(O)
#undef O
};

static struct value default_value(struct player *player, const char *text)
{
    struct scanner scan = {
        .pos = text, .end = text + strlen(text), .arena = &player->arena, .vars = &player->vars};
    return scan_value(&scan);
}

static bool scan_options(struct player *player, struct scanner *scan, struct connect_options *out)
{
#define O(name, otherwise) out->name = default_value(player, otherwise);
    CONNECT_OPTIONS(O)
#undef O
    while (!scan->error && !scan_at_end(scan)) {
        char name[64];
        struct slice word = scan_word(scan);
        bool known = false;
        if (!scan_char(scan, '=')) {
            return player_fail(player, "connect's options are written name=value");
        }
        struct value value = scan_value(scan);
#define O(option, otherwise)                                                                       \
    field_spec_name(#option, name, sizeof name);                                                   \
    if (slice_eq(word, (struct slice){(const uint8_t *)name, strlen(name)})) {                     \
        out->option = value;                                                                       \
        known = true;                                                                              \
    }
        CONNECT_OPTIONS(O)
#undef O
        if (!known) {
            return player_fail(player, "connect has no such option");
        }
    }
    return !scan->error || player_fail(player, "%s", scan->error);
}

bool play_dial(struct player *player, struct slice name)
{
    struct peer *peer = player_add_peer(player, name);
    const struct options *options = player->options;
    return peer_dial(peer, options->host, options->port) ||
           player_fail(player, "nobody answers at %s port %s", options->host, options->port);
}

static bool expect_method(struct player *player, struct peer *peer, enum amqp_method method)
{
    struct call call = {.method = method};
    return expect_call(player, peer, 0, &call);
}

static bool send_call(struct player *player, struct peer *peer, const struct call *call)
{
    const char *error = call_send(call, peer, 0);
    return !error || player_fail(player, "%s", error);
}

static struct value text_value(struct slice text)
{
    return (struct value){.kind = VALUE_TEXT, .text = text};
}

static bool send_start_ok(struct player *player, struct peer *peer,
                          const struct connect_options *options)
{
    struct bytes login = {0};
    bytes_add_u8(&login, 0);
    bytes_add(&login, options->user.text);
    bytes_add_u8(&login, 0);
    bytes_add(&login, options->password.text);
    struct call call = {.method = METHOD_connection_start_ok};
    call_add(&call, &player->arena, "client_properties", options->client_properties);
    call_add(&call, &player->arena, "mechanism", text_value(SLICE("PLAIN")));
    call_add(&call, &player->arena, "response", text_value(bytes_slice(&login)));
    call_add(&call, &player->arena, "locale", text_value(SLICE("en_US")));
    bool good = send_call(player, peer, &call);
    bytes_finish(&login);
    return good;
}

static bool send_tune_ok(struct player *player, struct peer *peer,
                         const struct connect_options *options)
{
    struct call call = {.method = METHOD_connection_tune_ok};
    call_add(&call, &player->arena, "channel_max", options->channel_max);
    call_add(&call, &player->arena, "frame_max", options->frame_max);
    call_add(&call, &player->arena, "heartbeat", options->heartbeat);
    return send_call(player, peer, &call);
}

static bool send_open(struct player *player, struct peer *peer,
                      const struct connect_options *options)
{
    struct call call = {.method = METHOD_connection_open};
    call_add(&call, &player->arena, "virtual_host", options->virtual_host);
    return send_call(player, peer, &call);
}

bool play_connect(struct player *player, struct slice name, struct scanner *scan)
{
    struct connect_options options;
    struct slice text = {(const uint8_t *)scan->pos, (size_t)(scan->end - scan->pos)};
    if (!scan_options(player, scan, &options) || !play_dial(player, name)) {
        return false;
    }
    struct peer *peer = player_peer(player, name);
    peer->connect = arena_string(&player->arena, text);
    peer_send(peer, SLICE("AMQP\x00\x00\x09\x01"));
    return expect_method(player, peer, METHOD_connection_start) &&
           send_start_ok(player, peer, &options) &&
           expect_method(player, peer, METHOD_connection_tune) &&
           send_tune_ok(player, peer, &options) && send_open(player, peer, &options) &&
           expect_method(player, peer, METHOD_connection_open_ok);
}
