#ifndef CTL_LISTENERS_H
#define CTL_LISTENERS_H

#include "ctl/run.h"

/* What the node listens at, as RabbitMQ tells it. The listeners are the member of that name of
 * /api/overview. */

/* "Interface: [::], port: 5672, protocol: amqp, purpose: AMQP 0-9-1", a line each, with `before` in
 * front. */
void listeners_print(const struct run *run, const json_t *overview, const char *before);

/* As RabbitMQ's commands have them in JSON; a new reference. */
json_t *listeners_json(const json_t *overview);

/* Appends their ports, "5672, 15672". */
void listeners_add_ports(struct bytes *out, const json_t *overview);

#endif
