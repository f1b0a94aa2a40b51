#ifndef SERVER_POLICY_SETTINGS_H
#define SERVER_POLICY_SETTINGS_H

#include "broker/effect.h"

struct broker;
struct settings;

/* Sets the policies that the settings name: `policies.NAME.*` and `operator_policies.NAME.*`, with
 * pattern, vhost, priority, apply_to and definition.KEY, and, in all virtual hosts that match its
 * vhost_pattern, RabbitMQ's `default_policies.operator.NAME.*`. The virtual hosts that are named
 * must be there. False, with the reason in fx->error, if one is not valid. */
bool policy_settings_apply(struct broker *broker, const struct settings *settings,
                           struct effects *fx);

/* Those with a vhost_pattern in this virtual host, which is there. */
bool policy_settings_apply_to(struct broker *broker, const struct settings *settings,
                              struct slice vhost, struct effects *fx);

#endif
