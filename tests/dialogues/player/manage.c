#include "tests/dialogues/player/manage.h"

#include "tests/dialogues/player/http.h"
#include "tests/dialogues/player/json.h"
#include "tests/dialogues/player/match.h"

static void fail_scan(struct scanner *scan, const char *why)
{
    scan->error = scan->error ? scan->error : why;
}

static struct value scan_kind(struct scanner *scan, enum value_kind kind, const char *why)
{
    scan_space(scan);
    struct value value = scan_value(scan);
    if (value.kind != kind) {
        fail_scan(scan, why);
    }
    return value;
}

/* Takes the word, if it is next. */
static bool take_word(struct scanner *scan, struct slice word)
{
    scan_space(scan);
    const char *start = scan->pos;
    if (slice_eq(scan_word(scan), word)) {
        return true;
    }
    scan->pos = start;
    return false;
}

/* Whether the answer is what the rest of the statement, [refused CODE [REASON]], says. */
static bool check_answer(struct player *player, struct scanner *scan, int status,
                         struct slice answer)
{
    bool refused = take_word(scan, SLICE("refused"));
    struct value code = {.kind = VALUE_NUMBER}, reason = {.kind = VALUE_ANY};
    if (refused) {
        code = scan_kind(scan, VALUE_NUMBER, "refused wants a status");
        reason = scan_at_end(scan) ? reason : scan_value(scan);
    }
    if (scan->error) {
        return false;
    }
    bool good = refused ? status == code.number && match_octets(&reason, answer)
                        : status >= 200 && status < 300;
    return good || player_fail(player, "the API answered %d: %.*s", status, (int)answer.len,
                               (const char *)answer.ptr);
}

static bool ask(struct player *player, struct scanner *scan, struct http_request *request)
{
    struct bytes answer = {0};
    request->host = player->options->api_host;
    request->port = player->options->api_port;
    request->timeout_ms = player->timeout_ms;
    if (scan->error) {
        return false;
    }
    if (!request->host) {
        return player_fail(player, "only with --api");
    }
    int status = http_ask(request, &answer);
    bool good = check_answer(player, scan, status, bytes_slice(&answer));
    bytes_finish(&answer);
    return good;
}

/* The path of a policy in the dialogue's own virtual host. */
static void add_path(struct player *player, struct bytes *path, struct slice kind,
                     struct slice name)
{
    bytes_add(path, kind);
    http_add_segment(path, slice_of(player->options->vhost));
    bytes_add_u8(path, '/');
    http_add_segment(path, name);
}

static void add_member(struct bytes *body, struct slice name, const struct value *value)
{
    bytes_add(body, body->len ? SLICE(",") : SLICE("{"));
    json_add_text(body, name);
    bytes_add_u8(body, ':');
    if (value->kind == VALUE_NUMBER) {
        char number[24];
        snprintf(number, sizeof number, "%lld", (long long)value->number);
        bytes_add(body, slice_of(number));
    } else {
        json_add_text(body, value->text);
    }
}

/* PATTERN {DEFINITION} [apply-to=...] [priority=...] */
static void scan_policy(struct scanner *scan, struct bytes *body)
{
    struct value pattern = scan_kind(scan, VALUE_TEXT, "a pattern is a string");
    struct value definition = scan_kind(scan, VALUE_TABLE, "a definition is a table");
    add_member(body, SLICE("pattern"), &pattern);
    bytes_add(body, SLICE(",\"definition\":"));
    if (!json_add_object(body, definition.text)) {
        fail_scan(scan, "JSON has no word for a value");
    }
    while (!scan->error && !scan_at_end(scan)) {
        const char *start = scan->pos;
        struct slice name = scan_word(scan);
        if (!scan_char(scan, '=')) {
            scan->pos = start;
            break;
        }
        struct value value = scan_value(scan);
        add_member(body, name, &value);
    }
    bytes_add_u8(body, '}');
}

static bool put_policy(struct player *player, struct scanner *scan, struct slice kind)
{
    struct bytes path = {0}, body = {0};
    struct value name = scan_kind(scan, VALUE_TEXT, "a policy's name is a string");
    scan_policy(scan, &body);
    add_path(player, &path, kind, name.text);
    struct http_request request = {
        .method = SLICE("PUT"), .path = bytes_slice(&path), .body = bytes_slice(&body)};
    bool good = ask(player, scan, &request);
    bytes_finish(&path);
    bytes_finish(&body);
    return good;
}

bool play_policy(struct player *player, struct scanner *scan)
{
    return put_policy(player, scan, SLICE("policies/"));
}

bool play_operator(struct player *player, struct scanner *scan)
{
    if (!take_word(scan, SLICE("policy"))) {
        return player_fail(player, "an operator has a policy: operator policy NAME ...");
    }
    return put_policy(player, scan, SLICE("operator-policies/"));
}

bool play_clear(struct player *player, struct scanner *scan)
{
    bool by_operator = take_word(scan, SLICE("operator"));
    if (!take_word(scan, SLICE("policy"))) {
        return player_fail(player, "what is cleared is a policy");
    }
    struct bytes path = {0};
    struct value name = scan_kind(scan, VALUE_TEXT, "a policy's name is a string");
    add_path(player, &path, by_operator ? SLICE("operator-policies/") : SLICE("policies/"),
             name.text);
    struct http_request request = {.method = SLICE("DELETE"), .path = bytes_slice(&path)};
    bool good = ask(player, scan, &request);
    bytes_finish(&path);
    return good;
}

bool play_api(struct player *player, struct scanner *scan)
{
    struct bytes body = {0};
    struct http_request request = {0};
    scan_space(scan);
    request.method = scan_word(scan);
    request.path = scan_kind(scan, VALUE_TEXT, "a path is a string").text;
    scan_space(scan);
    if (scan->pos < scan->end && *scan->pos == '{') {
        struct value table = scan_value(scan);
        if (!scan->error && !json_add_object(&body, table.text)) {
            fail_scan(scan, "JSON has no word for a value");
        }
    }
    request.body = bytes_slice(&body);
    bool good = ask(player, scan, &request);
    bytes_finish(&body);
    return good;
}
