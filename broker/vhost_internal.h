#ifndef BROKER_VHOST_INTERNAL_H
#define BROKER_VHOST_INTERNAL_H

struct effects;
struct vhost;

/* Takes it off the broker's lists and frees it with all exchanges and queues in it; no session may
 * be in it. */
void vhost_free(struct vhost *vhost, struct effects *fx);

#endif
