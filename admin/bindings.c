#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/binding_key.h"
#include "admin/exchange_name.h"
#include "admin/handlers.h"
#include "admin/json_table.h"
#include "admin/rows.h"
#include "admin/walk.h"

void write_binding(struct writer *w, const void *item, const void *context)
{
    const struct binding_view *view = item;
    struct bytes key = {0};
    (void)context;
    binding_key_add(view->key, view->arguments, &key);
    write_object(w, NULL);
    write_text(w, "source", view->source);
    write_text(w, "vhost", view->vhost);
    write_text(w, "destination", view->destination);
    write_str(w, "destination_type", view->to_exchange ? "exchange" : "queue");
    write_text(w, "routing_key", view->key);
    write_table(w, "arguments", view->arguments);
    write_text(w, "properties_key", bytes_slice(&key));
    write_end(w);
    bytes_finish(&key);
}

static struct binding_view *find(struct call *call, const struct binding_filter *wanted,
                                 size_t *count)
{
    size_t all;
    struct view_scope scope = call_scope(call);
    struct binding_end end = {.name = wanted->destination, .is_exchange = wanted->to_exchange};
    scope.implicit = true;
    struct binding_view *views = view_bindings_to(call_broker(call), &scope, &end, &all);
    *count = 0;
    for (size_t i = 0; i < all; i++) {
        if (binding_fits(&views[i], wanted)) {
            views[(*count)++] = views[i];
        }
    }
    return views;
}

static void answer_bindings(struct call *call, const struct binding_filter *wanted)
{
    answer_list(call, (struct listing_source){.walk = walk_bindings(call, wanted),
                                              .size = sizeof(struct binding_view),
                                              .keys = 4,
                                              .write = write_binding});
}

void on_bindings(struct call *call)
{
    answer_bindings(call, &(struct binding_filter){.any_kind = true});
}

void on_bindings_from(struct call *call)
{
    struct binding_filter wanted = {.source = exchange_name_of(call->arguments[0]),
                                    .any_kind = true};
    answer_bindings(call, &wanted);
}

void on_bindings_to_exchange(struct call *call)
{
    struct binding_filter wanted = {.destination = exchange_name_of(call->arguments[0]),
                                    .to_exchange = true};
    answer_bindings(call, &wanted);
}

void on_bindings_to_queue(struct call *call)
{
    answer_bindings(call, &(struct binding_filter){.destination = call->arguments[0]});
}

void on_bindings_between_q(struct call *call)
{
    answer_bindings(call, &(struct binding_filter){.source = exchange_name_of(call->arguments[0]),
                                                   .destination = call->arguments[1]});
}

void on_bindings_between_e(struct call *call)
{
    answer_bindings(call, &(struct binding_filter){.source = exchange_name_of(call->arguments[0]),
                                                   .destination = call->arguments[1],
                                                   .to_exchange = true});
}

static void answer_one(struct call *call, bool to_exchange)
{
    size_t count;
    struct answer answer;
    struct binding_filter wanted = {.source = exchange_name_of(call->arguments[0]),
                                    .destination = call->arguments[1],
                                    .key = call->arguments[2],
                                    .to_exchange = to_exchange};
    const struct binding_view *views = find(call, &wanted, &count);
    if (count == 0) {
        reply_not_found(call->reply);
        return;
    }
    write_binding(answer_begin(&answer, call), &views[0], NULL);
}

void on_binding_q(struct call *call)
{
    answer_one(call, false);
}

void on_binding_e(struct call *call)
{
    answer_one(call, true);
}
