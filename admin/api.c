#include "admin/api.h"

#include <stdlib.h>

#include "admin/api_internal.h"
#include "admin/headers.h"
#include "admin/login.h"
#include "admin/routes.h"
#include "admin/sampler.h"
#include "base/memory.h"
#include "broker/permission.h"
#include "broker/vhost.h"
#include "conf/format.h"
#include "conf/log.h"
#include "server/login_attempts.h"
#include "server/machine.h"
#include "server/peer_ends.h"
#include "server/store.h"

enum { INTERVAL_MIN = 1000 }; // milliseconds: numbers are not looked at more often

struct api *api_new(const struct api_options *options)
{
    struct api *api = memory_new(sizeof *api);
    api->options = *options;
    api->logins = login_memory_new();
    if (options->settings->management_rates_mode != RATES_NONE &&
        !options->settings->management_disable_stats) {
        uint64_t interval = options->settings->collect_statistics_interval;
        struct sampler_options sampler = {
            .broker = options->broker,
            .engine = options->engine,
            .node = &api->options,
            .step_ms = interval > INTERVAL_MIN ? interval : INTERVAL_MIN,
            .detailed = options->settings->management_rates_mode == RATES_DETAILED,
        };
        api->sampler = sampler_new(&sampler, options->started_ms + options->wall_offset_ms);
    }
    return api;
}

void api_free(struct api *api)
{
    if (api) {
        login_memory_free(api->logins);
        sampler_free(api->sampler);
        free(api);
    }
}

uint64_t api_disk_free(const struct api_options *options)
{
    int64_t kept = options->store ? store_free_space(options->store) : -1;
    return kept < 0 ? machine_free_space(".") : (uint64_t)kept;
}

uint64_t api_sample_due(struct api *api, uint64_t now_ms)
{
    uint64_t offset = api->options.wall_offset_ms;
    uint64_t due = api->sampler ? sampler_due(api->sampler, now_ms + offset) : UINT64_MAX;
    return due == UINT64_MAX ? UINT64_MAX : due - offset;
}

void api_sample(struct api *api, uint64_t now_ms)
{
    if (api->sampler) {
        sampler_take(api->sampler, now_ms + api->options.wall_offset_ms);
    }
}

/* A tag brings the rights of those below it: administrators may do everything. */
static uint8_t rights_of(const struct user *user)
{
    uint8_t rights = 0;
    if (user_has_tag(user, SLICE("administrator"))) {
        rights = RIGHT_MANAGEMENT | RIGHT_MONITORING | RIGHT_POLICYMAKER | RIGHT_ADMINISTRATOR;
    }
    if (user_has_tag(user, SLICE("monitoring"))) {
        rights |= RIGHT_MANAGEMENT | RIGHT_MONITORING;
    }
    if (user_has_tag(user, SLICE("policymaker"))) {
        rights |= RIGHT_MANAGEMENT | RIGHT_POLICYMAKER;
    }
    if (user_has_tag(user, SLICE("management"))) {
        rights |= RIGHT_MANAGEMENT;
    }
    return rights;
}

/* The answer to one that failed is put off, so that guessing is slow; who knows the password waits
 * for nobody. */
static void count_login(struct call *call, struct slice name, bool succeeded)
{
    uint64_t port;
    struct login_attempt attempt = {.address = peer_end_of(call->request->peer, &port),
                                    .user = name,
                                    .protocol = LOGIN_HTTP,
                                    .succeeded = succeeded};
    call->reply->delay_ms = login_attempts_add(engine_logins(call->api->options.engine), &attempt);
}

static void refuse_login(const struct call *call, struct slice name, const char *why)
{
    log_warning(call->api->options.log, LOG_DEFAULT, "HTTP access denied: user '%.*s' - %s (%.*s)",
                (int)name.len, (const char *)name.ptr, why, (int)call->request->peer.len,
                (const char *)call->request->peer.ptr);
}

/* Who comes through the local socket without a name is an administrator without an account, by the
 * name that RabbitMQ gives its command line. */
static bool trust(struct call *call)
{
    if (!call->request->trusted || call->request->authorization.ptr) {
        return false;
    }
    call->trusted = true;
    call->user = SLICE("rmq-cli");
    call->rights = RIGHT_MANAGEMENT | RIGHT_MONITORING | RIGHT_POLICYMAKER | RIGHT_ADMINISTRATOR;
    return true;
}

bool call_log_in(struct call *call)
{
    const struct api *api = call->api;
    struct user user;
    struct bytes name = {0};
    struct login_check check = {.broker = api->options.broker,
                                .authenticator = &api->options.authenticator,
                                .loopback = call->request->loopback};
    enum login_outcome outcome =
        login_check(api->logins, &check, call->request->authorization, &user, &name);
    if (outcome != LOGIN_MISSING) {
        count_login(call, bytes_slice(&name), outcome == LOGIN_OK);
    }
    switch (outcome) {
    case LOGIN_OK:
        call->user = arena_copy(&call->arena, user.name);
        call->rights = rights_of(&user);
        break;
    case LOGIN_MISSING:
        call->reply->status = HTTP_UNAUTHORIZED;
        call->reply->challenge = true;
        break;
    case LOGIN_REFUSED:
        reply_error(call->reply, HTTP_UNAUTHORIZED, "not_authorized", SLICE("Login failed"));
        call->reply->challenge = true;
        refuse_login(call, bytes_slice(&name), "invalid credentials");
        break;
    case LOGIN_REMOTE:
        reply_not_authorised(call->reply, "User can only log in via localhost");
        refuse_login(call, bytes_slice(&name), "user can only log in via localhost");
        break;
    }
    bytes_finish(&name);
    return outcome == LOGIN_OK;
}

bool call_is_here(struct call *call, struct slice node)
{
    bool here = slice_eq(node, format_slice(call->api->options.node));
    if (!here) {
        reply_not_found(call->reply);
    }
    return here;
}

struct broker *call_broker(const struct call *call)
{
    return call->api->options.broker;
}

bool call_enters(const struct call *call, struct slice vhost)
{
    return broker_has_permission(call_broker(call), call->user, vhost);
}

bool call_sees(const struct call *call, struct slice vhost)
{
    return call_may(call, RIGHT_ADMINISTRATOR) || call_enters(call, vhost);
}

void call_keep_visible(struct call *call, void *items, size_t *count, size_t size)
{
    size_t kept = 0;
    struct slice last = {NULL, 0};
    bool sees = true;
    if (call_may(call, RIGHT_ADMINISTRATOR)) {
        return;
    }
    for (size_t i = 0; i < *count; i++) {
        uint8_t *item = (uint8_t *)items + i * size;
        const struct slice *vhost = (const struct slice *)(const void *)item;
        if (!last.ptr || !slice_eq(last, *vhost)) { // those of a virtual host stand together
            last = *vhost;
            sees = call_enters(call, last);
        }
        if (sees) {
            memmove((uint8_t *)items + kept++ * size, item, size);
        }
    }
    *count = kept;
}

static bool demand(struct call *call, enum right right, const char *otherwise)
{
    if (!call_may(call, right)) {
        reply_not_authorised(call->reply, otherwise);
        return false;
    }
    return true;
}

/* False if the request is answered with why not. */
static bool check_scope(struct call *call, enum scope scope)
{
    if (!demand(call, RIGHT_MANAGEMENT, "Not management user")) {
        return false;
    }
    switch (scope) {
    case SCOPE_PUBLIC:
    case SCOPE_LOGIN:
        return true;
    case SCOPE_MONITORING:
    case SCOPE_METRICS:
        return demand(call, RIGHT_MONITORING, "Not monitor user");
    case SCOPE_ADMINISTRATOR:
        return demand(call, RIGHT_ADMINISTRATOR, "Not administrator user");
    case SCOPE_POLICYMAKER:
        if (!demand(call, RIGHT_POLICYMAKER, "User not authorised to access object")) {
            return false;
        }
        break;
    case SCOPE_VHOST_MONITORED:
        if (call_may(call, RIGHT_MONITORING)) {
            return true;
        }
        break;
    case SCOPE_VHOST_VISIBLE:
        break;
    }
    if (call->vhost.ptr && !call_sees(call, call->vhost)) {
        reply_not_authorised(call->reply, "User not authorised to access virtual host");
        return false;
    }
    return true;
}

/* Whether a client that accepts this takes JSON, or plain text. Parameters and weights are passed
 * over. */
static bool accepts(struct slice accept, bool text)
{
    if (accept.len == 0) {
        return true;
    }
    const char *const fitting[] = {"*/*", text ? "text/*" : "application/*",
                                   text ? "text/plain" : "application/json"};
    size_t at = 0;
    while (at < accept.len) {
        size_t end = at;
        while (end < accept.len && accept.ptr[end] != ',') {
            end++;
        }
        while (at < end && (accept.ptr[at] == ' ' || accept.ptr[at] == '\t')) {
            at++;
        }
        struct slice range = {accept.ptr + at, end - at};
        const uint8_t *semicolon = range.len > 0 ? memchr(range.ptr, ';', range.len) : NULL;
        range.len = semicolon ? (size_t)(semicolon - range.ptr) : range.len;
        while (range.len > 0 && range.ptr[range.len - 1] == ' ') {
            range.len--;
        }
        for (size_t i = 0; i < sizeof fitting / sizeof *fitting; i++) {
            if (slice_eq(range, format_slice(fitting[i]))) {
                return true;
            }
        }
        at = end + 1;
    }
    return false;
}

static void list_methods(uint32_t allowed, struct bytes *out)
{
    static const char *const names[] = {
#define M(name) #name,
        HTTP_METHODS(M)
#undef M
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (allowed >> i & 1) {
            bytes_add(out, out->len > 0 ? SLICE(", ") : SLICE(""));
            bytes_add(out, format_slice(names[i]));
        }
    }
}

/* A path without such a method, or without any. */
static void answer_without_route(struct call *call, uint32_t allowed)
{
    bool options = call->request->method == HTTP_OPTIONS;
    if (call->request->method == HTTP_OTHER) {
        call->reply->status = HTTP_NOT_IMPLEMENTED;
        return;
    }
    if (allowed == 0 && !options) {
        reply_not_found(call->reply);
        return;
    }
    uint32_t reading = 1U << HTTP_HEAD | 1U << HTTP_GET | 1U << HTTP_OPTIONS;
    call->reply->status = options ? HTTP_OK : HTTP_METHOD_NOT_ALLOWED;
    list_methods(allowed ? allowed : reading, &call->reply->allow);
    if (options) {
        headers_add_preflight(call_settings(call), call->request, call->reply);
    }
}

/* RabbitMQ answers in this order: what there is, who asks, what he takes, what he asks for. */
static void run(struct call *call)
{
    uint32_t allowed = 0;
    const struct route *route = routes_find(call, &allowed);
    if (!route) {
        answer_without_route(call, allowed);
        return;
    }
    struct request request;
    call_take_credentials(call, route->handler, &request);
    if (route->scope != SCOPE_PUBLIC &&
        ((!trust(call) && !call_log_in(call)) || !check_scope(call, route->scope))) {
        return;
    }
    bool reads = call->request->method == HTTP_GET || call->request->method == HTTP_HEAD;
    if (reads && route->scope != SCOPE_PUBLIC &&
        !accepts(call->request->accept, route->scope == SCOPE_METRICS)) {
        call->reply->status = HTTP_NOT_ACCEPTABLE;
        return;
    }
    bool makes = call->request->method == HTTP_PUT; // perhaps the virtual host itself
    if (call->vhost.ptr && !makes && !broker_find_vhost(call_broker(call), call->vhost)) {
        reply_not_found(call->reply);
        return;
    }
    route->handler(call);
}

/* What follows management.path_prefix in the path. False if that is not what it begins with. */
static bool strip_prefix(const struct settings *settings, struct slice *target)
{
    struct slice prefix = format_slice(settings->management_path_prefix);
    while (prefix.len > 0 && prefix.ptr[prefix.len - 1] == '/') {
        prefix.len--;
    }
    bool begins = slice_starts(*target, prefix);
    if (begins) {
        *target = (struct slice){target->ptr + prefix.len, target->len - prefix.len};
    }
    return begins && target->len > 0 && target->ptr[0] == '/';
}

void api_answer(struct api *api, const struct request *request, struct reply *reply)
{
    struct call call = {.api = api, .request = request, .reply = reply};
    struct slice target = request->target;
    headers_add(api->options.settings, request, reply);
    if (!request->trusted && !strip_prefix(api->options.settings, &target)) {
        reply_not_found(reply);
        return;
    }
    if (!target_parse(target, &call.target)) {
        reply->status = HTTP_BAD_REQUEST;
        return;
    }
    run(&call);
    arena_finish(&call.arena);
    target_finish(&call.target);
}
