#ifndef BROKER_DEAD_LETTER_H
#define BROKER_DEAD_LETTER_H

#include "broker/death.h"
#include "broker/effect.h"
#include "broker/taken.h"

struct broker;
struct broker_queue;
struct delivery;

/* The queue will not have this message any more, or at all (its position is 0 then). Without a
 * dead-letter exchange that is its end. Else it is published there: it becomes a post
 * (broker/post.h). Takes a reference of its own. */
void dead_letter(struct broker_queue *queue, const struct delivery *delivery,
                 enum death_reason reason, struct effects *fx);

/* Visits those that wait and have a place in the queue where they died. */
void dead_letters_each(struct broker *broker, taken_visitor visit, void *context);

#endif
