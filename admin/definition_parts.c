#include "admin/definition_parts.h"

#include <stdlib.h>

#include "admin/api_internal.h"
#include "admin/json_table.h"
#include "admin/writer.h"
#include "base/memory.h"
#include "broker/view_walk.h"

enum { PART_OCTETS = 48 * 1024, PART_ITEMS = 1000 };

enum stage { STAGE_QUEUES, STAGE_EXCHANGES, STAGE_BINDINGS };

struct parts {
    struct writer writer;        // goes on where the last part ended
    struct columns columns;      // of the writer
    struct bytes parameter;      // owned: what the columns point into
    struct bytes beginning;      // owned: what was written before there were parts
    struct view_walk *queues;    // owned
    struct view_walk *bindings;  // owned
    struct view_walk *exchanges; // owned
    struct arena item;           // of queues, for the length of a part
    enum stage stage;
    bool begun;        // the stage's list
    bool names_vhosts; // of all virtual hosts: what belongs to one says so
};

static void write_place(struct writer *w, const struct parts *parts, struct slice vhost)
{
    if (parts->names_vhosts) {
        write_text(w, "vhost", vhost);
    }
}

static void write_queue_definition(struct parts *parts, const struct queue_view *view,
                                   struct writer *w)
{
    static const char *const kinds[] = {"classic", "quorum", "stream"};
    write_object(w, NULL);
    write_text(w, "name", view->name);
    write_place(w, parts, view->vhost);
    write_truth(w, "durable", view->durable);
    write_truth(w, "auto_delete", view->auto_delete);
    write_str(w, "type", kinds[view->kind % 3]);
    write_table(w, "arguments", view->arguments);
    write_end(w);
}

static void write_exchange_definition(struct parts *parts, const struct exchange_view *view,
                                      struct writer *w)
{
    write_object(w, NULL);
    write_text(w, "name", view->name);
    write_place(w, parts, view->vhost);
    write_text(w, "type", view->type);
    write_truth(w, "durable", view->durable);
    write_truth(w, "auto_delete", view->auto_delete);
    write_truth(w, "internal", view->internal);
    write_table(w, "arguments", view->arguments);
    write_end(w);
}

static void write_binding_definition(struct parts *parts, const struct binding_view *view,
                                     struct writer *w)
{
    write_object(w, NULL);
    write_text(w, "source", view->source);
    write_place(w, parts, view->vhost);
    write_text(w, "destination", view->destination);
    write_str(w, "destination_type", view->to_exchange ? "exchange" : "queue");
    write_text(w, "routing_key", view->key);
    write_table(w, "arguments", view->arguments);
    write_end(w);
}

/* Each of these writes one item, or passes it over; false if there are no more. */
static bool next_queue(struct parts *parts)
{
    struct queue_view view;
    bool found = view_walk_queue(parts->queues, &parts->item, &view);
    if (found && !view.exclusive) {
        write_queue_definition(parts, &view, &parts->writer);
    }
    return found;
}

static bool next_exchange(struct parts *parts)
{
    struct exchange_view view;
    bool found = view_walk_exchange(parts->exchanges, &parts->item, &view);
    if (found && view.name.len > 0 && !slice_starts(view.name, SLICE("amq."))) {
        write_exchange_definition(parts, &view, &parts->writer);
    }
    return found;
}

/* Bindings of exclusive queues go with those: they are left out. */
static bool next_binding(struct parts *parts)
{
    struct binding_view view;
    bool found = view_walk_binding(parts->bindings, &view);
    if (found && !view.exclusive) {
        write_binding_definition(parts, &view, &parts->writer);
    }
    return found;
}

/* Writes the stage's list on; false at its end. */
static bool write_list(struct parts *parts, const char *name, bool (*next)(struct parts *))
{
    const struct bytes *out = parts->writer.out;
    size_t limit = out->len + PART_OCTETS;
    if (!parts->begun) {
        parts->begun = true;
        write_array(&parts->writer, name);
    }
    for (int i = 0; i < PART_ITEMS && out->len < limit; i++) {
        if (!next(parts)) {
            write_end(&parts->writer);
            parts->begun = false;
            return false;
        }
    }
    arena_finish(&parts->item);
    return true;
}

static bool parts_next(void *state, struct bytes *out)
{
    struct parts *parts = state;
    parts->writer.out = out;
    bytes_add(out, bytes_slice(&parts->beginning));
    bytes_finish(&parts->beginning);
    switch (parts->stage) {
    case STAGE_QUEUES:
        parts->stage += !write_list(parts, "queues", next_queue);
        break;
    case STAGE_EXCHANGES:
        parts->stage += !write_list(parts, "exchanges", next_exchange);
        break;
    case STAGE_BINDINGS:
        if (!write_list(parts, "bindings", next_binding)) {
            write_end(&parts->writer);
            return false;
        }
        break;
    }
    return true;
}

static void parts_free(void *state)
{
    struct parts *parts = state;
    view_walk_free(parts->queues);
    view_walk_free(parts->exchanges);
    view_walk_free(parts->bindings);
    arena_finish(&parts->item);
    bytes_finish(&parts->beginning);
    bytes_finish(&parts->parameter);
    free(parts);
}

void definition_parts(struct call *call, void (*beginning)(struct writer *w, struct call *call))
{
    struct parts *parts = memory_new(sizeof *parts);
    struct view_scope scope = call_scope(call);
    bytes_add(&parts->parameter, target_parameter(&call->target, SLICE("columns")));
    columns_parse(bytes_slice(&parts->parameter), &parts->columns);
    writer_init(&parts->writer, &parts->beginning, &parts->columns);
    write_object(&parts->writer, NULL);
    beginning(&parts->writer, call);
    parts->names_vhosts = !call->vhost.ptr;
    parts->queues = view_walk_new(call_broker(call), &scope);
    parts->exchanges = view_walk_new(call_broker(call), &scope);
    parts->bindings = view_walk_new(call_broker(call), &scope);
    call->reply->status = HTTP_OK;
    call->reply->parts =
        (struct reply_parts){.next = parts_next, .free = parts_free, .state = parts};
}
