#ifndef ADMIN_BINDING_KEY_H
#define ADMIN_BINDING_KEY_H

#include "base/bytes.h"

/* Appends RabbitMQ's properties_key, which tells the bindings between two ends apart: the escaped
 * routing key and, if there are arguments, `~` and a hash of them; `~` alone stands for neither. */
void binding_key_add(struct slice routing_key, struct slice arguments, struct bytes *out);

#endif
