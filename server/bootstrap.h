#ifndef SERVER_BOOTSTRAP_H
#define SERVER_BOOTSTRAP_H

#include "broker/effect.h"

struct auth;
struct broker;
struct settings;

/* Creates what the settings promise for the first start: the default virtual host, the default
 * user and its permissions, and further users. False, with the reason in fx->error, if a
 * permission is not a regular expression. */
bool bootstrap(struct broker *broker, const struct settings *settings, struct effects *fx);

/* Who may only come from the loopback interface, at every start. */
void bootstrap_loopback_users(struct auth *auth, const struct settings *settings);

#endif
