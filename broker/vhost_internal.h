#ifndef BROKER_VHOST_INTERNAL_H
#define BROKER_VHOST_INTERNAL_H

struct effects;
#include "broker/count_limits.h"
#include "broker/topology.h"

struct vhost;

/* Takes it off the broker's lists and frees it with all exchanges and queues in it; no session may
 * be in it. */
void vhost_free(struct vhost *vhost, struct effects *fx);

/* How the journal tells of a limit; the slices are borrowed. */
struct topology_vhost_limit_put vhost_limit_entry(const struct vhost *vhost,
                                                  enum vhost_limit which);

struct topology_vhost_metadata_put vhost_metadata_entry(const struct vhost *vhost); // likewise

#endif
