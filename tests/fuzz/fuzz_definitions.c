#include "tests/fuzz/fuzz.h"

#include "admin/api.h"
#include "base/check.h"
#include "broker/broker.h"
#include "conf/settings.h"
#include "server/engine.h"

/* A broker with management, as one who is trusted sees it. */
struct site {
    struct settings *settings;
    struct broker *broker;
    struct engine *engine;
    struct api *api;
};

static struct site site_new(void)
{
    struct site site = {.settings = settings_new()};
    site.broker = broker_new(&(struct broker_options){.message_size_max = 1 << 20});
    site.engine = engine_new(&(struct engine_options){
        .broker = site.broker, .mechanisms = SLICE("PLAIN"), .cluster_name = SLICE("n")});
    site.api = api_new(&(struct api_options){
        .broker = site.broker, .engine = site.engine, .settings = site.settings, .node = "n"});
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

/* Sends it and returns the status; the whole answer in *body. */
static uint16_t ask(struct site *site, enum http_method method, struct slice sent,
                    struct bytes *body)
{
    struct reply reply = {.status = 0};
    struct request request = {.method = method,
                              .target = SLICE("/api/definitions"),
                              .body = sent,
                              .now_ms = 2,
                              .loopback = true,
                              .trusted = true};
    api_answer(site->api, &request, &reply);
    while (reply.parts.next && reply_next(&reply, &reply.body)) {
    }
    uint16_t status = reply.status;
    bytes_add(body, bytes_slice(&reply.body));
    reply_finish(&reply);
    engine_end_tick(site->engine, UINT64_MAX, 2);
    return status;
}

/* Whatever came of an import is exported; another broker imports that, and exports the same. What
 * was refused has left nothing behind. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct site first = site_new(), second = site_new();
    struct bytes why = {0}, exported = {0}, again = {0}, nothing = {0};
    uint16_t status = ask(&first, HTTP_POST, (struct slice){data, size}, &why);
    CHECK(status == HTTP_NO_CONTENT || status == HTTP_BAD_REQUEST || status == HTTP_NOT_FOUND ||
          status == HTTP_UNAUTHORIZED);
    CHECK(ask(&second, HTTP_GET, SLICE(""), &nothing) == HTTP_OK);
    CHECK(ask(&first, HTTP_GET, SLICE(""), &exported) == HTTP_OK);
    CHECK(status == HTTP_NO_CONTENT || slice_eq(bytes_slice(&exported), bytes_slice(&nothing)));
    CHECK(ask(&second, HTTP_POST, bytes_slice(&exported), &why) == HTTP_NO_CONTENT);
    CHECK(ask(&second, HTTP_GET, SLICE(""), &again) == HTTP_OK);
    CHECK(exported.len == again.len);
    bytes_finish(&why);
    bytes_finish(&exported);
    bytes_finish(&again);
    bytes_finish(&nothing);
    site_free(&first);
    site_free(&second);
    return 0;
}
