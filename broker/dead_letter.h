#ifndef BROKER_DEAD_LETTER_H
#define BROKER_DEAD_LETTER_H

#include "broker/broker_internal.h"
#include "broker/death.h"
#include "broker/effect.h"
#include "broker/taken.h"

struct broker_queue;
struct vhost;

/* The queue will not have this message any more, or at all (its position is 0 then). Without a
 * dead-letter exchange that is its end. Else it is published there, when the operation that let it
 * die is through (a dead letter may make others die) and its content is at hand. Takes a reference
 * of its own. */
void dead_letter(struct broker_queue *queue, const struct delivery *delivery,
                 enum death_reason reason, struct effects *fx);

/* Publishes those that wait, in the order of their deaths, up to the first one whose content is yet
 * to come. To be called at the end of every operation that may have made some.
 * One call publishes a bounded number; the rest waits for broker_tick, which is then due at once.
 */
void dead_letters_send_waiting(struct broker *broker, struct effects *fx);

static inline void dead_letters_send(struct broker *broker, struct effects *fx)
{
    if (!list_empty(&broker->dead_letters)) {
        dead_letters_send_waiting(broker, fx);
    }
}

/* Asks for the content of those that wait, of a bounded number at a time. */
void dead_letters_fetch(struct broker *broker, struct effects *fx);

bool dead_letters_due(const struct broker *broker); // whether either has something to do

/* Visits those that wait and have a place in the queue where they died. */
void dead_letters_each(struct broker *broker, taken_visitor visit, void *context);

void dead_letters_drop(struct broker *broker); // the broker goes

/* Those that died in this virtual host, which goes. */
void dead_letters_drop_in(struct broker *broker, const struct vhost *vhost);

#endif
