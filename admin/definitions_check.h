#ifndef ADMIN_DEFINITIONS_CHECK_H
#define ADMIN_DEFINITIONS_CHECK_H

#include "admin/definitions.h"

/* Looks at definitions before anything of them is imported: at whatever can be wrong with an item
 * in itself, and whether the virtual hosts and users that it names are there or come with it.
 * False, and answered, if something is; *stop says where. */
bool definitions_check(struct call *call, const json_t *definitions, struct definitions_stop *stop);

/* The virtual host of an item; the path's if that names one. */
struct slice definitions_place(const struct call *call, const json_t *item);

#endif
