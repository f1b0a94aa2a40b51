#ifndef TESTS_SIM_MODEL_WAIT_H
#define TESTS_SIM_MODEL_WAIT_H

#include "tests/sim/model_conn.h"

/* Turns of consumers, and what they wait for. Its own is behind those of all its equals now. */
void model_turn(struct model_consumer *consumer);

/* The queue has something for `taker`, or for nobody (NULL): whoever had to let it pass for the
 * limit of its channel waits for that from now on. */
void model_wait(struct model_queue *queue, const struct model_consumer *taker);

void model_note_limit(struct model_channel *channel);    // has changed
void model_note_credit(const struct model_entry *entry); // is about to be settled

#endif
