#ifndef CTL_ADMIN_CONNECT_H
#define CTL_ADMIN_CONNECT_H

#include "ctl/admin_internal.h"

/* Fills admin->server in from the options: the socket of this machine, if there is one and nothing
 * else was said; what the original does, otherwise. Returns the exit code, and it is told why if it
 * is not EXIT_SUCCESS. */
int admin_connect(struct admin *admin);

#endif
