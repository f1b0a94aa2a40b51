#ifndef TESTS_INTEGRATION_DURABLE_H
#define TESTS_INTEGRATION_DURABLE_H

#include "tests/integration/client.h"

/* Brokers that follow each other on one data directory, and what they should remember. */

/* Starts one on this directory, with one more setting, or NULL. */
struct broker_process durable_start(const char *directory, const char *setting);

/* The same without waiting, with one option ("--salvage") or NULL. */
struct broker_process durable_launch(const char *directory, const char *option);

/* Publishes so many persistent messages to the durable queue "q", which is declared first, numbered
 * from `first` on, and waits until all are confirmed. */
void durable_publish(const struct broker_process *broker, int first, int count);

/* Gets so many and checks that they are these, in order; the queue is empty then. */
void durable_take(const struct broker_process *broker, int first, int count);

int durable_count(const struct broker_process *broker); // of messages in "q"; -1: there is none

/* Kills it with SIGKILL. */
void durable_kill(struct broker_process *broker);

/* The path of the newest segment with records in it, or of the first: owned by the caller. */
char *durable_newest_segment(const char *directory);
char *durable_first_segment(const char *directory);

/* Runs `leveret inspect` and returns its exit status; the output, owned by the caller, in *out. */
int durable_inspect(const char *directory, char **out);

#endif
