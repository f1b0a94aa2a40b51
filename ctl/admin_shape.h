#ifndef CTL_ADMIN_SHAPE_H
#define CTL_ADMIN_SHAPE_H

#include <jansson.h>

#include "base/text.h"

/* What a verb of rabbitmqadmin makes a request of: `declare queue name=q durable=true`. Words of a
 * list have blanks between them. */
struct admin_shape {
    const char *verb;
    const char *type;      // "": the verb has none
    const char *method;    // of HTTP
    const char *path;      // below /api; {name} is put in from the arguments
    const char *mandatory; // "a|b": one of them
    const char *optional;  // "name=default", or "name"
    const char *json;      // those whose value is JSON
};

/* NULL if there is none. */
const struct admin_shape *admin_shape_find(const char *verb, const char *type);
const struct admin_shape *admin_shape_at(size_t index); // in order; NULL behind the last

/* The body of the request, by arguments "name=value"; `vhost` goes in unless it is an argument. A
 * new reference; NULL, with the reason, if they are not as they should be. */
json_t *admin_shape_body(const struct admin_shape *shape, const char *const *arguments,
                         const char *vhost, struct text *why);

/* The path with the members of the body put in; owned by the caller. */
char *admin_shape_path(const struct admin_shape *shape, const json_t *body);

#endif
