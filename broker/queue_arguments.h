#ifndef BROKER_QUEUE_ARGUMENTS_H
#define BROKER_QUEUE_ARGUMENTS_H

#include "broker/equivalence.h"

/* The x- arguments of queue.declare that RabbitMQ knows: which values they take, which types of
 * queue they belong to, and which of them a redeclare must repeat. Others are kept as they are. */

/* Finds the kind of queue that the arguments ask for (enum queue_kind), and checks all of them.
 * AMQP_PRECONDITION_FAILED with RabbitMQ's text. */
enum amqp_reply queue_arguments_check(const struct equivalence *what, struct slice arguments,
                                      uint8_t default_kind, uint8_t *kind, struct effects *fx);

/* RabbitMQ's longest time in arguments and in the expiration property: ten years. */
#define QUEUE_TIME_MAX_MS INT64_C(315360000000)

/* Writes RabbitMQ's words for a value that is not a whole number: "expected integer, got longstr",
 * with the quotes. */
void queue_arguments_not_integer(struct text *why, uint8_t type);

/* Whether a redeclare with these arguments means the queue that is there. */
enum amqp_reply queue_arguments_equivalent(const struct equivalence *what, struct slice received,
                                           struct slice current, struct effects *fx);

/* The same for exchanges: the arguments for deduplication, which LavinMQ has. The other ones are
 * for each type of exchange to check (exchange_type_check). */
enum amqp_reply exchange_arguments_check(const struct equivalence *what, struct slice arguments,
                                         struct effects *fx);
enum amqp_reply exchange_arguments_equivalent(const struct equivalence *what, struct slice received,
                                              struct slice current, struct effects *fx);

#endif
