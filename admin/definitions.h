#ifndef ADMIN_DEFINITIONS_H
#define ADMIN_DEFINITIONS_H

#include <jansson.h>

#include "admin/call.h"

/* RabbitMQ's definitions: what lasts of a broker, or of one virtual host, as one JSON object. */

/* Does what a client would do to make what they describe; what is there already is left alone
 * unless it can be changed. True, or an answer that says what could not be done. */
bool definitions_import(struct call *call, const json_t *definitions);

#endif
