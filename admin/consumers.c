#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/json_table.h"
#include "admin/peers.h"
#include "admin/rows.h"
#include "admin/walk.h"

static const char *activity_of(const struct consumer_view *view)
{
    if (!view->single) {
        return "up";
    }
    return view->active ? "single_active" : "waiting";
}

void write_consumer(struct writer *w, const void *item, const void *context)
{
    const struct consumer_view *view = item;
    write_object(w, NULL);
    write_text(w, "consumer_tag", view->tag);
    write_truth(w, "ack_required", !view->no_ack);
    write_truth(w, "active", view->active);
    write_str(w, "activity_status", activity_of(view));
    write_truth(w, "exclusive", view->exclusive);
    write_u64(w, "prefetch_count", view->prefetch);
    write_table(w, "arguments", view->arguments);
    if (view->timeout_ms != UINT64_MAX) {
        write_u64(w, "consumer_timeout", view->timeout_ms);
    }
    write_object(w, "queue");
    write_text(w, "name", view->queue);
    write_text(w, "vhost", view->vhost);
    write_end(w);
    write_channel_details(w, context, view->conn, view->channel);
    write_end(w);
}

void on_consumers(struct call *call)
{
    answer_list(call, (struct listing_source){.walk = walk_consumers(call),
                                              .size = sizeof(struct consumer_view),
                                              .keys = 3,
                                              .context = peers_view(call),
                                              .write = write_consumer});
}
