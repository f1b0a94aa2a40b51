#ifndef CONF_SETTINGS_LOAD_H
#define CONF_SETTINGS_LOAD_H

#include "conf/command_line.h"

/* Puts all sources together: defaults, the file, conf.d beside it, the environment, the command
 * line, each before the one in front of it. The file is --config, else RABBITMQ_CONFIG_FILE, else
 * /etc/leveret/leveret.conf, else /etc/rabbitmq/rabbitmq.conf; only the first must be there.
 *
 * The settings are to be used only if no error was added to findings. To read them again while
 * the broker runs, load others with the same arguments and compare. */
struct settings *settings_load(const struct command_line *line, char *const *variables,
                               struct findings *findings);

#endif
