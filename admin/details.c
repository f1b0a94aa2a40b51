#include "admin/details.h"

#include <stdlib.h>

#include "admin/api_internal.h"
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
    [PAIRS_OF_CHANNEL] = {{"publishes", PAIR_CHANNEL_EXCHANGE}, {"deliveries", PAIR_CHANNEL_QUEUE}},
    [PAIRS_OF_QUEUE] = {{"incoming", PAIR_EXCHANGE_QUEUE}, {"deliveries", PAIR_CHANNEL_QUEUE}},
    [PAIRS_OF_EXCHANGE] = {{"incoming", PAIR_CHANNEL_EXCHANGE}, {"outgoing", PAIR_EXCHANGE_QUEUE}},
};

/* How far the lists are written. */
struct progress {
    struct details details;
    struct writer writer;
    const struct pair_view *views; // of the list
    size_t count;
    size_t next;
    uint8_t list;
    bool gathered; // its views are there
    bool begun;    // it is being written
};

static void write_name(struct writer *w, const char *what, struct slice vhost, struct slice name)
{
    write_object(w, what);
    write_text(w, "name", name);
    write_text(w, "vhost", vhost);
    write_end(w);
}

/* The other one, and what was counted. */
static void write_detail(struct writer *w, const struct details *details,
                         const struct pair_view *view, bool alone)
{
    struct subject subject = subject_of_pair(details->statistics, view, alone);
    write_object(w, NULL);
    write_stats(w, &subject);
    if (details->query.of != PAIRS_OF_CHANNEL && view->kind != PAIR_EXCHANGE_QUEUE) {
        write_channel_details(w, details->peers, view->conn, view->channel);
    }
    if (details->query.of != PAIRS_OF_EXCHANGE && view->exchange.ptr) {
        write_name(w, "exchange", view->vhost, view->exchange);
    }
    if (details->query.of != PAIRS_OF_QUEUE && view->queue.ptr) {
        write_name(w, "queue", view->vhost, view->queue);
    }
    write_end(w);
}

/* Takes one list, so that no more than that is copied at a time. */
static void gather(struct progress *progress, struct arena *arena)
{
    struct details *details = &progress->details;
    progress->count = progress->next = 0;
    progress->gathered = true;
    if (details->statistics->detailed && !details->disabled) {
        details->query.kind = lists[details->query.of][progress->list].kind;
        progress->views = view_pairs(details->peers->api->options.broker, &details->query, arena,
                                     &progress->count);
    }
}

/* Goes on with the list; true if the limit has come before its end. */
static bool write_list(struct progress *progress, size_t limit)
{
    struct writer *w = &progress->writer;
    if (!progress->begun) {
        write_array(w, lists[progress->details.query.of][progress->list].name);
        progress->begun = true;
    }
    for (; progress->next < progress->count; progress->next++) {
        if (w->out->len >= limit) {
            return true;
        }
        write_detail(w, &progress->details, &progress->views[progress->next],
                     progress->next < SAMPLED_MAX);
    }
    write_end(w);
    progress->list++;
    progress->begun = progress->gathered = false;
    return false;
}

/* An answer that is written in parts. */
struct parts {
    struct progress progress;
    struct columns columns; // of the writer
    struct bytes head;      // what was written before; empty once it has gone out
    struct arena arena;
};

/* A list, or a part of it. */
static bool next_part(void *state, struct bytes *out)
{
    struct parts *parts = state;
    struct progress *progress = &parts->progress;
    bytes_add(out, bytes_slice(&parts->head));
    parts->head.len = 0;
    progress->writer.out = out;
    if (progress->list == LISTS) {
        write_end(&progress->writer);
        return false;
    }
    if (!progress->gathered) {
        gather(progress, &parts->arena);
    } else {
        write_list(progress, out->len + PART_OCTETS);
    }
    return true;
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
    while (progress.list < LISTS) {
        gather(&progress, &call->arena);
        if (progress.count > SHORT_COUNT) {
            answer_in_parts(call, &progress);
            return;
        }
        write_list(&progress, SIZE_MAX);
    }
    write_end(&progress.writer);
}
