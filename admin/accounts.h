#ifndef ADMIN_ACCOUNTS_H
#define ADMIN_ACCOUNTS_H

#include <jansson.h>

#include "admin/call.h"

/* Makes or changes the user as the object says: password or password_hash, hashing_algorithm,
 * tags and limits. Answers; false if that is why not. */
bool account_put_user(struct call *call, struct slice name, const json_t *body);

#endif
