#ifndef CONF_ENVIRONMENT_H
#define CONF_ENVIRONMENT_H

#include "conf/settings.h"

/* The variables that RabbitMQ's official image is configured by. `variables` is like environ: an
 * array of "NAME=value" that ends with NULL. An empty variable counts as an unset one. */

/* Sets what the environment says: RABBITMQ_DEFAULT_USER, _PASS and _VHOST (each also with _FILE
 * for the name of a file that holds the value), RABBITMQ_NODE_PORT, RABBITMQ_NODE_IP_ADDRESS and
 * RABBITMQ_LOGS. A variable whose silence would be a trap is warned of; others are ignored. */
void environment_apply(struct settings *settings, char *const *variables,
                       struct findings *findings);

/* RABBITMQ_CONFIG_FILE with .conf at its end; NULL if unset. Owned by the caller. */
char *environment_config_file(char *const *variables);

/* RABBITMQ_CONFIG_FILES as a wildcard: of a directory, the *.conf in it; NULL if unset. Owned by
 * the caller. */
char *environment_config_files(char *const *variables);

/* The value of a variable, borrowed; NULL if it is unset or empty. */
const char *environment_get(char *const *variables, const char *name);

#endif
