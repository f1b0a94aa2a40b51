#ifndef CTL_PASSWORD_H
#define CTL_PASSWORD_H

#include <stdbool.h>

#include "ctl/run.h"

/* The password that is the argument with this index, or else the first line of the standard input.
 * Owned by the caller. NULL, and told, if there is none. */
char *password_given(struct run *run, size_t index);

/* Whether the broker lets this user in with it. Returns the code, told if it is not EXIT_OK. */
int password_check(struct run *run, const char *name, const char *password, bool *right);

#endif
