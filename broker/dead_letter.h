#ifndef BROKER_DEAD_LETTER_H
#define BROKER_DEAD_LETTER_H

#include "broker/death.h"
#include "broker/effect.h"

struct broker;
struct broker_queue;
struct msg;

/* Messages on their way from a queue that will not have them to its dead-letter exchange. They are
 * published when the operation that let them die is through: a dead letter may make others die. */
void dead_letter(struct broker_queue *queue, const struct msg *msg, enum death_reason reason);

/* Publishes those that wait. To be called at the end of every operation that may have made some.
 * One call publishes a bounded number; the rest waits for broker_tick, which is then due at once.
 */
void dead_letters_send(struct broker *broker, struct effects *fx);

void dead_letters_drop(struct broker *broker); // the broker goes

#endif
