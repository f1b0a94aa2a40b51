#ifndef CONF_FILE_CONTENT_H
#define CONF_FILE_CONTENT_H

#include "base/bytes.h"

/* Appends the content of a file of at most max octets. 0, or a negative errno: -EFBIG if there are
 * more. */
int file_content(const char *path, size_t max, struct bytes *out);

#endif
