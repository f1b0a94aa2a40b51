#ifndef BROKER_VIEW_WALK_H
#define BROKER_VIEW_WALK_H

#include "broker/view_numbers.h"
#include "broker/view_session.h"

struct view_walk;

/* Views of very many things, some at a time, while the core changes between the calls. What is
 * there all the while is met once. Virtual hosts, queues and exchanges that came after the walk was
 * made are not met, nor are bindings of theirs, whatever they are called; those that go meanwhile
 * may be met or not, as may bindings, channels and consumers that come or go. So whatever a binding
 * leads to has been met by a walk through the queues that was made at the same time and has ended.
 */
struct view_walk *view_walk_new(struct broker *broker, const struct view_scope *scope);
void view_walk_free(struct view_walk *walk); // before the broker; NULL is fine

/* The next queue, exchange, binding, channel or consumer; a walk is for one of these. False at the
 * end. Texts of queues and exchanges are copied to the arena, those of the others are borrowed from
 * the core until it changes; names of virtual hosts of the first three from the walk, and of
 * sources until the next call. */
bool view_walk_queue(struct view_walk *walk, struct arena *arena, struct queue_view *out);
bool view_walk_exchange(struct view_walk *walk, struct arena *arena, struct exchange_view *out);
bool view_walk_binding(struct view_walk *walk, struct binding_view *out);
bool view_walk_channel(struct view_walk *walk, struct channel_view *out);
bool view_walk_consumer(struct view_walk *walk, struct consumer_view *out);

/* Of exchanges, queues and channels numbers only (view_numbers.h). */
bool view_walk_exchange_numbers(struct view_walk *walk, struct exchange_numbers *out);
bool view_walk_queue_numbers(struct view_walk *walk, struct queue_numbers *out);
bool view_walk_channel_numbers(struct view_walk *walk, struct channel_numbers *out);

/* Copies what is borrowed from the core. */
void view_keep_binding(struct arena *arena, struct binding_view *view);
void view_keep_channel(struct arena *arena, struct channel_view *view);
void view_keep_consumer(struct arena *arena, struct consumer_view *view);

#endif
