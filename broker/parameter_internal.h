#ifndef BROKER_PARAMETER_INTERNAL_H
#define BROKER_PARAMETER_INTERNAL_H

#include "base/list.h"
#include "broker/parameter.h"
#include "broker/topology.h"

/* A parameter as it is kept: in the order of component and name. */
struct kept_parameter {
    struct list_node link;  // vhost.parameters, or broker.parameters if it is global
    struct slice component; // owned: behind this struct, as the others
    struct slice name;
    struct slice value;
};

void parameters_finish(struct list *parameters);

/* How the journal tells of it; the slices are borrowed. */
struct topology_parameter_put parameter_entry(struct slice vhost,
                                              const struct kept_parameter *parameter);

#endif
