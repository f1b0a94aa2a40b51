#include "tests/fuzz/fuzz.h"

#include "admin/api.h"
#include "base/check.h"
#include "broker/broker.h"
#include "broker/vhost.h"
#include "conf/settings.h"
#include "server/engine.h"

enum { REQUESTS_MAX = 20 };

/* A broker with management, as one who is trusted sees it. */
struct site {
    struct settings *settings;
    struct broker *broker;
    struct engine *engine;
    struct api *api;
};

static bool is_wrong(void *context, struct slice user, struct slice password)
{
    (void)context, (void)user, (void)password;
    return false;
}

static bool may_not(void *context, struct slice user)
{
    (void)context, (void)user;
    return false;
}

static struct site site_new(void)
{
    struct effects fx = {0};
    struct site site = {.settings = settings_new()};
    site.broker = broker_new(&(struct broker_options){.message_size_max = 1 << 20});
    site.engine = engine_new(&(struct engine_options){
        .broker = site.broker, .mechanisms = SLICE("PLAIN"), .cluster_name = SLICE("n")});
    site.api = api_new(&(struct api_options){
        .broker = site.broker,
        .engine = site.engine,
        .settings = site.settings,
        .authenticator = {.password_matches = is_wrong, .remote_allowed = may_not},
        .node = "n"});
    broker_add_vhost(site.broker, SLICE("/"), &fx);
    effects_free(&fx);
    engine_end_tick(site.engine, UINT64_MAX, 1);
    return site;
}

static void site_free(struct site *site)
{
    api_free(site->api);
    engine_free(site->engine);
    broker_free(site->broker);
    settings_free(site->settings);
}

/* The whole answer goes behind *body. */
static uint16_t ask(struct site *site, struct request *request, struct bytes *body)
{
    struct reply reply = {.status = 0};
    request->now_ms = 2;
    request->loopback = request->trusted = true;
    api_answer(site->api, request, &reply);
    while (reply.parts.next && reply_next(&reply, &reply.body)) {
    }
    uint16_t status = reply.status;
    bytes_add(body, bytes_slice(&reply.body));
    reply_finish(&reply);
    engine_end_tick(site->engine, UINT64_MAX, 2);
    return status;
}

static void export(struct site *site, struct bytes *out)
{
    struct request request = {.method = HTTP_GET, .target = SLICE("/api/definitions")};
    out->len = 0;
    CHECK(ask(site, &request, out) == HTTP_OK);
}

/* "METHOD target", a line end, and the body: JSON, or a form if it begins with "--b". */
static bool read_request(struct slice text, struct request *out)
{
    static const struct slice methods[] = {
#define M(name) {(const uint8_t *)#name, sizeof #name - 1},
        HTTP_METHODS(M)
#undef M
    };
    const uint8_t *end = text.len > 0 ? memchr(text.ptr, '\n', text.len) : NULL;
    struct slice line = {text.ptr, end ? (size_t)(end - text.ptr) : text.len};
    *out = (struct request){.method = HTTP_OTHER};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        size_t len = methods[i].len;
        if (slice_starts(line, methods[i]) && line.len > len && line.ptr[len] == ' ') {
            out->method = (enum http_method)i;
            out->target = (struct slice){line.ptr + len + 1, line.len - len - 1};
        }
    }
    if (end) {
        out->body = (struct slice){end + 1, text.len - line.len - 1};
    }
    if (slice_starts(out->body, SLICE("--b"))) {
        out->content_type = SLICE("multipart/form-data; boundary=b");
    }
    return out->target.len > 0;
}

/* Some requests, with a zero octet between them. Who is refused has changed nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct site site = site_new();
    struct slice rest = {data, size};
    struct bytes body = {0}, before = {0}, after = {0};
    struct request request;
    for (int i = 0; i < REQUESTS_MAX && rest.len > 0; i++) {
        const uint8_t *zero = memchr(rest.ptr, '\0', rest.len);
        struct slice text = {rest.ptr, zero ? (size_t)(zero - rest.ptr) : rest.len};
        rest = (struct slice){text.ptr + text.len + (zero != NULL),
                              rest.len - text.len - (zero != NULL)};
        if (!read_request(text, &request)) {
            continue;
        }
        export(&site, &before);
        body.len = 0;
        uint16_t status = ask(&site, &request, &body);
        export(&site, &after);
        CHECK(status >= 200 && status < 600);
        CHECK(status < 400 || slice_eq(bytes_slice(&before), bytes_slice(&after)));
    }
    bytes_finish(&body);
    bytes_finish(&before);
    bytes_finish(&after);
    site_free(&site);
    return 0;
}
