#ifndef ADMIN_ROWS_H
#define ADMIN_ROWS_H

#include "admin/writer.h"

struct policy_view;

/* How objects are shown, in lists and by themselves: each writes a view (broker/view.h,
 * server/conn_view.h) as one object. */
void write_user(struct writer *w, const void *item, const void *context);
void write_permission(struct writer *w, const void *item, const void *context);
void write_topic_permission(struct writer *w, const void *item, const void *context);

/* Without its virtual host if the context is not NULL. */
void write_policy(struct writer *w, const void *item, const void *context);
void write_policy_value(struct writer *w, const struct policy_view *view);    // what a PUT takes
void write_consumer(struct writer *w, const void *item, const void *context); // struct peers
void write_binding(struct writer *w, const void *item, const void *context);

#endif
