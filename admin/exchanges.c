#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/details.h"
#include "admin/exchange_name.h"
#include "admin/handlers.h"
#include "admin/json_table.h"
#include "admin/statistics.h"
#include "admin/walk.h"

/* `statistics` is NULL if none are told. */
static void write_members(struct writer *w, const struct exchange_view *view,
                          const struct statistics *statistics, bool alone)
{
    write_text(w, "name", view->name);
    write_text(w, "vhost", view->vhost);
    write_text(w, "type", view->type);
    write_truth(w, "durable", view->durable);
    write_truth(w, "auto_delete", view->auto_delete);
    write_truth(w, "internal", view->internal);
    write_table(w, "arguments", view->arguments);
    if (view->policy.ptr) {
        write_text(w, "policy", view->policy);
    }
    write_text(w, "user_who_performed_action", view->user.len > 0 ? view->user : SLICE("unknown"));
    if (statistics) {
        struct subject subject = subject_of_exchange(statistics, view, alone);
        write_message_stats(w, &subject);
    }
}

static void write_exchange(struct writer *w, const void *item, const void *context)
{
    write_object(w, NULL);
    write_members(w, item, context, false);
    write_end(w);
}

void on_exchanges(struct call *call)
{
    const struct statistics *statistics = statistics_begin(call);
    if (!statistics) {
        return;
    }
    answer_list(call,
                (struct listing_source){.walk = walk_exchanges(call),
                                        .size = sizeof(struct exchange_view),
                                        .keys = 2,
                                        .name_key = 1,
                                        .paged = true,
                                        .context = statistics_disabled(call) ? NULL : statistics,
                                        .write = write_exchange});
}

void on_exchange(struct call *call)
{
    struct answer answer;
    struct exchange_view view;
    struct view_scope scope = call_scope(call);
    if (!view_exchange(call_broker(call), &scope, exchange_name_of(call->arguments[0]), &view)) {
        reply_not_found(call->reply);
        return;
    }
    const struct statistics *statistics = statistics_begin(call);
    if (!statistics) {
        return;
    }
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_members(w, &view, statistics_disabled(call) ? NULL : statistics, true);
    struct details details = {
        .query = {.of = PAIRS_OF_EXCHANGE, .vhost = view.vhost, .name = view.name},
        .statistics = statistics,
        .peers = peers_view(call),
        .disabled = statistics_disabled(call),
    };
    answer_details(call, &answer, &details);
}
