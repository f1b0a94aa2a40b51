#ifndef ADMIN_LIMITS_H
#define ADMIN_LIMITS_H

#include <jansson.h>

#include "admin/call.h"
#include "admin/writer.h"

struct user_view;
struct vhost_view;

/* Limits of virtual hosts and users (broker/count_limits.h) as objects: {"max-queues":10}. */

void write_vhost_limits(struct writer *w, const char *name, const struct vhost_view *view);
void write_user_limits(struct writer *w, const char *name, const struct user_view *view);

/* Whether any is set. */
bool limits_of_vhost(const struct vhost_view *view);

/* The limits of the virtual host are those of the object, and no others. A number below 0 is none.
 * False, and answered, if they cannot be; then nothing is changed. */
bool limits_put_vhost(struct call *call, struct slice vhost, const json_t *limits);

/* Whether the object can be the limits of a virtual host; else answered. NULL is an empty object.
 */
bool limits_check_vhost(struct call *call, const json_t *limits);

/* Whether the object can be the limits of a user; else answered. */
bool limits_check_user(struct call *call, const json_t *limits);

/* The limits of the object are set; the user keeps the others. As above. */
bool limits_put_user(struct call *call, struct slice user, const json_t *limits);

#endif
