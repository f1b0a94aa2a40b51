#ifndef CTL_ADMIN_CONFIG_H
#define CTL_ADMIN_CONFIG_H

#include "ctl/admin_internal.h"

/* Takes what the section of --node (`default` unless it was said) of the configuration file says
 * as options that were not given: the file of --config, or ~/.rabbitmqadmin.conf if there is one.
 *
 *     [default]
 *     hostname = broker.example
 *     ssl = True
 *
 * False, and told, if the file cannot be read or has no such section. The texts are kept in
 * admin->config. */
bool admin_config_take(struct admin *admin);

#endif
