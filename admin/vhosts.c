#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/vhost_metadata.h"

static void write_vhost(struct writer *w, const void *item, const void *context)
{
    const struct vhost_view *vhost = item;
    const struct api *api = context;
    write_object(w, NULL);
    write_text(w, "name", vhost->name);
    write_vhost_metadata(w, &vhost->metadata);
    if (vhost->metadata.queue_type.len == 0) {
        write_str(w, "default_queue_type", "undefined");
    }
    write_truth(w, "tracing", vhost->tracing);
    write_object(w, "cluster_state");
    write_str(w, api->options.node, "running");
    write_end(w);
    write_u64(w, "messages", vhost->ready + vhost->unsettled);
    write_u64(w, "messages_ready", vhost->ready);
    write_u64(w, "messages_unacknowledged", vhost->unsettled);
    write_end(w);
}

/* Who monitors sees all, as in RabbitMQ. */
void on_vhosts(struct call *call)
{
    size_t count;
    struct vhost_view *views = view_vhosts(call_broker(call), &call->arena, &count);
    if (!call_may(call, RIGHT_MONITORING)) {
        call_keep_visible(call, views, &count, sizeof *views);
    }
    answer_list(call, (struct listing_source){.items = views,
                                              .count = count,
                                              .size = sizeof *views,
                                              .keys = 1,
                                              .paged = true,
                                              .context = call->api,
                                              .write = write_vhost});
}

void on_vhost(struct call *call)
{
    struct answer answer;
    struct vhost_view view;
    view_vhost(call_broker(call), call->vhost, &call->arena, &view);
    write_vhost(answer_begin(&answer, call), &view, call->api);
}
