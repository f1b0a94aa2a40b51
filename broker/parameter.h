#ifndef BROKER_PARAMETER_H
#define BROKER_PARAMETER_H

#include "broker/effect.h"

struct broker;

/* What operators keep in the broker under a name (RabbitMQ: runtime parameters). Those of a virtual
 * host belong to a component, such as "shovel"; global ones to none. The core keeps the values,
 * which are JSON, and does not look into them. */
enum { PARAMETER_VALUE_MAX = 1 << 20 }; // octets

struct parameter {
    struct slice vhost;     // of a global one empty, as is
    struct slice component; // this one
    struct slice name;
    struct slice value; // JSON
};

/* Sets a parameter, or replaces the value of the one that has these names. A global one has an
 * empty component. AMQP_NOT_FOUND if there is no such virtual host; AMQP_PRECONDITION_FAILED for a
 * name or a value that is too long. Copies. */
enum amqp_reply broker_put_parameter(struct broker *broker, const struct parameter *parameter,
                                     struct effects *fx);

/* Removes the one that has these names; AMQP_NOT_FOUND if there is none. */
enum amqp_reply broker_delete_parameter(struct broker *broker, const struct parameter *parameter,
                                        struct effects *fx);

/* Sets the value of the one that has these names, borrowed until the next change. False if there is
 * none. */
bool broker_find_parameter(const struct broker *broker, struct parameter *parameter);

#endif
