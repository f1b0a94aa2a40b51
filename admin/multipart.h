#ifndef ADMIN_MULTIPART_H
#define ADMIN_MULTIPART_H

#include "base/slice.h"

/* Forms as browsers send them (multipart/form-data, RFC 7578). */
bool multipart_is(struct slice content_type);

/* Finds the content of the first part with this name; *out is borrowed from the body. False if
 * there is none, or if the form is malformed before it. */
bool multipart_find(struct slice content_type, struct slice body, struct slice name,
                    struct slice *out);

#endif
