#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/details.h"
#include "admin/handlers.h"
#include "admin/json_table.h"
#include "admin/peers.h"
#include "admin/queue_details.h"
#include "admin/rows.h"
#include "admin/statistics.h"
#include "admin/walk.h"

static const char *kind_name(uint8_t kind)
{
    return kind == 0 ? "classic" : kind == 1 ? "quorum" : "stream";
}

static void write_tag(struct writer *w, const char *name, struct slice tag)
{
    if (tag.ptr) {
        write_text(w, name, tag);
    } else {
        write_null(w, name);
    }
}

static void write_definition(struct writer *w, const struct queue_view *view)
{
    write_text(w, "name", view->name);
    write_text(w, "vhost", view->vhost);
    write_str(w, "type", kind_name(view->kind));
    write_truth(w, "durable", view->durable);
    write_truth(w, "auto_delete", view->auto_delete);
    write_truth(w, "exclusive", view->exclusive);
    write_table(w, "arguments", view->arguments);
}

/* What rows are written with. */
struct queue_context {
    const struct peers *peers;
    const struct statistics *statistics;
    struct queue_moment moment;
    bool disabled; // only what has been declared is told,
    bool totals;   // and lengths if they are asked for
};

/* As little as RabbitMQ tells with disable_stats. */
static void write_totals(struct writer *w, const struct queue_view *view)
{
    write_u64(w, "messages", view->ready + view->unsettled + view->delayed);
    write_u64(w, "messages_ready", view->ready);
    write_u64(w, "messages_unacknowledged", view->unsettled);
}

static void write_state(struct writer *w, const struct queue_view *view,
                        const struct queue_context *context, bool alone)
{
    const struct peers *peers = context->peers;
    struct subject subject = subject_of_queue(context->statistics, view, alone);
    write_lengths(w, &subject);
    if (view->kind == QUEUE_QUORUM) {
        write_u64(w, "messages_delayed", view->delayed);
    }
    write_message_stats(w, &subject);
    write_u64(w, "message_bytes", view->ready_bytes + view->unsettled_bytes + view->delayed_bytes);
    write_u64(w, "message_bytes_ready", view->ready_bytes);
    write_u64(w, "message_bytes_unacknowledged", view->unsettled_bytes);
    write_u64(w, "consumers", view->consumers);
    write_tag(w, "exclusive_consumer_tag", view->exclusive_tag);
    write_tag(w, "single_active_consumer_tag", view->active_tag);
    write_tag(w, "policy", view->policy);
    write_tag(w, "operator_policy", view->operator_policy);
    write_table(w, "effective_policy_definition", view->definition);
    write_queue_details(w, view, &context->moment);
    if (view->exclusive) {
        write_connection_details(w, "owner_pid_details", peers_find(peers, view->owner));
    }
}

/* The one node that there is leads, and is all of them. */
static void write_replicas(struct writer *w, const char *node)
{
    static const char *const names[] = {"members", "online"};
    write_str(w, "leader", node);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        write_array(w, names[i]);
        write_str(w, NULL, node);
        write_end(w);
    }
}

static void write_members(struct writer *w, const struct queue_view *view,
                          const struct queue_context *context, bool alone)
{
    write_definition(w, view);
    write_str(w, "node", context->peers->api->options.node);
    write_str(w, "state", "running");
    if (view->kind != QUEUE_CLASSIC) {
        write_replicas(w, context->peers->api->options.node);
    }
    if (!context->disabled) {
        write_state(w, view, context, alone);
    } else if (context->totals) {
        write_totals(w, view);
    }
}

static void write_queue(struct writer *w, const void *item, const void *context)
{
    write_object(w, NULL);
    write_members(w, item, context, false);
    write_end(w);
}

/* One that lies in the call's arena; NULL, and answered, if the parameters make no sense. */
static const struct queue_context *context_of(struct call *call)
{
    struct queue_context *context = arena_new(&call->arena, sizeof *context);
    context->statistics = statistics_begin(call);
    context->peers = peers_view(call);
    context->moment = (struct queue_moment){.node = call->api->options.node,
                                            .now_ms = call->request->now_ms,
                                            .wall_offset_ms = call->api->options.wall_offset_ms,
                                            .statistics = context->statistics};
    context->disabled = statistics_disabled(call);
    context->totals = target_flag(&call->target, SLICE("enable_queue_totals"));
    return context->statistics ? context : NULL;
}

/* Those of a user's connections, or of all if that is NULL as its ptr. */
static void answer_queues(struct call *call, struct slice user)
{
    const struct queue_context *context = context_of(call);
    if (!context) {
        return;
    }
    answer_list(call, (struct listing_source){.walk = walk_queues(call, user),
                                              .size = sizeof(struct queue_view),
                                              .keys = 2,
                                              .name_key = 1,
                                              .paged = true,
                                              .context = context,
                                              .write = write_queue});
}

void on_queues(struct call *call)
{
    answer_queues(call, (struct slice){NULL, 0});
}

/* Who has declared a queue is not kept: these are the exclusive ones. */
void on_user_queues(struct call *call)
{
    answer_queues(call, call->arguments[0]);
}

static void write_consumers_of(struct writer *w, struct call *call, const struct queue_view *queue,
                               const struct peers *peers)
{
    size_t count;
    struct view_scope scope = call_scope(call);
    const struct consumer_view *views =
        view_consumers_of_queue(call_broker(call), &scope, queue->name, &count);
    write_array(w, "consumer_details");
    for (size_t i = 0; i < count; i++) {
        write_consumer(w, &views[i], peers);
    }
    write_end(w);
}

static void answer_queue_details(struct call *call, struct answer *answer,
                                 const struct queue_view *queue,
                                 const struct queue_context *context)
{
    struct details details = {
        .query = {.of = PAIRS_OF_QUEUE, .vhost = queue->vhost, .name = queue->name},
        .statistics = context->statistics,
        .peers = context->peers,
    };
    answer_details(call, answer, &details);
}

void on_queue(struct call *call)
{
    struct answer answer;
    struct queue_view view;
    struct view_scope scope = call_scope(call);
    if (!view_queue(call_broker(call), &scope, call->arguments[0], &view)) {
        reply_not_found(call->reply);
        return;
    }
    const struct queue_context *context = context_of(call);
    if (!context) {
        return;
    }
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_members(w, &view, context, true);
    if (context->disabled) {
        write_end(w);
        return;
    }
    write_consumers_of(w, call, &view, context->peers);
    answer_queue_details(call, &answer, &view, context);
}
