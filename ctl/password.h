#ifndef CTL_PASSWORD_H
#define CTL_PASSWORD_H

#include "ctl/run.h"

/* The password that is the argument with this index, or else the first line of the standard input.
 * Owned by the caller. NULL, and told, if there is none. */
char *password_given(struct run *run, size_t index);

#endif
