#ifndef TESTS_SIM_MODEL_RETRY_H
#define TESTS_SIM_MODEL_RETRY_H

#include "tests/sim/model_message.h"

struct model;

/* A message has come back. True if it is held back for a while. */
bool model_retry(struct model *model, struct model_entry *entry, enum model_outcome outcome);

/* The first that the queue holds back is ready. */
void model_retry_end(struct model *model, struct model_queue *queue);

/* All that it holds back is dropped: so many. */
uint32_t model_retries_drop(struct model *model, struct model_queue *queue);

/* After a restart: what is not ready yet is held back. */
void model_retries_resume(struct model *model, struct model_queue *queue);

#endif
