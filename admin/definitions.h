#ifndef ADMIN_DEFINITIONS_H
#define ADMIN_DEFINITIONS_H

#include <jansson.h>

#include "admin/call.h"

/* Where an import stopped: at this item of this member. */
struct definitions_stop {
    const char *section;
    size_t index;
};

/* Imports definitions as RabbitMQ exports them, or those of one virtual host if the path of the
 * call has one. Nothing is removed, and what cannot be changed stays as it is. Answers; false if
 * that is why not: then nothing has changed. */
bool definitions_import(struct call *call, const json_t *definitions,
                        struct definitions_stop *stop);

#endif
