#ifndef CTL_GROUPS_H
#define CTL_GROUPS_H

#include "ctl/command.h"

/* The groups of commands; each is made by the file of its name, group_<name>.c. */
#define CTL_GROUPS(G)                                                                              \
    G(nodes)                                                                                       \
    G(checks)                                                                                      \
    G(listeners)                                                                                   \
    G(status)                                                                                      \
    G(process)                                                                                     \
    G(network)                                                                                     \
    G(tls)                                                                                         \
    G(logins)                                                                                      \
    G(environment)                                                                                 \
    G(settings)                                                                                    \
    G(lists)                                                                                       \
    G(users)                                                                                       \
    G(access)                                                                                      \
    G(vhosts)                                                                                      \
    G(limits)                                                                                      \
    G(policies)                                                                                    \
    G(parameters)                                                                                  \
    G(queues)                                                                                      \
    G(quorum)                                                                                      \
    G(connections)                                                                                 \
    G(definitions)                                                                                 \
    G(features)                                                                                    \
    G(deprecated)                                                                                  \
    G(upgrade)                                                                                     \
    G(newer)                                                                                       \
    G(eval)                                                                                        \
    G(refused)

#define G(name) extern const struct command_group group_##name;
CTL_GROUPS(G)
#undef G
extern const struct command_group group_plugins; // of rabbitmq-plugins

#endif
