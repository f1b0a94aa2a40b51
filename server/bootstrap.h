#ifndef SERVER_BOOTSTRAP_H
#define SERVER_BOOTSTRAP_H

#include "broker/effect.h"

struct auth;
struct broker;
struct settings;

/* What definitions that are imported next will make. */
struct bootstrap_options {
    bool users_come;
    bool vhosts_come;
};

/* Creates what the settings promise for the first start: the default virtual host, the default user
 * and its permissions, and further users. The default user is not made where others come, nor is
 * the virtual host where others come besides. False, with the reason in fx->error, if a permission
 * is not a regular expression. */
bool bootstrap(struct broker *broker, const struct settings *settings,
               const struct bootstrap_options *options, struct effects *fx);

/* Who may only come from the loopback interface, at every start. */
void bootstrap_loopback_users(struct auth *auth, const struct settings *settings);

#endif
