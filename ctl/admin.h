#ifndef CTL_ADMIN_H
#define CTL_ADMIN_H

#include <stdio.h>

/* rabbitmqadmin: the objects of a broker by its HTTP API, here or elsewhere. Without a host, port
 * or user it speaks to the broker of this machine through its socket, if there is one. Returns the
 * exit code: 0 or 1. */
int admin_run(int argc, char *const *argv, FILE *out, FILE *err);

#endif
