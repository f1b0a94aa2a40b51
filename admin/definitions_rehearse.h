#ifndef ADMIN_DEFINITIONS_REHEARSE_H
#define ADMIN_DEFINITIONS_REHEARSE_H

#include "admin/definitions.h"

typedef bool (*definitions_step)(struct call *call, const json_t *definitions,
                                 struct definitions_stop *stop);

/* Imports definitions that definitions_check.h finds no fault with into a broker that is made for
 * it and thrown away: it is what the real one is as far as they are concerned, so that what would
 * be refused is refused here. False, and answered, if something is; *stop says where. */
bool definitions_rehearse(struct call *call, const json_t *definitions, definitions_step import,
                          struct definitions_stop *stop);

#endif
