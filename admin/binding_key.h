#ifndef ADMIN_BINDING_KEY_H
#define ADMIN_BINDING_KEY_H

#include "base/bytes.h"

/* Appends RabbitMQ's properties_key, which tells the bindings between two ends apart: the escaped
 * routing key and, if there are arguments, `~` and a hash of them; `~` alone stands for neither. */
void binding_key_add(struct slice routing_key, struct slice arguments, struct bytes *out);

/* Whether that is what `wanted` names. The routing key in it may be escaped or not, as long as it
 * has no `%` or `~`. */
bool binding_key_fits(struct slice wanted, struct slice routing_key, struct slice arguments);

#endif
