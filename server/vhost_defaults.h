#ifndef SERVER_VHOST_DEFAULTS_H
#define SERVER_VHOST_DEFAULTS_H

#include "broker/effect.h"

struct broker;
struct settings;

/* What the settings say of virtual hosts whose names match a pattern, for every new one:
 * `default_limits.vhosts.NAME.*` (the first whose pattern fits), `default_users.NAME.*`, and
 * `default_policies.operator.NAME.*`. */

/* Gives a virtual host, which is there, what is due to a new one. A user who exists keeps the
 * password. False, with the reason in fx->error, if the settings are wrong: then no user
 * has been made, and the virtual host is to be deleted. */
bool vhost_defaults_apply(struct broker *broker, const struct settings *settings,
                          struct slice vhost, struct effects *fx);

#endif
