#include "queue/classic.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

/* Messages in the order in which their time comes, and of the same time in the order in which they
 * were pushed. They stand in a fifo by position, as those of a classic queue, so that the journal
 * sees nothing new; a heap says which one is next. Each takes 16 octets there, besides its place in
 * the fifo. While a queue is being restored the heap is left alone, and is made of what is there at
 * the end. */
struct due {
    uint64_t at;
    uint64_t position;
};

struct delayed {
    struct queue classic; // first: what queue_type's functions get
    struct due *dues;     // owned: a heap
    size_t count;
    size_t cap;
};

enum { CAP_MIN = 16, WALK_COUNT = 256 };

static struct delayed *delayed_of(struct queue *queue)
{
    return (struct delayed *)queue;
}

static struct queue *delayed_new(const struct queue_options *options)
{
    struct delayed *delayed = memory_new(sizeof *delayed);
    classic_init(&delayed->classic, &queue_delayed, options);
    return &delayed->classic;
}

static bool before(const struct due *a, const struct due *b)
{
    return a->at != b->at ? a->at < b->at : a->position < b->position;
}

static void resize(struct delayed *delayed, size_t cap)
{
    delayed->cap = cap;
    delayed->dues = memory_grow(delayed->dues, cap * sizeof *delayed->dues);
}

static void add(struct delayed *delayed, const struct due *due)
{
    if (delayed->count == delayed->cap) {
        resize(delayed, delayed->cap ? delayed->cap * 2 : CAP_MIN);
    }
    struct due *dues = delayed->dues;
    size_t at = delayed->count++;
    while (at > 0 && before(due, &dues[(at - 1) / 2])) {
        dues[at] = dues[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    dues[at] = *due;
}

/* Puts `due` where the root was, and down to where it belongs. */
static void sink(struct delayed *delayed, const struct due *due)
{
    struct due *dues = delayed->dues;
    size_t at = 0, child;
    while ((child = 2 * at + 1) < delayed->count) {
        if (child + 1 < delayed->count && before(&dues[child + 1], &dues[child])) {
            child++;
        }
        if (before(due, &dues[child])) {
            break;
        }
        dues[at] = dues[child];
        at = child;
    }
    dues[at] = *due;
}

static void remove_first(struct delayed *delayed)
{
    struct due last = delayed->dues[--delayed->count];
    if (delayed->count > 0) {
        sink(delayed, &last);
    }
    if (delayed->cap > CAP_MIN && delayed->count < delayed->cap / 4) {
        resize(delayed, delayed->cap / 2);
    }
}

static uint64_t delayed_push(struct queue *queue, struct msg *msg, uint64_t expires)
{
    struct due due = {expires, queue->position_next++};
    fifo_push(&queue->fresh, msg_ref(msg), due.position, expires);
    add(delayed_of(queue), &due);
    return due.position;
}

static bool delayed_take(struct queue *queue, struct delivery *out)
{
    struct delayed *delayed = delayed_of(queue);
    if (delayed->count == 0) {
        return false;
    }
    *out = (struct delivery){0};
    bool found = fifo_pick(&queue->fresh, delayed->dues[0].position, out);
    CHECK(found);
    remove_first(delayed);
    return true;
}

static void forget_dues(struct delayed *delayed)
{
    free(delayed->dues);
    delayed->dues = NULL;
    delayed->count = delayed->cap = 0;
}

static uint64_t delayed_purge(struct queue *queue, struct purged *out)
{
    forget_dues(delayed_of(queue));
    return classic_purge(queue, out);
}

static void delayed_free(struct queue *queue)
{
    delayed_purge(queue, NULL);
    free(delayed_of(queue));
}

static uint64_t delayed_expires_next(const struct queue *queue)
{
    const struct delayed *delayed = (const struct delayed *)queue;
    return delayed->count > 0 ? delayed->dues[0].at : QUEUE_NEVER;
}

static void delayed_restored(struct queue *queue)
{
    struct stored found[WALK_COUNT];
    struct queue_cursor cursor = {0};
    classic_restored(queue);
    forget_dues(delayed_of(queue));
    while (!cursor.done) {
        size_t count = classic_walk(queue, &cursor, found, WALK_COUNT);
        for (size_t i = 0; i < count; i++) {
            add(delayed_of(queue), &(struct due){found[i].expires, found[i].position});
        }
    }
}

/* Taken out of their order, its messages do not tell how far the mark runs ahead. */
static bool delayed_next_level(const struct queue *queue, uint16_t from, struct queue_level *out)
{
    bool found = classic_next_level(queue, from, out);
    out->taken = out->mark;
    return found;
}

/* Who is next is not looked up: what is not to be had yet is nobody's head. */
static void delayed_survey(const struct queue *queue, struct queue_extent *out)
{
    const struct delayed *delayed = (const struct delayed *)queue;
    classic_survey(queue, out);
    out->octets += sizeof *delayed - sizeof delayed->classic + delayed->cap * sizeof(struct due);
    out->head = NULL;
}

const struct queue_type queue_delayed = {
    .name = "delayed",
    .new_queue = delayed_new,
    .free_queue = delayed_free,
    .push = delayed_push,
    .take = delayed_take,
    .purge = delayed_purge,
    .ready_count = classic_ready_count,
    .expires_next = delayed_expires_next,
    .mark = classic_mark,
    .marked = classic_marked,
    .next_level = delayed_next_level,
    .restore_level = classic_restore_level,
    .restore = classic_restore,
    .forget = classic_forget,
    .restored = delayed_restored,
    .walk = classic_walk,
    .walk_returned = classic_walk_returned,
    .collect = classic_collect,
    .relocate = classic_relocate,
    .survey = delayed_survey,
};
