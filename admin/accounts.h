#ifndef ADMIN_ACCOUNTS_H
#define ADMIN_ACCOUNTS_H

#include <jansson.h>

#include "admin/call.h"
#include "amqp/method.h"

struct deputy;

/* Makes the virtual host, with what the settings say of new ones, if it is not there, and switches
 * its firehose on or off. What was refused is in op->fx->error; then there is nothing new. */
enum amqp_reply account_add_vhost(struct call *call, struct deputy *op, struct slice name,
                                  bool tracing);

/* Whether the settings allow so many more virtual hosts; and why one of them is not made. */
bool account_has_room(struct call *call, size_t vhosts);
void account_say_full(const struct call *call, struct slice name, struct text *why);

/* Whether the object can be a user: password or password_hash, hashing_algorithm, tags and limits.
 * Answered if not. */
bool account_check_user(struct call *call, struct slice name, const json_t *body);

/* Makes or changes the user as the object says. Answers; false if that is why not, and then nothing
 * is changed. */
bool account_put_user(struct call *call, struct slice name, const json_t *body);

#endif
