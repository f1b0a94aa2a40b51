#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "server/store.h"

/* The only replica of a quorum queue, which is its leader. Its log is the journal, which all queues
 * share: an index is a position in it. */

static void refuse(struct call *call)
{
    struct answer answer;
    struct writer *w = answer_begin(&answer, call);
    call->reply->status = HTTP_UNAVAILABLE;
    write_object(w, NULL);
    write_str(w, "status", "failed");
    write_str(w, "reason", "classic_queue_not_supported");
    write_end(w);
}

static void write_snapshot(struct writer *w, uint64_t position)
{
    if (position > 0) {
        write_u64(w, "Snapshot Index", position);
    } else {
        write_str(w, "Snapshot Index", "undefined");
    }
}

static void write_replica(struct writer *w, const struct api_options *options)
{
    struct store_positions log = {.last = 0};
    if (options->store) {
        log = store_positions(options->store);
    }
    write_object(w, NULL);
    write_str(w, "Node Name", options->node);
    write_str(w, "Raft State", "leader");
    write_str(w, "Membership", "voter");
    write_u64(w, "Last Log Index", log.last);
    write_u64(w, "Last Written", log.written);
    write_u64(w, "Last Applied", log.last);
    write_u64(w, "Commit Index", log.durable);
    write_snapshot(w, log.checkpoint);
    write_u64(w, "Term", 1);
    write_u64(w, "Machine Version", 0);
    write_end(w);
}

void on_quorum_status(struct call *call)
{
    struct answer answer;
    struct queue_view view;
    struct view_scope scope = call_scope(call);
    if (!view_queue(call_broker(call), &scope, call->arguments[0], &view)) {
        reply_not_found(call->reply);
        return;
    }
    if (view.kind != QUEUE_QUORUM) {
        refuse(call);
        return;
    }
    struct writer *w = answer_begin(&answer, call);
    write_array(w, NULL);
    write_replica(w, &call->api->options);
    write_end(w);
}
