#include "admin/details.h"

#include <stdlib.h>

#include "base/memory.h"

enum {
    SHORT_COUNT = 50,        // is answered at once
    PART_OCTETS = 32 * 1024, // of a part, and a little more
    SAMPLED_MAX = 32,        // of an object: more would drive out what others watch
};

enum { LISTS = 2 };

static const struct {
    const char *name;
    enum pair_kind kind;
} lists[][LISTS] = {
    [DETAILED_CHANNEL] = {{"publishes", PAIR_CHANNEL_EXCHANGE}, {"deliveries", PAIR_CHANNEL_QUEUE}},
    [DETAILED_QUEUE] = {{"incoming", PAIR_EXCHANGE_QUEUE}, {"deliveries", PAIR_CHANNEL_QUEUE}},
    [DETAILED_EXCHANGE] = {{"incoming", PAIR_CHANNEL_EXCHANGE}, {"outgoing", PAIR_EXCHANGE_QUEUE}},
};

/* How far the lists are written. */
struct progress {
    struct details details;
    struct writer writer;
    uint8_t list;
    bool begun;  // the list is
    size_t next; // of the views
};

static void write_name(struct writer *w, const char *what, struct slice vhost, struct slice name)
{
    write_object(w, what);
    write_text(w, "name", name);
    write_text(w, "vhost", vhost);
    write_end(w);
}

/* The other one, and what was counted. */
static void write_detail(struct writer *w, const struct details *details, size_t index)
{
    const struct pair_view *view = &details->views[index];
    struct subject subject = subject_of_pair(details->statistics, view, index < SAMPLED_MAX);
    write_object(w, NULL);
    write_stats(w, &subject);
    if (details->of != DETAILED_CHANNEL && view->kind != PAIR_EXCHANGE_QUEUE) {
        write_channel_details(w, details->peers, view->conn, view->channel);
    }
    if (details->of != DETAILED_EXCHANGE && view->exchange.ptr) {
        write_name(w, "exchange", view->vhost, view->exchange);
    }
    if (details->of != DETAILED_QUEUE && view->queue.ptr) {
        write_name(w, "queue", view->vhost, view->queue);
    }
    write_end(w);
}

/* Goes on until there is so much; false at the end. */
static bool write_some(struct progress *progress, size_t limit)
{
    const struct details *details = &progress->details;
    struct writer *w = &progress->writer;
    for (; progress->list < LISTS; progress->list++) {
        if (!progress->begun) {
            write_array(w, lists[details->of][progress->list].name);
            progress->begun = true;
            progress->next = 0;
        }
        for (; progress->next < details->count; progress->next++) {
            if (w->out->len >= limit) {
                return true;
            }
            if (details->views[progress->next].kind == lists[details->of][progress->list].kind) {
                write_detail(w, details, progress->next);
            }
        }
        write_end(w);
        progress->begun = false;
    }
    write_end(w);
    return false;
}

/* An answer that is written in parts. */
struct parts {
    struct progress progress;
    struct columns columns; // of the writer
    struct bytes head;      // what was written before; empty once it has gone out
    struct arena arena;
};

static bool next_part(void *state, struct bytes *out)
{
    struct parts *parts = state;
    bytes_add(out, bytes_slice(&parts->head));
    parts->head.len = 0;
    parts->progress.writer.out = out;
    return write_some(&parts->progress, out->len + PART_OCTETS);
}

static void parts_free(void *state)
{
    struct parts *parts = state;
    bytes_finish(&parts->head);
    arena_finish(&parts->arena);
    free(parts);
}

static void answer_in_parts(struct call *call, const struct progress *progress)
{
    struct parts *parts = memory_new(sizeof *parts);
    struct slice columns = target_parameter(&call->target, SLICE("columns"));
    parts->progress = *progress;
    columns_parse(columns.ptr ? arena_copy(&call->arena, columns) : columns, &parts->columns);
    if (progress->writer.columns) {
        parts->progress.writer.columns = &parts->columns;
    }
    parts->head = call->reply->body;
    parts->arena = call->arena;
    call->reply->body = (struct bytes){0};
    call->arena = (struct arena){0};
    call->reply->parts = (struct reply_parts){next_part, parts_free, parts};
}

void answer_details(struct call *call, struct answer *answer, const struct details *details)
{
    struct progress progress = {.details = *details, .writer = answer->writer};
    if (details->count > SHORT_COUNT) {
        answer_in_parts(call, &progress);
    } else {
        write_some(&progress, SIZE_MAX);
    }
}
