#ifndef ADMIN_TAGS_H
#define ADMIN_TAGS_H

#include <jansson.h>

#include "admin/writer.h"

/* Tags: comma-separated in the core, an array in the API. */
void tags_write(struct writer *w, const char *name, struct slice tags);

/* Appends them comma-separated, from an array of texts or a text with commas; blanks around them
 * are dropped. False if it is neither. */
bool tags_read(const json_t *value, struct bytes *out);

#endif
