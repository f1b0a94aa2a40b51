#ifndef BROKER_TOPOLOGY_INTERNAL_H
#define BROKER_TOPOLOGY_INTERNAL_H

#include "broker/topology.h"

/* Entries of topology that only set something down, as topology_apply calls them: each does what
 * one says, and returns false if no broker of ours can have written it. */
#define TOPOLOGY_NOTES(N)                                                                          \
    N(vhost_limit_put)                                                                             \
    N(user_limit_put)                                                                              \
    N(vhost_metadata_put)                                                                          \
    N(vhost_protection_put)                                                                        \
    N(parameter_put)                                                                               \
    N(parameter_delete)

#define N(name)                                                                                    \
    bool apply_##name(struct broker *broker, const struct topology_##name *entry,                  \
                      struct effects *fx);
TOPOLOGY_NOTES(N)
#undef N

#endif
