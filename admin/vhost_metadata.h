#ifndef ADMIN_VHOST_METADATA_H
#define ADMIN_VHOST_METADATA_H

#include <jansson.h>

#include "admin/call.h"
#include "admin/writer.h"

struct vhost_view;

/* What operators say of a virtual host: `description`, `tags`, `default_queue_type` and
 * `protected_from_deletion`, which an object has itself or in its member `metadata`. */

/* The members, into the object that is open; that it is protected only in its metadata. */
void write_vhost_metadata(struct writer *w, const struct vhost_view *vhost);

/* Whether the object can be set at all; else answered. */
bool vhost_metadata_check(struct call *call, const json_t *body);

/* Sets what the object says. What it does not name is emptied, or with `merge` left as it is;
 * that it is protected stays in any case.
 * False, and answered, if that cannot be; else the status of the answer stays. */
bool vhost_metadata_put(struct call *call, struct slice vhost, const json_t *body, bool merge);

#endif
