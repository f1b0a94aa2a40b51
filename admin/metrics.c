#include "admin/metrics.h"

#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/scrape.h"
#include "conf/format.h"

void on_metrics(struct call *call)
{
    scrape_reply(call, call_settings(call)->prometheus_per_object ? SCRAPE_PER_OBJECT
                                                                  : SCRAPE_AGGREGATED);
}

void on_metrics_per_object(struct call *call)
{
    scrape_reply(call, SCRAPE_PER_OBJECT);
}

void on_metrics_detailed(struct call *call)
{
    scrape_reply(call, SCRAPE_DETAILED);
}

void on_metrics_memory_breakdown(struct call *call)
{
    scrape_reply(call, SCRAPE_MEMORY);
}

/* What follows the path that the settings say, without a slash at either end. False if the target
 * is not below it. */
static bool below_path(const char *path, struct slice target, struct slice *rest)
{
    struct slice root = format_slice(path);
    const uint8_t *query = target.len > 0 ? memchr(target.ptr, '?', target.len) : NULL;
    target.len = query ? (size_t)(query - target.ptr) : target.len;
    while (root.len > 0 && root.ptr[root.len - 1] == '/') {
        root.len--;
    }
    if (!slice_starts(target, root)) {
        return false;
    }
    *rest = (struct slice){target.ptr + root.len, target.len - root.len};
    if (rest->len > 0 && rest->ptr[0] != '/') {
        return false;
    }
    while (rest->len > 0 && rest->ptr[0] == '/') {
        *rest = (struct slice){rest->ptr + 1, rest->len - 1};
    }
    return true;
}

static call_handler handler_of(struct slice name)
{
    if (name.len == 0) {
        return on_metrics;
    }
    if (slice_eq(name, SLICE("per-object"))) {
        return on_metrics_per_object;
    }
    if (slice_eq(name, SLICE("memory-breakdown"))) {
        return on_metrics_memory_breakdown;
    }
    return slice_eq(name, SLICE("detailed")) ? on_metrics_detailed : NULL;
}

static void answer_other_method(const struct request *request, struct reply *reply)
{
    reply->status = request->method == HTTP_OPTIONS ? HTTP_OK : HTTP_METHOD_NOT_ALLOWED;
    bytes_add(&reply->allow, SLICE("HEAD, GET, OPTIONS"));
}

void metrics_answer(const struct api *api, const struct request *request, struct reply *reply)
{
    struct call call = {.api = api, .request = request, .reply = reply};
    struct slice name;
    call_handler handler = NULL;
    if (below_path(api->options.settings->prometheus_path, request->target, &name)) {
        handler = handler_of(name);
    }
    if (!handler) {
        reply_not_found(reply);
    } else if (request->method != HTTP_GET && request->method != HTTP_HEAD) {
        answer_other_method(request, reply);
    } else if (!target_parse(request->target, &call.target)) {
        reply->status = HTTP_BAD_REQUEST;
    } else {
        handler(&call);
        arena_finish(&call.arena);
        target_finish(&call.target);
    }
}
