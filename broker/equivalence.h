#ifndef BROKER_EQUIVALENCE_H
#define BROKER_EQUIVALENCE_H

#include "broker/effect.h"

/* A redeclare must ask for what is there already: RabbitMQ's "inequivalent arg" refusals. */
struct equivalence {
    const char *resource; // "queue" or "exchange"
    struct slice name;
    struct slice vhost;
};

enum amqp_reply equivalence_bool(const struct equivalence *what, const char *arg, bool received,
                                 bool current, struct effects *fx);
enum amqp_reply equivalence_text(const struct equivalence *what, const char *arg,
                                 struct slice received, struct slice current, struct effects *fx);

/* Compares one entry of two argument tables; whole numbers of different width are the same. */
enum amqp_reply equivalence_argument(const struct equivalence *what, struct slice key,
                                     struct slice received, struct slice current,
                                     struct effects *fx);

#endif
