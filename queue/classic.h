#ifndef QUEUE_CLASSIC_H
#define QUEUE_CLASSIC_H

#include "queue/fifo.h"
#include "queue/queue.h"
#include "queue/returned.h"

/* The classic queue, for its own files. */
struct queue {
    struct queue_head head;
    struct fifo fresh;
    struct returned returned; // before everything in fresh
    uint64_t position_next;
    uint64_t mark;      // positions up to it may have been handed out, as far as the journal knows
    uint64_t mark_then; // what it was when the queue had been restored
};

/* Makes one of memory that is zero. */
void classic_init(struct queue *queue, const struct queue_type *type,
                  const struct queue_options *options);

/* As the functions of queue/queue.h. */
uint64_t classic_ready_count(const struct queue *queue);
uint64_t classic_purge(struct queue *queue, struct purged *out);
bool classic_mark(struct queue *queue, uint64_t position);
bool classic_marked(const struct queue *queue, uint64_t position);
bool classic_next_level(const struct queue *queue, uint16_t from, struct queue_level *out);
bool classic_restore_level(struct queue *queue, const struct queue_level *level);
enum queue_restored classic_restore(struct queue *queue, const struct stored *stored);
uint64_t classic_forget(struct queue *queue, const struct run *run, uint64_t *bytes);
void classic_restored(struct queue *queue);
bool classic_pick(struct queue *queue, uint64_t position, struct delivery *out);
size_t classic_walk(const struct queue *queue, struct queue_cursor *cursor, struct stored *out,
                    size_t count);
size_t classic_walk_returned(const struct queue *queue, struct queue_cursor *cursor,
                             struct stored *out, size_t count);
void classic_collect(const struct queue *queue, uint64_t from, uint64_t end, struct places *out);
uint64_t classic_relocate(struct queue *queue, const struct moves *moves);
void classic_survey(const struct queue *queue, struct queue_extent *out);

#endif
