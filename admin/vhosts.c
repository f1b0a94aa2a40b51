#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/statistics.h"
#include "admin/vhost_metadata.h"

/* What rows are written with. */
struct vhost_context {
    const struct api *api;
    const struct statistics *statistics; // NULL: none are told
    bool alone;
};

static void write_vhost(struct writer *w, const void *item, const void *context)
{
    const struct vhost_view *vhost = item;
    const struct vhost_context *with = context;
    write_object(w, NULL);
    write_text(w, "name", vhost->name);
    write_vhost_metadata(w, vhost);
    if (vhost->metadata.queue_type.len == 0) {
        write_str(w, "default_queue_type", "undefined");
    }
    write_truth(w, "protected_from_deletion", vhost->is_protected);
    write_truth(w, "tracing", vhost->tracing);
    write_object(w, "cluster_state");
    write_str(w, with->api->options.node, "running");
    write_end(w);
    if (with->statistics) {
        struct subject subject = subject_of_vhost(with->statistics, vhost, with->alone);
        write_message_stats(w, &subject);
        write_lengths(w, &subject);
        write_octets(w, &subject);
    }
    write_end(w);
}

/* One that lies in the call's arena; NULL, and answered, if the parameters make no sense. */
static struct vhost_context *context_of(struct call *call)
{
    struct vhost_context *context = arena_new(&call->arena, sizeof *context);
    const struct statistics *statistics = statistics_begin(call);
    context->api = call->api;
    context->statistics = statistics_disabled(call) ? NULL : statistics;
    return statistics ? context : NULL;
}

/* Who monitors sees all, as in RabbitMQ. */
void on_vhosts(struct call *call)
{
    size_t count;
    struct vhost_view *views = view_vhosts(call_broker(call), &call->arena, &count);
    if (!call_may(call, RIGHT_MONITORING)) {
        call_keep_visible(call, views, &count, sizeof *views);
    }
    const struct vhost_context *context = context_of(call);
    if (!context) {
        return;
    }
    answer_list(call, (struct listing_source){.items = views,
                                              .count = count,
                                              .size = sizeof *views,
                                              .keys = 1,
                                              .paged = true,
                                              .context = context,
                                              .write = write_vhost});
}

/* They all run. */
void on_vhost_start(struct call *call)
{
    if (call_is_here(call, call->arguments[0])) {
        call->reply->status = HTTP_NO_CONTENT;
    }
}

void on_vhost(struct call *call)
{
    struct answer answer;
    struct vhost_view view;
    view_vhost(call_broker(call), call->vhost, &call->arena, &view);
    struct vhost_context *context = context_of(call);
    if (context) {
        context->alone = true;
        write_vhost(answer_begin(&answer, call), &view, context);
    }
}
